package dev.everfold.kurrent.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;

class AnswerTimesTest {

    private final AnswerTimes times = new AnswerTimes();

    @Test
    void nothing_is_told_while_nothing_was_answered() {
        assertThat(times.figures()).isEmpty();
    }

    @Test
    void the_last_thousand_answers_are_told_in_order_of_their_time() {
        times.add(1_000_000);
        for (int i = 1_000; i > 0; i--) {
            times.add(i);
        }

        assertThat(times.figures())
                .containsExactly(
                        entry("Mean", 501L),
                        entry("Median", 501L),
                        entry("Fastest", 1L),
                        entry("Quintile 1", 1L),
                        entry("Quintile 2", 201L),
                        entry("Quintile 3", 401L),
                        entry("Quintile 4", 601L),
                        entry("Quintile 5", 801L),
                        entry("90%", 901L),
                        entry("95%", 951L),
                        entry("99%", 991L),
                        entry("99.5%", 996L),
                        entry("99.9%", 1_000L),
                        entry("Highest", 1_000L));
    }
}
