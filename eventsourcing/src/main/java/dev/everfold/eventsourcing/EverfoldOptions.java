package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.snapshot.InMemorySnapshotStore;
import dev.everfold.eventsourcing.snapshot.SnapshotStore;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/// What all deciders, boundaries and consumers of one [Everfold] share.
///
/// @param snapshots where snapshots go; it is not closed with the [Everfold]
/// @param clock tells boundaries the time, when timers are due, and the age of snapshots
/// @param random spreads repeated tries ([Retries]); used by many threads at once
/// @param commandWaitMax how long a command waits for earlier ones of its stream in this process
/// @param snapshotQueueMax how many snapshots wait to be stored; more are left out. 1..100,000
public record EverfoldOptions(
        SnapshotStore snapshots, Clock clock, RandomGenerator random, Duration commandWaitMax, int snapshotQueueMax) {

    /// @throws IllegalArgumentException when a number or time is out of its range
    public EverfoldOptions {
        if (commandWaitMax.isNegative()) {
            throw new IllegalArgumentException(
                    "EverfoldOptions.commandWaitMax is " + commandWaitMax + "; expected no negative time.");
        }
        if (snapshotQueueMax < 1 || snapshotQueueMax > 100_000) {
            throw new IllegalArgumentException(
                    "EverfoldOptions.snapshotQueueMax is " + snapshotQueueMax + "; expected 1..100000.");
        }
    }

    /// Snapshots in memory, the system's clock, waits of at most 30 s, 256 waiting snapshots.
    public static EverfoldOptions defaults() {
        return new EverfoldOptions(
                new InMemorySnapshotStore(),
                Clock.systemUTC(),
                () -> ThreadLocalRandom.current().nextLong(),
                Duration.ofSeconds(30),
                256);
    }

    /// The same with another place for snapshots.
    public EverfoldOptions withSnapshots(SnapshotStore store) {
        return new EverfoldOptions(store, clock, random, commandWaitMax, snapshotQueueMax);
    }

    /// The same with another clock.
    public EverfoldOptions withClock(Clock other) {
        return new EverfoldOptions(snapshots, other, random, commandWaitMax, snapshotQueueMax);
    }

    /// The same with other random numbers; the generator must be safe for many threads.
    public EverfoldOptions withRandom(RandomGenerator other) {
        return new EverfoldOptions(snapshots, clock, other, commandWaitMax, snapshotQueueMax);
    }

    /// The same with another bound on waiting.
    public EverfoldOptions withCommandWaitMax(Duration wait) {
        return new EverfoldOptions(snapshots, clock, random, wait, snapshotQueueMax);
    }
}
