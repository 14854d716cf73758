package dev.everfold.cli.bench;

import java.util.concurrent.atomic.AtomicLongArray;

/// Counts durations in buckets that are at most 1 % wide, from 1 nanosecond to about 5 hours. Safe for many
/// threads.
public final class Latencies {

    private static final int BITS = 7;
    private static final int STEPS = 1 << BITS;

    private final AtomicLongArray counts = new AtomicLongArray((Long.SIZE - BITS) * STEPS);

    /// Counts one duration.
    public void record(long nanos) {
        counts.incrementAndGet(bucket(Math.max(nanos, 0)));
    }

    /// The duration in microseconds that this part of all durations does not exceed; 0 when there are none.
    public double quantileMicros(double part) {
        long total = 0;
        for (int i = 0; i < counts.length(); i++) {
            total += counts.get(i);
        }
        long left = (long) Math.ceil(total * part);
        for (int i = 0; i < counts.length(); i++) {
            left -= counts.get(i);
            if (left <= 0 && total > 0) {
                return upperBound(i) / 1_000.0;
            }
        }
        return 0;
    }

    private static int bucket(long nanos) {
        if (nanos < STEPS) {
            return (int) nanos;
        }
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - BITS;
        return (exponent + 1) * STEPS + (int) (nanos >>> exponent) - STEPS;
    }

    private static double upperBound(int bucket) {
        if (bucket < STEPS) {
            return bucket;
        }
        int exponent = bucket / STEPS - 1;
        return Math.scalb((double) (bucket % STEPS + STEPS + 1), exponent);
    }
}
