package dev.everfold.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatenciesTest {

    @Test
    void quantiles_are_right_to_one_percent() {
        Latencies latencies = new Latencies();
        for (long micros = 1; micros <= 10_000; micros++) {
            latencies.record(micros * 1_000);
        }

        assertThat(latencies.quantileMicros(0.5)).isCloseTo(5_000, within(50.0));
        assertThat(latencies.quantileMicros(0.99)).isCloseTo(9_900, within(99.0));
        assertThat(latencies.quantileMicros(1)).isCloseTo(10_000, within(100.0));
    }

    @Test
    void without_durations_all_quantiles_are_zero() {
        assertThat(new Latencies().quantileMicros(0.5)).isZero();
    }

    @Test
    void the_longest_duration_is_counted_too() {
        Latencies latencies = new Latencies();

        latencies.record(Long.MAX_VALUE);
        latencies.record(-1);

        assertThat(latencies.quantileMicros(0.5)).isLessThan(0.01);
        assertThat(latencies.quantileMicros(1)).isGreaterThan(9e15);
    }
}
