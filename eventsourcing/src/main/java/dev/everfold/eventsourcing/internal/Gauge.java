package dev.everfold.eventsourcing.internal;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.ConsumerStatus.Failure;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What a consumer shows of itself, and where others wait for it. Safe for many threads.
final class Gauge {

    private static final Set<ConsumerState> AT_REST = EnumSet.of(
            ConsumerState.PAUSED, ConsumerState.WAITING_FOR_CLAIM, ConsumerState.STOPPED, ConsumerState.FAILED);

    private final String name;
    private final String kind;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private ConsumerState state = ConsumerState.WAITING_FOR_CLAIM;
    private long position;
    private @Nullable Instant lastRecorded;
    private long handled;
    private long retries;
    private @Nullable Failure failure;
    private final Rate rate = new Rate();

    Gauge(String name, String kind, Clock clock) {
        this.name = name;
        this.kind = kind;
        this.clock = clock;
    }

    void state(ConsumerState now) {
        lock.lock();
        try {
            if (state != now) {
                state = now;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// One that has failed and is closed is stopped; its failure stays. False when it had not failed.
    boolean stopFailed() {
        lock.lock();
        try {
            if (state != ConsumerState.FAILED) {
                return false;
            }
            state = ConsumerState.STOPPED;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    void moved(long nextPosition, List<RecordedEvent> events) {
        lock.lock();
        try {
            position = nextPosition;
            handled += events.size();
            if (!events.isEmpty()) {
                lastRecorded = events.getLast().recorded();
                rate.add(events.size(), clock.millis());
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void failed(Throwable cause, boolean retried) {
        lock.lock();
        try {
            failure = new Failure(clock.instant(), Causes.line(cause));
            if (retried) {
                retries++;
            }
        } finally {
            lock.unlock();
        }
    }

    long position() {
        lock.lock();
        try {
            return position;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the event at a position is handled; false when the time ran out.
    ///
    /// @throws IllegalStateException when it has ended
    boolean await(long atPosition, Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long nanos = NANOSECONDS.convert(timeout);
            while (position <= atPosition) {
                requireRunning();
                if (nanos <= 0) {
                    return false;
                }
                nanos = changed.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean hasFailed() {
        lock.lock();
        try {
            return state == ConsumerState.FAILED;
        } finally {
            lock.unlock();
        }
    }

    /// @throws IllegalStateException when it has ended
    void requireRunning() {
        lock.lock();
        try {
            if (state == ConsumerState.STOPPED || state == ConsumerState.FAILED) {
                throw new IllegalStateException(ended());
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until no step is in work: since it is paused, has no claim, or has ended.
    void awaitRest(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long nanos = NANOSECONDS.convert(timeout);
            while (!AT_REST.contains(state) && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    ConsumerStatus status(long nextPosition, int parked) {
        lock.lock();
        try {
            long lagEvents = Math.max(0, nextPosition - position);
            Instant newest = lastRecorded;
            Duration lag = lagEvents == 0 || newest == null
                    ? Duration.ZERO
                    : Duration.between(newest, clock.instant()).truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
            return new ConsumerStatus(
                    name,
                    kind,
                    state,
                    position,
                    lagEvents,
                    lag.isNegative() ? Duration.ZERO : lag,
                    handled,
                    rate.perSecond(clock.millis()),
                    retries,
                    parked,
                    Optional.ofNullable(failure));
        } finally {
            lock.unlock();
        }
    }

    private String ended() {
        String how = state == ConsumerState.STOPPED ? "was closed" : "has failed";
        return "Consumer \"" + name + "\" " + how + " at position " + position
                + (failure == null ? "." : ": " + failure.message());
    }

    /// Events a second, over two seconds or so.
    private static final class Rate {

        private static final long WINDOW_MILLIS = 1_000;

        private long windowStart;
        private long counted;
        private double previous;

        void add(long events, long now) {
            roll(now);
            counted += events;
        }

        double perSecond(long now) {
            roll(now);
            double share = Math.min(1, Math.max(0, now - windowStart) / (double) WINDOW_MILLIS);
            return previous * (1 - share) + counted * 1_000.0 / WINDOW_MILLIS;
        }

        private void roll(long now) {
            long elapsed = now - windowStart;
            if (elapsed >= 0 && elapsed < WINDOW_MILLIS) {
                return;
            }
            previous = elapsed >= 0 && elapsed < 2 * WINDOW_MILLIS ? counted * 1_000.0 / elapsed : 0;
            counted = 0;
            windowStart = now;
        }
    }
}
