package dev.everfold.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/// A clock that stands still until it is told otherwise, and may be set back.
///
/// Safe for use by many threads. Always in UTC.
public final class MutableClock extends Clock {

    private final AtomicReference<Instant> now;

    private MutableClock(Instant start) {
        this.now = new AtomicReference<>(start);
    }

    /// A clock that shows the given time.
    public static MutableClock at(Instant start) {
        return new MutableClock(start);
    }

    /// A clock that shows the given time, in the form `2026-03-01T12:00:00Z`.
    public static MutableClock at(String start) {
        return at(Instant.parse(start));
    }

    /// Shows another time from now on, later or earlier.
    public void set(Instant time) {
        now.set(time);
    }

    /// Moves on by the given time; a negative one moves back.
    public void advance(Duration by) {
        now.updateAndGet(time -> time.plus(by));
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /// This clock itself: a zone changes nothing about instants.
    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
