package dev.everfold.eventsourcing.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConsumerOptionsTest {

    private static final long SEED = Long.getLong("everfold.seed", 53);

    @Test
    void waits_double_from_failure_to_failure_and_lose_at_most_half_to_chance() {
        Random random = new Random(SEED);
        Backoff backoff = Backoff.DEFAULTS;

        assertThat(IntStream.range(0, 1_000)).allSatisfy(_ -> {
            assertThat(backoff.after(1, random)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
            assertThat(backoff.after(4, random)).isBetween(Duration.ofMillis(400), Duration.ofMillis(800));
            assertThat(backoff.after(1_000, random)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
        });
    }

    @Test
    void no_wait_is_no_wait_however_often_it_fails() {
        Backoff none = new Backoff(Duration.ZERO, Duration.ZERO);

        assertThat(none.after(100, new Random(SEED))).isZero();
    }

    @Test
    void what_is_out_of_its_range_is_refused_by_its_name() {
        assertThatThrownBy(() -> ConsumerOptions.DEFAULTS.withBatchEventsMax(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ConsumerOptions.batchEventsMax is 0; expected 1..100000.");
        assertThatThrownBy(() -> ConsumerOptions.DEFAULTS.withParkedMax(1_000_001))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ConsumerOptions.parkedMax is 1000001; expected 1..1000000.");
        assertThatThrownBy(() -> ConsumerOptions.DEFAULTS.onFailure(0, FailurePolicy.STOP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ConsumerOptions.triesMax is 0; expected 1..1000.");
        assertThatThrownBy(() -> ConsumerOptions.DEFAULTS.withLease(Duration.ofMillis(99)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ConsumerOptions.lease is PT0.099S; expected 100 ms or more.");
        assertThatThrownBy(() -> ConsumerOptions.DEFAULTS.withCheckpointEvery(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ConsumerOptions.checkpointEvery is PT-0.001S; expected no negative time.");
        assertThatThrownBy(() -> new Backoff(Duration.ofMillis(-1), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Backoff waits from PT-0.001S to PT0S; expected no negative time.");
    }
}
