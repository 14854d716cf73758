package dev.everfold.eventstore;

import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// Makes UUIDs of version 7: 48 bits of milliseconds, 12 bits of their fraction, then random bits (RFC 9562,
/// section 6.2, method 3). So those of one thread rise, as finely as the clock does, and an engine tells by that
/// alone that an id is new.
final class TimeOrderedId {

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int FRACTION_BITS = 12;

    private TimeOrderedId() {}

    static UUID next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Instant now = Instant.now();
        long fraction = (now.getLong(ChronoField.NANO_OF_SECOND) % NANOS_PER_MILLI << FRACTION_BITS) / NANOS_PER_MILLI;
        long most = (now.toEpochMilli() << 16) | 0x7000L | fraction;
        long least = 0x8000_0000_0000_0000L | (random.nextLong() & 0x3fff_ffff_ffff_ffffL);
        return new UUID(most, least);
    }
}
