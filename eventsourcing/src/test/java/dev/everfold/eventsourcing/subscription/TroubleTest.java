package dev.everfold.eventsourcing.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.testkit.MutableClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is tried again for ever parks no event and ends no consumer, so somebody has to be told.
@Timeout(20)
class TroubleTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");
    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Everfold everfold =
            Everfold.on(store, EverfoldOptions.defaults().withClock(clock));
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final Logger log = Logger.getLogger("dev.everfold.eventsourcing.internal");
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord told) {
            if (told.getLevel().equals(Level.WARNING) && told.getMessage().contains("name=stuck")) {
                TroubleTest.this.told.add(told.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        log.addHandler(listener);
    }

    @AfterEach
    void close() {
        log.removeHandler(listener);
        everfold.close();
        store.close();
    }

    private long append() {
        return store.append(Append.of(NewEvent.of("order-1", "placed", "{}"))).fromPosition();
    }

    @Test
    void what_does_not_pass_is_told_after_ten_seconds_and_then_once_a_minute() throws InterruptedException {
        AtomicInteger tries = new AtomicInteger();
        EventConsumer consumer = everfold.start(Subscription.each("stuck", event -> {
                    clock.advance(Duration.ofSeconds(4));
                    if (tries.incrementAndGet() <= 20 || (event.position() == 1 && tries.get() <= 23)) {
                        throw new StoreUnavailableException("The store is away.", true, null);
                    }
                })
                .options(ConsumerOptions.DEFAULTS.withBackoff(new Backoff(Duration.ZERO, Duration.ZERO))));

        assertThat(consumer.awaitHandled(append(), SOON)).isTrue();
        assertThat(consumer.awaitHandled(append(), SOON)).isTrue();

        assertThat(told)
                .containsExactly(
                        "fails again and again name=stuck position=0 failures=4 since=2026-03-01T12:00:04Z",
                        "fails again and again name=stuck position=0 failures=19 since=2026-03-01T12:00:04Z");
    }
}
