package dev.everfold.postgres;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Times as the store keeps them: microseconds since 1970-01-01T00:00:00Z.
final class Times {

    private Times() {}

    static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
