package dev.everfold.eventsourcing.subscription;

import java.time.Duration;

/// How a consumer goes about its work.
///
/// @param batchEventsMax events of one step at most, 1..100,000. All of a step may have to be done again
/// @param batchBytesMax bytes of these events at most, 1 or more; one larger event is a step of its own
/// @param checkpointEvery how long a checkpoint that only moved past events of no interest, or of handlers that
///     may see an event twice, may wait to be saved; a third of the lease at most
/// @param lease how long the claim of a process that stands still is respected, 100 ms or more. A step that takes
///     longer is refused and done again
/// @param backoff waits after failures
/// @param triesMax how often an event is tried before [#onFailure] decides, 1..1,000. Failures of a database or
///     server that cannot be reached do not count: they are tried again until they pass
/// @param onFailure what becomes of an event that fails for good
/// @param parkedMax parked events at most, 1..1,000,000; with more the consumer stops
public record ConsumerOptions(
        int batchEventsMax,
        long batchBytesMax,
        Duration checkpointEvery,
        Duration lease,
        Backoff backoff,
        int triesMax,
        FailurePolicy onFailure,
        int parkedMax) {

    private static final Duration LEASE_MIN = Duration.ofMillis(100);

    /// 2,000 events or 8 MiB a step, checkpoints at least every second, leases of 5 s, 5 tries, then parked.
    public static final ConsumerOptions DEFAULTS = new ConsumerOptions(
            2_000,
            8 << 20,
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Backoff.DEFAULTS,
            5,
            FailurePolicy.PARK,
            10_000);

    /// @throws IllegalArgumentException when a number or time is out of its range
    public ConsumerOptions {
        requireRange("batchEventsMax", batchEventsMax, 100_000);
        requireRange("batchBytesMax", batchBytesMax, Long.MAX_VALUE);
        requireRange("triesMax", triesMax, 1_000);
        requireRange("parkedMax", parkedMax, 1_000_000);
        if (checkpointEvery.isNegative()) {
            throw new IllegalArgumentException(
                    "ConsumerOptions.checkpointEvery is " + checkpointEvery + "; expected no negative time.");
        }
        if (lease.compareTo(LEASE_MIN) < 0) {
            throw new IllegalArgumentException("ConsumerOptions.lease is " + lease + "; expected 100 ms or more.");
        }
    }

    /// How often a process at work renews its lease: whenever a third of it is over.
    public Duration renewEvery() {
        return lease.dividedBy(3);
    }

    /// How long a checkpoint waits to be saved. That renews the lease, so it does not wait for longer.
    public Duration saveEvery() {
        return checkpointEvery.compareTo(renewEvery()) < 0 ? checkpointEvery : renewEvery();
    }

    private static void requireRange(String name, long value, long max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(
                    "ConsumerOptions." + name + " is " + value + "; expected 1.." + max + ".");
        }
    }

    /// The same with steps of at most so many events.
    public ConsumerOptions withBatchEventsMax(int events) {
        return new ConsumerOptions(
                events, batchBytesMax, checkpointEvery, lease, backoff, triesMax, onFailure, parkedMax);
    }

    /// The same with another bound on the age of what is not saved.
    public ConsumerOptions withCheckpointEvery(Duration time) {
        return new ConsumerOptions(batchEventsMax, batchBytesMax, time, lease, backoff, triesMax, onFailure, parkedMax);
    }

    /// The same with another lease.
    public ConsumerOptions withLease(Duration time) {
        return new ConsumerOptions(
                batchEventsMax, batchBytesMax, checkpointEvery, time, backoff, triesMax, onFailure, parkedMax);
    }

    /// The same with other waits after failures.
    public ConsumerOptions withBackoff(Backoff waits) {
        return new ConsumerOptions(
                batchEventsMax, batchBytesMax, checkpointEvery, lease, waits, triesMax, onFailure, parkedMax);
    }

    /// The same with so many tries, and then what the policy says.
    public ConsumerOptions onFailure(int tries, FailurePolicy policy) {
        return new ConsumerOptions(
                batchEventsMax, batchBytesMax, checkpointEvery, lease, backoff, tries, policy, parkedMax);
    }

    /// The same with at most so many parked events.
    public ConsumerOptions withParkedMax(int events) {
        return new ConsumerOptions(
                batchEventsMax, batchBytesMax, checkpointEvery, lease, backoff, triesMax, onFailure, events);
    }
}
