package dev.everfold.eventsourcing.internal;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.function.LongSupplier;

/// What is left of a time for which somebody waits, however the clock is set meanwhile.
public final class TimeLeft {

    /// No clock that may be set.
    private static final LongSupplier NANOS = System::nanoTime;

    private final long nanos;
    private final long begun = NANOS.getAsLong();

    private TimeLeft(long nanos) {
        this.nanos = nanos;
    }

    /// It begins now. As long as 292 years is for ever.
    public static TimeLeft of(Duration time) {
        return new TimeLeft(Math.max(0, NANOSECONDS.convert(time)));
    }

    /// Zero or less when it is over.
    public Duration get() {
        return Duration.ofNanos(nanos - (NANOS.getAsLong() - begun));
    }

    /// The same, or less.
    public Duration atMost(Duration time) {
        Duration left = get();
        return left.compareTo(time) < 0 ? left : time;
    }
}
