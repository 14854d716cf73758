package dev.everfold.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One thread watches the end of the log for all who wait.
@Timeout(30)
class TailTest {

    @Test
    void a_source_that_fails_in_a_way_that_nobody_expects_is_asked_again() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (Tail tail = new Tail(_ -> {
            if (asked.incrementAndGet() == 1) {
                throw new IllegalStateException("not now");
            }
            return 1;
        })) {
            assertThat(tail.await(0, Duration.ofSeconds(20))).isTrue();
        }
    }
}
