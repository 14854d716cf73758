package dev.everfold.eventsourcing.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One that comes after another waits also where the other has ended: when all are closed, one is the first.
@Timeout(60)
class AfterAnotherTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Everfold everfold = Everfold.on(store);
    private final List<Long> seen = new CopyOnWriteArrayList<>();

    private long append() {
        return store.append(Append.of(NewEvent.of("order-1", "placed", "{}"))).fromPosition();
    }

    private EventConsumer first() {
        return everfold.start(Subscription.each("first", _ -> {}));
    }

    private EventConsumer second(EventConsumer first) {
        return everfold.start(Subscription.each("second", event -> seen.add(event.position()))
                .after(first)
                .options(ConsumerOptions.DEFAULTS
                        .withBackoff(new Backoff(Duration.ZERO, Duration.ZERO))
                        .onFailure(1, FailurePolicy.PARK)));
    }

    @AfterEach
    void close() {
        everfold.close();
        store.close();
    }

    @Test
    void an_event_is_not_parked_since_the_other_was_closed_but_handled_when_both_run_again()
            throws InterruptedException {
        EventConsumer first = first();
        EventConsumer second = second(first);
        assertThat(second.awaitHandled(append(), SOON)).isTrue();

        first.close();
        long last = append();
        while (second.status().retries() == 0) {
            Thread.onSpinWait();
        }
        String failure = second.status().lastFailure().orElseThrow().message();
        second.close();
        EventConsumer again = second(first());

        assertThat(failure)
                .isEqualTo("NotYetException: Position 1 waits for a consumer that has ended. Consumer \"first\" was"
                        + " closed at position 1.");
        assertThat(again.awaitHandled(last, SOON)).isTrue();
        assertThat(again.parked()).isEmpty();
        assertThat(seen).containsExactly(0L, 1L);
    }

    @Test
    void what_is_parked_is_told_while_one_waits_for_what_does_not_come() {
        EventConsumer first = first();
        EventConsumer second = second(first);
        first.close();
        append();
        while (second.status().retries() == 0) {
            Thread.onSpinWait();
        }

        assertThat(second.parked()).isEmpty();
        assertThat(second.redrive("order-1")).isZero();
        assertThat(second.discard("order-1")).isZero();
    }
}
