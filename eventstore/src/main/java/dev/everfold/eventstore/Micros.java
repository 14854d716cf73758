package dev.everfold.eventstore;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Times as the store keeps them: microseconds since 1970-01-01T00:00:00Z in 64 bits.
final class Micros {

    /// Stands for "no time"; about 292,000 years before 1970, so no writer can mean it.
    static final long NONE = Long.MIN_VALUE;

    private Micros() {}

    /// Truncates to whole microseconds.
    ///
    /// @throws IllegalArgumentException when the time does not fit, some 292,000 years from 1970
    static Instant truncate(Instant time, String what) {
        Instant truncated = time.truncatedTo(ChronoUnit.MICROS);
        try {
            long micros = of(truncated);
            if (micros != NONE) {
                return truncated;
            }
        } catch (ArithmeticException outOfRange) {
            // Said below, in the same words.
        }
        throw new IllegalArgumentException(
                "The " + what + " time " + time + " is out of range; expected a year within 290,000 of 1970.");
    }

    static long of(Instant time) {
        return Math.addExact(
                Math.multiplyExact(time.getEpochSecond(), 1_000_000L), Math.floorDiv(time.getNano(), 1_000));
    }

    static Instant toInstant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L);
    }
}
