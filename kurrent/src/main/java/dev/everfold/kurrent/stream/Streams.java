package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.EventStore;
import dev.everfold.kurrent.Caller;
import dev.everfold.kurrent.StreamRights;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.function.Function;

/// All that can be done with streams of one store; safe for use by many threads. Closing it ends waits, not the store.
///
/// @param store whose
/// @param access who may
/// @param appends appends, deletions, tombstones
/// @param reads pages and feeds
/// @param tail waits for new events
/// @param firstUsers what the first client finds
/// @param clock tells how old events are
public record Streams(
        EventStore store,
        Access access,
        StreamAppends appends,
        StreamReads reads,
        LiveTail tail,
        FirstUsers firstUsers,
        Clock clock)
        implements AutoCloseable {

    /// All over one store.
    ///
    /// @param threads runs what blocks; starts a virtual thread for each task
    public static Streams over(EventStore store, Executor threads, Clock clock) {
        return over(store, threads, clock, _ -> StreamRights.ALL);
    }

    /// The same, where a policy narrows who may.
    ///
    /// @param threads runs what blocks; starts a virtual thread for each task
    public static Streams over(EventStore store, Executor threads, Clock clock, Function<Caller, StreamRights> policy) {
        Lifecycles lifecycles = new Lifecycles(store, clock);
        Access access = new Access(lifecycles, policy);
        return new Streams(
                store,
                access,
                new StreamAppends(store, lifecycles, threads),
                new StreamReads(store, lifecycles, access),
                new LiveTail(store),
                new FirstUsers(store),
                clock);
    }

    @Override
    public void close() {
        tail.close();
    }
}
