package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.boundary.Boundary;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.internal.ConsumerLoop;
import dev.everfold.eventsourcing.internal.ConsumerSource;
import dev.everfold.eventsourcing.internal.Selection;
import dev.everfold.eventsourcing.internal.Starts;
import dev.everfold.eventsourcing.internal.Tail;
import dev.everfold.eventsourcing.projection.ModelDifference;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.ReadModel;
import dev.everfold.eventsourcing.projection.RowChange;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.reaction.Reaction;
import dev.everfold.eventsourcing.reaction.RunningReaction;
import dev.everfold.eventsourcing.subscription.CheckpointStore;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.EventConsumer;
import dev.everfold.eventsourcing.subscription.Subscription;
import dev.everfold.eventsourcing.subscription.TrackedCheckpoints;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import java.util.List;
import java.util.function.Consumer;

/// Event sourcing on one event store: where an application begins.
///
/// ```java
/// try (var everfold = Everfold.open("log:data")) {
///     var accounts = everfold.decider("account", Account.DECIDER).snapshotEvery(100);
///     accounts.handle("42", new Deposit("42", 500));
/// }
/// ```
///
/// Safe for many threads; make one for each store and keep it.
public final class Everfold implements AutoCloseable {

    private final EventStore store;
    private final boolean ownsStore;
    private final EverfoldOptions options;
    private final SnapshotWorker snapshotWorker;
    private final Tail tail;
    private final ConsumerSource.Shared shared;
    private final TrackedCheckpoints trackedCheckpoints;
    private final Consumers consumers = new Consumers();

    private Everfold(EventStore store, boolean ownsStore, EverfoldOptions options) {
        this.store = store;
        this.ownsStore = ownsStore;
        this.options = options;
        this.snapshotWorker = new SnapshotWorker(options.snapshotQueueMax());
        this.tail = new Tail(store);
        this.shared =
                new ConsumerSource.Shared(store, tail, options.clock(), options.random(), consumers::tellWatchers);
        this.trackedCheckpoints = new TrackedCheckpoints(store);
    }

    /// On the store with this URI, for example `log:data` or `memory:`, which is closed with it.
    ///
    /// @throws IllegalArgumentException when the URI cannot be read or no engine has its scheme
    /// @throws dev.everfold.eventstore.StoreUnavailableException when the engine cannot open it
    public static Everfold open(String uri) {
        return new Everfold(EventStores.open(uri), true, EverfoldOptions.defaults());
    }

    /// On a store that somebody else closes, after this.
    public static Everfold on(EventStore store) {
        return on(store, EverfoldOptions.defaults());
    }

    /// On a store that somebody else closes, after this.
    public static Everfold on(EventStore store, EverfoldOptions options) {
        return new Everfold(store, false, options);
    }

    /// The store below.
    public EventStore store() {
        return store;
    }

    /// Handles commands for a decider whose class of events can be told ([Decider#eventClass]); events are
    /// JSON.
    ///
    /// @param category what streams are called before their first `-`: stream `account-42` for id `42`
    /// @throws IllegalArgumentException when the category is empty, holds `-` or begins with `$`, or the events
    ///     cannot be told or stored, saying why
    public <C, S, E> DeciderHandler<C, S, E> decider(String category, Decider<C, S, E> decider) {
        Class<E> events = decider.eventClass()
                .orElseThrow(() -> new IllegalArgumentException("The class of the events of decider \"" + category
                        + "\" cannot be told; expected a decider that was made where it is known, as in"
                        + " Decider<C, S, AccountEvent>. Give a codec: decider(category, decider, codec)."));
        return decider(category, decider, EventCodec.of(events));
    }

    /// Handles commands for a decider whose events are stored as the codec says.
    ///
    /// @param category what streams are called before their first `-`: stream `account-42` for id `42`
    /// @throws IllegalArgumentException when the category is empty, holds `-` or begins with `$`
    public <C, S, E> DeciderHandler<C, S, E> decider(String category, Decider<C, S, E> decider, EventCodec<E> codec) {
        return new DeciderHandler<>(this, DeciderSettings.of(category, decider, codec));
    }

    /// Decides across streams, on whatever events a decision depends on. Say where accepted events go:
    /// [Boundary#into(String)]. It has the clock of this ([EverfoldOptions#clock]).
    public <E> Boundary<E> boundary(EventCodec<E> codec) {
        return Boundary.on(store, codec).withClock(options.clock());
    }

    /// Starts a subscription. It ends with this, or when it is closed.
    ///
    /// @throws IllegalStateException when one of this name runs already
    public EventConsumer start(Subscription subscription) {
        CheckpointStore checkpoints = subscription.checkpoints().orElse(trackedCheckpoints);
        ConsumerSource source = new ConsumerSource(
                subscription.name(),
                "subscription",
                Selection.of(subscription.query()),
                Starts.fixed(store, subscription.start()),
                event -> ConsumerSource.keyOf(subscription.key(), event));
        return consumers.add(
                subscription.name(),
                () -> ConsumerLoop.start(
                        source,
                        shared,
                        (owner, consumerOptions) -> checkpoints
                                .claim(subscription.name(), owner, consumerOptions.lease())
                                .map(claim -> subscription.handling(claim, options.clock())),
                        subscription.options()));
    }

    /// Starts a projection into a read model, and builds it anew if its version is higher than the one there. It
    /// ends with this, or when it is closed.
    ///
    /// @throws IllegalStateException when one of this name runs already
    public <T> RunningProjection<T> start(Projection<T> projection, ReadModel<T> model) {
        return consumers.add(projection.name(), () -> RunningProjection.start(projection, model, shared));
    }

    /// Starts a reaction. It ends with this, or when it is closed.
    ///
    /// @throws IllegalStateException when one of this name runs already
    public <E, S> RunningReaction<S> start(Reaction<E, S> reaction) {
        return consumers.add(reaction.name(), () -> RunningReaction.start(reaction, trackedCheckpoints, shared));
    }

    /// What the projection, as it is here, would change in a read model, row by row: for a look at what a change
    /// does, or a build that is to fail when it does anything. The model that serves is not touched; it takes the
    /// room of a second one meanwhile.
    ///
    /// @param changes told each row that differs, in order
    /// @throws IllegalStateException when nothing serves, or another comparison of it is running
    /// @throws InterruptedException when the thread was interrupted
    public <T> ModelDifference difference(
            Projection<T> projection, ReadModel<T> model, Consumer<? super RowChange> changes)
            throws InterruptedException {
        return ModelDifference.of(projection, model, shared, changes);
    }

    /// How every subscription, projection and reaction does that was started here and not closed, by name.
    public List<ConsumerStatus> consumers() {
        return consumers.status();
    }

    /// Tells which subscriptions, projections and reactions run here, by name: now, and whenever one is started or
    /// closed. One that has failed is among them until it is closed.
    ///
    /// The listener is called in the thread that starts or closes one, by one thread at a time. It must be
    /// quick, and start and close none itself; one that throws is left out from then on.
    ///
    /// @return close it to hear no more
    public ConsumerWatch watchConsumers(Consumer<? super List<EventConsumer>> listener) {
        return consumers.watch(listener);
    }

    EverfoldOptions options() {
        return options;
    }

    SnapshotWorker snapshotWorker() {
        return snapshotWorker;
    }

    /// Ends what was started here, stores the snapshots that are waiting, then closes the store if [#open]
    /// opened it.
    @Override
    public void close() {
        consumers.close();
        tail.close();
        snapshotWorker.close();
        if (ownsStore) {
            store.close();
        }
    }
}
