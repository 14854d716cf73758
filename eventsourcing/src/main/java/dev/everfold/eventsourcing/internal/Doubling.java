package dev.everfold.eventsourcing.internal;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;

/// Bounds of waits that double from failure to failure.
public final class Doubling {

    private static final int DOUBLINGS_MAX = 30;

    private Doubling() {}

    /// The bound after so many failures in a row, in nanoseconds: `first` × 2ⁿ⁻¹, at most `max`.
    ///
    /// @param failures 1 or more
    public static long boundNanos(Duration first, Duration max, int failures) {
        int doublings = Math.min(failures - 1, DOUBLINGS_MAX);
        long firstNanos = NANOSECONDS.convert(first);
        long maxNanos = NANOSECONDS.convert(max);
        return firstNanos > maxNanos >> doublings ? maxNanos : firstNanos << doublings;
    }
}
