package dev.everfold.eventsourcing.subscription;

import dev.everfold.eventsourcing.internal.Doubling;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// Waits that double from failure to failure, each cut by a random part of up to a half, so that many that failed
/// together do not come back together.
///
/// @param first wait after the first failure; zero = none
/// @param max of every wait
public record Backoff(Duration first, Duration max) {

    /// 100 ms at first, 10 s at most.
    public static final Backoff DEFAULTS = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));

    /// @throws IllegalArgumentException when a wait is negative
    public Backoff {
        if (first.isNegative() || max.isNegative()) {
            throw new IllegalArgumentException(
                    "Backoff waits from " + first + " to " + max + "; expected no negative time.");
        }
    }

    /// The wait after so many failures in a row, 1 or more.
    public Duration after(int failures, RandomGenerator random) {
        long nanos = Doubling.boundNanos(first, max, failures);
        return Duration.ofNanos(nanos == 0 ? 0 : nanos - random.nextLong(nanos / 2 + 1));
    }
}
