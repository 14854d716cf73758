package dev.everfold.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResultsTest {

    private static final Results.Key KEY = new Results.Key(Results.Section.APPENDS, "1 × 1", "events/s");

    @Test
    void a_row_has_medians_and_the_spread_and_the_median_of_the_ratios_within_rounds() {
        Results results = new Results();
        results.add(KEY, new Measurement(100, 1, 10), limit(200), 50);
        results.add(KEY, new Measurement(300, 3, 30), limit(300), 100);
        results.add(KEY, new Measurement(200, 2, 20), limit(1_000), 100);

        assertThat(results.rows())
                .containsExactly(new Row(
                        "Durable appends, clients × events of 256 bytes; limit = bare writer (no names, no index)",
                        "1 × 1",
                        "events/s",
                        200,
                        100,
                        300,
                        2,
                        20,
                        300,
                        5,
                        50,
                        0.5,
                        2));
    }

    @Test
    void an_even_number_of_rounds_gives_the_middle_of_the_two_in_the_middle() {
        Results results = new Results();
        results.add(KEY, new Measurement(100, 0, 0), Measurement.NONE, 0);
        results.add(KEY, new Measurement(300, 0, 0), Measurement.NONE, 0);

        assertThat(results.rows().getFirst().perSecond()).isEqualTo(200);
        assertThat(results.rows().getFirst().toLimit()).isZero();
    }

    @Test
    void rows_stand_in_the_order_of_the_sections() {
        Results results = new Results();
        results.add(KEY, new Measurement(1, 0, 0), Measurement.NONE, 0);
        results.add(
                new Results.Key(Results.Section.RAW, "raw", "syncs/s"), new Measurement(1, 0, 0), Measurement.NONE, 0);

        assertThat(results.rows()).extracting(Row::name).containsExactly("raw", "1 × 1");
    }

    private static Measurement limit(double perSecond) {
        return new Measurement(perSecond, 5, 50);
    }
}
