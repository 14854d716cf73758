package dev.everfold.eventsourcing.subscription;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Checkpoints that end with the process: for tests, and for consumers that begin anew each time. Safe for many
/// threads.
public final class InMemoryCheckpoints implements CheckpointStore {

    private final Clock clock;

    /// Guarded by this.
    private final Map<String, Entry> entries = new HashMap<>();

    /// With the system's clock for leases.
    public InMemoryCheckpoints() {
        this(Clock.systemUTC());
    }

    /// With a clock for leases.
    public InMemoryCheckpoints(Clock clock) {
        this.clock = clock;
    }

    private static final class Entry {
        private @Nullable Checkpoint checkpoint;
        private final TreeMap<Long, ParkedEvent> parked = new TreeMap<>();
        private @Nullable MemoryClaim holder;
        private Instant heldUntil = Instant.MIN;
    }

    @Override
    public synchronized Optional<Claim> claim(String consumer, String owner, Duration lease) {
        Entry entry = entries.computeIfAbsent(consumer, _ -> new Entry());
        if (entry.holder != null && clock.instant().isBefore(entry.heldUntil)) {
            return Optional.empty();
        }
        MemoryClaim claim = new MemoryClaim(
                consumer, lease, Optional.ofNullable(entry.checkpoint), List.copyOf(entry.parked.values()));
        entry.holder = claim;
        entry.heldUntil = clock.instant().plus(lease);
        return Optional.of(claim);
    }

    private synchronized void commit(MemoryClaim claim, Step step) {
        Entry entry = entries.computeIfAbsent(claim.consumer, _ -> new Entry());
        if (entry.holder != claim) {
            throw new ClaimLostException(claim.consumer, "somebody else has claimed it");
        }
        entry.checkpoint = step.after();
        step.unpark().forEach(entry.parked::remove);
        step.park().forEach(parked -> entry.parked.put(parked.position(), parked));
        entry.heldUntil = clock.instant().plus(claim.lease);
    }

    private synchronized void release(MemoryClaim claim) {
        Entry entry = entries.get(claim.consumer);
        if (entry != null && entry.holder == claim) {
            entry.holder = null;
        }
    }

    private final class MemoryClaim implements Claim {

        private final String consumer;
        private final Duration lease;
        private final Optional<Checkpoint> checkpoint;
        private final List<ParkedEvent> parked;

        MemoryClaim(String consumer, Duration lease, Optional<Checkpoint> checkpoint, List<ParkedEvent> parked) {
            this.consumer = consumer;
            this.lease = lease;
            this.checkpoint = checkpoint;
            this.parked = parked;
        }

        @Override
        public Optional<Checkpoint> checkpoint() {
            return checkpoint;
        }

        @Override
        public List<ParkedEvent> parked() {
            return parked;
        }

        /// Knows nothing of events: who handles them does so around this.
        @Override
        public void commit(Step step) {
            InMemoryCheckpoints.this.commit(this, step);
        }

        @Override
        public boolean isTransient(RuntimeException failure) {
            return false;
        }

        @Override
        public void close() {
            release(this);
        }
    }
}
