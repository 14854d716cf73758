package dev.everfold.eventsourcing.testing;

import dev.everfold.eventsourcing.internal.Claims;
import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.ReadModel;
import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.Claim;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The claims of one process on one build, which may be killed at a place: from then on it does nothing more, not even
/// what it does when it is closed in order. What it had begun is rolled back, as a database does for a connection that
/// is gone.
final class MortalClaims<T> implements Claims {

    private final Projection<T> projection;
    private final Projection<T> mortal;
    private final ReadModel<T> model;
    private final Build build;
    private final Optional<Kill> kill;
    private final CountDownLatch dead = new CountDownLatch(1);

    /// @param kill where the process ends; empty = it does not
    MortalClaims(Projection<T> projection, ReadModel<T> model, Build build, Optional<Kill> kill) {
        this.projection = projection;
        this.mortal = Projection.<T>raw(projection.name(), projection.query(), this::handle)
                .version(projection.version())
                .sequencedBy(projection.key());
        this.model = model;
        this.build = build;
        this.kill = kill;
    }

    /// Whether it was killed within the time.
    boolean awaitDeath(Duration timeout) throws InterruptedException {
        return dead.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public Optional<Claim> claim(String owner, ConsumerOptions options) {
        if (dead.getCount() == 0) {
            return Optional.empty();
        }
        return model.claim(build, 0, mortal, owner, options.lease()).map(Mortal::new);
    }

    @Override
    public boolean isTransient(RuntimeException failure) {
        return model.isTransient(failure);
    }

    private void handle(T rows, RecordedEvent event) {
        projection.handler().accept(rows, event);
        if (kill.isPresent()
                && !kill.get().isStored()
                && event.position() + 1 >= kill.get().event()) {
            throw die();
        }
    }

    private ClaimLostException die() {
        dead.countDown();
        return new ClaimLostException(projection.name(), "its process was killed");
    }

    private final class Mortal implements Claim {

        private final Claim claim;

        Mortal(Claim claim) {
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
            claim.commit(step);
            if (kill.isPresent()
                    && kill.get().isStored()
                    && step.after().position() >= kill.get().event()) {
                throw die();
            }
        }

        @Override
        public boolean isTransient(RuntimeException failure) {
            return claim.isTransient(failure);
        }

        /// As the end of its lease does.
        @Override
        public void close() {
            claim.close();
        }
    }
}
