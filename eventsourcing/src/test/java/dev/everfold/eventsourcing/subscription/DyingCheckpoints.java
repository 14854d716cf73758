package dev.everfold.eventsourcing.subscription;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// A process that dies at one of its steps: from then on nothing reaches the checkpoints below, and its claim is not
/// given back.
final class DyingCheckpoints implements CheckpointStore {

    /// What became of the step at which it died.
    enum Fault {
        LOST,
        KEPT
    }

    private final CheckpointStore below;
    private final int dyingStep;
    private final Fault fault;
    private final AtomicInteger steps = new AtomicInteger();
    private volatile boolean dead;

    DyingCheckpoints(CheckpointStore below, int dyingStep, Fault fault) {
        this.below = below;
        this.dyingStep = dyingStep;
        this.fault = fault;
    }

    boolean isDead() {
        return dead;
    }

    @Override
    public Optional<Claim> claim(String consumer, String owner, Duration lease) {
        requireAlive();
        return below.claim(consumer, owner, lease).map(Dying::new);
    }

    private void requireAlive() {
        if (dead) {
            throw new IllegalMonitorStateException("the process is dead");
        }
    }

    private final class Dying implements Claim {

        private final Claim claim;

        Dying(Claim claim) {
            this.claim = claim;
        }

        @Override
        public Optional<Checkpoint> checkpoint() {
            return claim.checkpoint();
        }

        @Override
        public List<ParkedEvent> parked() {
            return claim.parked();
        }

        @Override
        public void commit(Step step) {
            requireAlive();
            if (steps.incrementAndGet() == dyingStep) {
                if (fault == Fault.KEPT) {
                    claim.commit(step);
                }
                dead = true;
                requireAlive();
            }
            claim.commit(step);
        }

        @Override
        public boolean isTransient(RuntimeException failure) {
            return failure instanceof IllegalMonitorStateException;
        }

        @Override
        public void close() {
            if (!dead) {
                claim.close();
            }
        }
    }
}
