package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.boundary.Boundary;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;

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

    private Everfold(EventStore store, boolean ownsStore, EverfoldOptions options) {
        this.store = store;
        this.ownsStore = ownsStore;
        this.options = options;
        this.snapshotWorker = new SnapshotWorker(options.snapshotQueueMax());
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
    /// @throws IllegalArgumentException when the category holds `-`, or the events cannot be told or
    ///     stored, saying why
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
    /// @throws IllegalArgumentException when the category is empty or holds `-`
    public <C, S, E> DeciderHandler<C, S, E> decider(String category, Decider<C, S, E> decider, EventCodec<E> codec) {
        return new DeciderHandler<>(this, DeciderSettings.of(category, decider, codec));
    }

    /// Decides across streams, on whatever events a decision depends on. Say where accepted events go:
    /// [Boundary#into(String)].
    public <E> Boundary<E> boundary(EventCodec<E> codec) {
        return Boundary.on(store, codec);
    }

    EverfoldOptions options() {
        return options;
    }

    SnapshotWorker snapshotWorker() {
        return snapshotWorker;
    }

    /// Stores the snapshots that are waiting, then closes the store if [#open] opened it.
    @Override
    public void close() {
        snapshotWorker.close();
        if (ownsStore) {
            store.close();
        }
    }
}
