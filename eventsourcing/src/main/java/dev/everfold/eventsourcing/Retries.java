package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.internal.Doubling;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// How often a command is decided again when others are faster, and how long it waits before.
///
/// The wait before the n-th try again is a random time below `waitFirst` × 2ⁿ⁻¹, at most `waitMax`: those
/// who met once are unlikely to meet again.
///
/// @param triesMax decisions a command, the first one counted; 1..10,000
/// @param waitFirst bound of the first wait; zero = none
/// @param waitMax bound of every wait
public record Retries(int triesMax, Duration waitFirst, Duration waitMax) {

    /// 30 tries; the first wait is below 1 ms, none is above 50 ms.
    public static final Retries DEFAULTS = new Retries(30, Duration.ofMillis(1), Duration.ofMillis(50));

    /// @throws IllegalArgumentException when the number of tries is out of its range or a wait is negative
    public Retries {
        if (triesMax < 1 || triesMax > 10_000) {
            throw new IllegalArgumentException("Retries.triesMax is " + triesMax + "; expected 1..10000.");
        }
        if (waitFirst.isNegative() || waitMax.isNegative()) {
            throw new IllegalArgumentException(
                    "Retries wait from " + waitFirst + " to " + waitMax + "; expected no negative time.");
        }
    }

    /// The same waits with another number of tries.
    public Retries withTriesMax(int tries) {
        return new Retries(tries, waitFirst, waitMax);
    }

    /// Waits before another try; false, at once or after, when there is to be none: there were as many as
    /// may be, or the thread is interrupted.
    ///
    /// @param tries how many there were, 1 or more
    /// @param random tells how long
    public boolean mayGoOn(int tries, RandomGenerator random) {
        if (tries >= triesMax) {
            return false;
        }
        long nanos = waitNanos(tries, random);
        if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
        return !Thread.currentThread().isInterrupted();
    }

    long waitNanos(int tries, RandomGenerator random) {
        long nanosMax = Doubling.boundNanos(waitFirst, waitMax, tries);
        return nanosMax == 0 ? 0 : random.nextLong(nanosMax);
    }
}
