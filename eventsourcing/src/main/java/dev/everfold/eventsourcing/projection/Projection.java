package dev.everfold.eventsourcing.projection;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventContext;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// What events do to a read model. Immutable.
///
/// ```java
/// Projection<SqlModel> balances = Projection.of("balances", codec, (model, event, context) -> {
///     switch (event) {
///         case Opened o -> model.update("insert into {balances} values (?, 0)", o.account());
///         case Deposited d -> model.update(
///                 "update {balances} set cents = cents + ? where account = ?", d.cents(), d.account());
///     }
/// });
/// ```
///
/// A handler changes the model it is given and nothing else: it is called again after failures, and for every event
/// when the model is rebuilt. Effects on the world belong into a reaction, or into a subscription that comes
/// [after][dev.everfold.eventsourcing.subscription.Subscription#after] the projection. What a handler does may depend
/// on the event and on the model as it stands, and on nothing else: no clock, no random numbers.
///
/// @param <T> how the read model is changed
public final class Projection<T> {

    private final String name;
    private final int version;
    private final Query query;
    private final BiConsumer<T, RecordedEvent> handler;
    private final Function<RecordedEvent, String> key;
    private final int partitions;
    private final ConsumerOptions options;

    /// What a typed event does to a read model.
    @FunctionalInterface
    public interface Handler<T, E> {
        /// Changes the model as the event says.
        void handle(T model, E event, EventContext context);
    }

    private Projection(
            String name,
            int version,
            Query query,
            BiConsumer<T, RecordedEvent> handler,
            Function<RecordedEvent, String> key,
            int partitions,
            ConsumerOptions options) {
        this.name = name;
        this.version = version;
        this.query = query;
        this.handler = handler;
        this.key = key;
        this.partitions = partitions;
        this.options = options;
        if (!name.matches("[a-z][a-z0-9_]{0,39}")) {
            throw new IllegalArgumentException("Projection name \"" + name
                    + "\" is not allowed; expected a lower-case letter, then up to 39 of a-z, 0-9 and _.");
        }
        if (version < 1) {
            throw new IllegalArgumentException("Version " + version + " of a projection; expected 1 or more.");
        }
        if (partitions < 1 || partitions > 64) {
            throw new IllegalArgumentException(partitions + " partitions of a projection; expected 1..64.");
        }
    }

    /// Version 1 of a projection of typed events.
    ///
    /// @param name unique in the read model: a lower-case letter, then up to 39 of a-z, 0-9 and `_`
    /// @param codec reads the events; only those of types that it knows are taken, whatever it does with others.
    ///     To have these too, as for [EventCodec.Builder#unknownAs], [#select] them
    public static <T, E> Projection<T> of(String name, EventCodec<E> codec, Handler<? super T, E> handler) {
        return raw(name, Query.types(codec.typeNames().toArray(String[]::new)), (model, recorded) -> {
            EventContext context = new EventContext(recorded);
            for (E event : codec.decode(recorded)) {
                handler.handle(model, event, context);
            }
        });
    }

    /// Version 1 of a projection of events as they are stored.
    ///
    /// @param name unique in the read model: a lower-case letter, then up to 39 of a-z, 0-9 and `_`
    public static <T> Projection<T> raw(String name, Query events, BiConsumer<T, RecordedEvent> handler) {
        return new Projection<>(name, 1, events, handler, RecordedEvent::stream, 1, ConsumerOptions.DEFAULTS);
    }

    /// The same as another version, 1 or more. Raise it with every change of what the projection makes: a model
    /// of a lower version is replaced by one that is built anew beside it.
    public Projection<T> version(int number) {
        return new Projection<>(name, number, query, handler, key, partitions, options);
    }

    /// The same for fewer or more events than those that the codec can read.
    public Projection<T> select(Query events) {
        return new Projection<>(name, version, events, handler, key, partitions, options);
    }

    /// The same where the order of events is kept for each key instead of each stream: in partitions, behind parked
    /// events, and where statements are put together. Events without a common key must not touch the same rows. An
    /// event for which the function fails has its stream as its key, and fails where a model needs the key.
    public Projection<T> sequencedBy(Function<RecordedEvent, String> keyOfEvent) {
        return new Projection<>(name, version, query, handler, keyOfEvent, partitions, options);
    }

    /// The same handled by so many at once, 1..64, each with the keys that fall to it. Changing it needs a new
    /// version.
    public Projection<T> partitions(int count) {
        return new Projection<>(name, version, query, handler, key, count, options);
    }

    /// The same with other options.
    public Projection<T> options(ConsumerOptions other) {
        return new Projection<>(name, version, query, handler, key, partitions, other);
    }

    /// Its name.
    public String name() {
        return name;
    }

    /// Which version of it.
    public int version() {
        return version;
    }

    /// Which events it takes.
    public Query query() {
        return query;
    }

    /// What an event does to the model.
    public BiConsumer<T, RecordedEvent> handler() {
        return handler;
    }

    /// What order is kept in.
    public Function<RecordedEvent, String> key() {
        return key;
    }

    /// How many handle it at once.
    public int partitions() {
        return partitions;
    }

    /// How it goes about its work.
    public ConsumerOptions options() {
        return options;
    }
}
