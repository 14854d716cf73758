package dev.everfold.kurrent.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.testkit.ForwardingEventStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One thread looks at new events for all who wait for some.
@Timeout(30)
class LiveTailTest {

    @Test
    void those_who_wait_hear_of_events_after_a_look_that_failed_for_a_reason_that_nobody_foresaw() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        try (ForwardingEventStore store = new ForwardingEventStore(new InMemoryEventStore()) {
            @Override
            public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
                if (looks.incrementAndGet() == 1) {
                    throw new IllegalStateException("a defect");
                }
                return super.awaitPosition(position, timeout);
            }
        }) {
            LiveTail tail = new LiveTail(store);
            try (LiveTail.Waiter waiter = tail.join(new Interest.OfStream("order-1"))) {
                store.append(Append.of(NewEvent.of("order-1", "placed", "{}")));

                assertThat(waiter.await(0, TimeUnit.SECONDS.toNanos(20))).isTrue();
            }
            tail.close();
        }
        assertThat(looks).hasValueGreaterThan(1);
    }
}
