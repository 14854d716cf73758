package dev.everfold.eventsourcing.internal;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.function.LongSupplier;

/// What is left of a time for which somebody waits, however the clock is set meanwhile.
public final class TimeLeft {

    private final long nanos;
    private final LongSupplier clock;
    private final long begun;

    private TimeLeft(long nanos, LongSupplier clock) {
        this.nanos = nanos;
        this.clock = clock;
        this.begun = clock.getAsLong();
    }

    /// It begins now. As long as 292 years is for ever.
    public static TimeLeft of(Duration time) {
        return new TimeLeft(Math.max(0, NANOSECONDS.convert(time)), System::nanoTime);
    }

    /// Zero or less when it is over.
    public Duration get() {
        return Duration.ofNanos(nanos - (clock.getAsLong() - begun));
    }

    /// The same, or less.
    public Duration atMost(Duration time) {
        Duration left = get();
        return left.compareTo(time) < 0 ? left : time;
    }
}
