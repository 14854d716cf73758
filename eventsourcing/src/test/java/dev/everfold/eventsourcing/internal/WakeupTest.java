package dev.everfold.eventsourcing.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WakeupTest {

    @Test
    void an_interrupt_ends_one_wait_and_not_all_that_follow() {
        Wakeup bell = new Wakeup();
        Thread.currentThread().interrupt();

        boolean rung = bell.await(Duration.ofSeconds(10));
        boolean rungAgain = bell.await(Duration.ofMillis(1));

        assertThat(rung).isTrue();
        assertThat(rungAgain).isFalse();
    }
}
