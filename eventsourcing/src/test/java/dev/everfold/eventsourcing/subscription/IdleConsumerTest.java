package dev.everfold.eventsourcing.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.testkit.ForwardingEventStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A consumer that has nothing to do costs its store next to nothing, however many there are.
@Timeout(20)
class IdleConsumerTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger looks = new AtomicInteger();
    private final Everfold everfold = Everfold.on(new ForwardingEventStore(store) {
        @Override
        public EventCursor read(Read read) {
            reads.incrementAndGet();
            return super.read(read);
        }

        @Override
        public long nextPosition() {
            looks.incrementAndGet();
            return super.nextPosition();
        }
    });

    private long append() {
        return store.append(Append.of(NewEvent.of("order-1", "placed", "{}"))).fromPosition();
    }

    @AfterEach
    void close() {
        everfold.close();
        store.close();
    }

    @Test
    void it_looks_where_the_log_ends_now_and_then_and_reads_nothing_until_there_is_something()
            throws InterruptedException {
        EventConsumer consumer = everfold.start(Subscription.each("orders", _ -> {})
                .options(ConsumerOptions.DEFAULTS.withLease(Duration.ofMillis(100))));
        consumer.awaitHandled(append(), SOON);
        awaitLooks(3);
        int readsBefore = reads.get();

        awaitLooks(5);

        assertThat(reads).hasValue(readsBefore);
        assertThat(consumer.awaitHandled(append(), SOON)).isTrue();
    }

    private void awaitLooks(int more) {
        int seen = looks.get();
        while (looks.get() < seen + more) {
            Thread.onSpinWait();
        }
    }
}
