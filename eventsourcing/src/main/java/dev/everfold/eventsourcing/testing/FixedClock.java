package dev.everfold.eventsourcing.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// A clock that stands still until it is told the time. Safe for many threads.
public final class FixedClock extends Clock {

    /// Where it begins: noon on the first day of 2026.
    public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private volatile Instant now = NOON;

    @Override
    public Instant instant() {
        return now;
    }

    /// Lets time pass.
    public synchronized void advance(Duration time) {
        now = now.plus(time);
    }

    /// UTC.
    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /// A clock of another zone that stands still where this one is now.
    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.fixed(now, zone);
    }
}
