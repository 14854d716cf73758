package dev.everfold.eventsourcing.subscription;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventContext;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/// Hands events to a handler, in order, each at least once: what it is, not a running one. Immutable.
///
/// ```java
/// EventConsumer mailer = everfold.start(
///         Subscription.each("mailer", codec, (event, context) -> send(event, context.id()))
///                 .from(StartAt.end()));
/// ```
///
/// After a crash, events since the last checkpoint are handed over again: by default those of at most the last
/// second ([ConsumerOptions#checkpointEvery]). A handler that fails is called again with the same event.
public final class Subscription {

    private final String name;
    private final Handler handler;
    private final Query query;
    private final StartAt start;
    private final Function<RecordedEvent, String> key;
    private final Optional<CheckpointStore> checkpoints;
    private final Optional<EventConsumer> after;
    private final ConsumerOptions options;

    /// What is called with events.
    ///
    /// @param batches whether it takes many at once; otherwise lists have one
    /// @param call the call itself
    record Handler(boolean batches, Consumer<List<RecordedEvent>> call) {}

    private Subscription(
            String name,
            Handler handler,
            Query query,
            StartAt start,
            Function<RecordedEvent, String> key,
            Optional<CheckpointStore> checkpoints,
            Optional<EventConsumer> after,
            ConsumerOptions options) {
        this.name = name;
        this.handler = handler;
        this.query = query;
        this.start = start;
        this.key = key;
        this.checkpoints = checkpoints;
        this.after = after;
        this.options = options;
        if (name.isEmpty() || name.indexOf('\0') >= 0 || !UTF_8.newEncoder().canEncode(name)) {
            throw new IllegalArgumentException("Subscription name \"" + name.replace('\0', '?')
                    + "\" is not allowed; expected valid Unicode without NUL, not empty.");
        }
    }

    /// Each event by itself, as it is stored.
    ///
    /// @param name unique among the consumers of a checkpoint store; valid Unicode without NUL, not empty
    public static Subscription each(String name, Consumer<RecordedEvent> handler) {
        return new Subscription(name, new Handler(false, events -> handler.accept(events.getFirst())));
    }

    /// Each event of the codec by itself, typed. Only events of types that it knows are taken, whatever the codec
    /// does with others; to have these too, as for [EventCodec.Builder#unknownAs], ask for them by [#to].
    ///
    /// @param name unique among the consumers of a checkpoint store; valid Unicode without NUL, not empty
    public static <E> Subscription each(String name, EventCodec<E> codec, BiConsumer<E, EventContext> handler) {
        return each(name, recorded -> {
                    EventContext context = new EventContext(recorded);
                    codec.decode(recorded).forEach(event -> handler.accept(event, context));
                })
                .to(Query.types(codec.typeNames().toArray(String[]::new)));
    }

    /// Many events at once, as they are stored: 1..[ConsumerOptions#batchEventsMax]. One that fails is handed over
    /// again in smaller ones, so that the event that fails is found.
    ///
    /// @param name unique among the consumers of a checkpoint store; valid Unicode without NUL, not empty
    public static Subscription batches(String name, Consumer<List<RecordedEvent>> handler) {
        return new Subscription(name, new Handler(true, handler));
    }

    private Subscription(String name, Handler handler) {
        this(
                name,
                handler,
                Query.all(),
                StartAt.beginning(),
                RecordedEvent::stream,
                Optional.empty(),
                Optional.empty(),
                ConsumerOptions.DEFAULTS);
    }

    /// The same for events of a query.
    public Subscription to(Query events) {
        return new Subscription(name, handler, events, start, key, checkpoints, after, options);
    }

    /// The same with another beginning. It counts as long as there is no checkpoint.
    public Subscription from(StartAt beginning) {
        return new Subscription(name, handler, query, beginning, key, checkpoints, after, options);
    }

    /// The same where events wait behind a parked one that has the same key, instead of the same stream.
    /// An event for which the function fails has its stream as its key.
    public Subscription sequencedBy(Function<RecordedEvent, String> keyOfEvent) {
        return new Subscription(name, handler, query, start, keyOfEvent, checkpoints, after, options);
    }

    /// The same with checkpoints elsewhere than in the event store.
    public Subscription checkpoints(CheckpointStore store) {
        return new Subscription(name, handler, query, start, key, Optional.of(store), after, options);
    }

    /// The same that gets an event only after the other consumer has handled it: for effects that rest on a read
    /// model, and are not to be repeated when it is rebuilt. Where the other has ended, it waits.
    public Subscription after(EventConsumer other) {
        return new Subscription(name, handler, query, start, key, checkpoints, Optional.of(other), options);
    }

    /// The same with other options.
    public Subscription options(ConsumerOptions other) {
        return new Subscription(name, handler, query, start, key, checkpoints, after, other);
    }

    /// Its name.
    public String name() {
        return name;
    }

    /// Which events it takes.
    public Query query() {
        return query;
    }

    /// Where it begins without a checkpoint.
    public StartAt start() {
        return start;
    }

    /// What order is kept in when an event is parked.
    public Function<RecordedEvent, String> key() {
        return key;
    }

    /// Where its checkpoints are; empty = in the event store.
    public Optional<CheckpointStore> checkpoints() {
        return checkpoints;
    }

    /// How it goes about its work. A step has one event where the handler takes one.
    public ConsumerOptions options() {
        return handler.batches() ? options : options.withBatchEventsMax(1);
    }

    /// A claim that calls the handler before it saves a checkpoint.
    ///
    /// @param progress where the checkpoint is kept
    /// @param clock tells how old what is not saved is
    public Claim handling(Claim progress, java.time.Clock clock) {
        return new HandlingClaim(progress, handler.call(), after, options.saveEvery(), clock);
    }
}
