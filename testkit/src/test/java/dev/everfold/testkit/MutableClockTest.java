package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class MutableClockTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void it_stands_still_until_it_is_told_otherwise() {
        MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");

        Instant first = clock.instant();
        Instant second = clock.instant();

        assertThat(first).isEqualTo(NOON);
        assertThat(second).isEqualTo(NOON);
    }

    @Test
    void it_moves_on_and_back() {
        MutableClock clock = MutableClock.at(NOON);

        clock.advance(Duration.ofHours(2));
        clock.advance(Duration.ofHours(-3));

        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-03-01T11:00:00Z"));
    }

    @Test
    void it_is_set() {
        MutableClock clock = MutableClock.at(NOON);

        clock.set(Instant.EPOCH);

        assertThat(clock.instant()).isEqualTo(Instant.EPOCH);
        assertThat(clock.millis()).isZero();
    }

    @Test
    void it_is_in_utc_and_the_same_in_every_zone() {
        MutableClock clock = MutableClock.at(NOON);

        assertThat(clock.getZone()).isEqualTo(ZoneOffset.UTC);
        assertThat(clock.withZone(ZoneId.of("Europe/Berlin"))).isSameAs(clock);
    }
}
