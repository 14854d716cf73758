package dev.everfold.eventstore;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// Makes UUIDs of version 7: 48 bits of milliseconds, then random bits (RFC 9562, section 5.7).
final class TimeOrderedId {

    private TimeOrderedId() {}

    static UUID next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long most = (System.currentTimeMillis() << 16) | 0x7000L | (random.nextLong() & 0x0fffL);
        long least = 0x8000_0000_0000_0000L | (random.nextLong() & 0x3fff_ffff_ffff_ffffL);
        return new UUID(most, least);
    }
}
