package dev.everfold.eventsourcing.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubscriptionTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final List<Long> seen = new CopyOnWriteArrayList<>();

    private long append(String stream, String type) {
        return store.append(Append.of(NewEvent.of(stream, type, "{}"))).fromPosition();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void a_subscription_goes_on_where_it_was_closed() throws InterruptedException {
        append("order-1", "placed");
        try (Everfold everfold = Everfold.on(store);
                EventConsumer orders =
                        everfold.start(Subscription.each("orders", event -> seen.add(event.position())))) {
            assertThat(orders.awaitCaughtUp(SOON)).isTrue();
        }
        long second = append("order-2", "placed");

        try (Everfold everfold = Everfold.on(store)) {
            EventConsumer orders = everfold.start(Subscription.each("orders", event -> seen.add(event.position())));
            assertThat(orders.awaitHandled(second, SOON)).isTrue();
        }

        assertThat(seen).containsExactly(0L, second);
    }

    @Test
    void a_subscription_from_the_end_gets_what_comes_and_only_what_it_asked_for() throws InterruptedException {
        append("order-1", "placed");
        try (Everfold everfold = Everfold.on(store)) {
            EventConsumer orders = everfold.start(Subscription.each("orders", event -> seen.add(event.position()))
                    .to(Query.types("placed"))
                    .from(StartAt.end()));
            orders.awaitCaughtUp(SOON);

            append("order-2", "paid");
            long placed = append("order-3", "placed");
            long last = append("order-3", "paid");

            assertThat(orders.awaitHandled(last, SOON)).isTrue();
            assertThat(seen).containsExactly(placed);
        }
    }

    @Test
    void a_subscription_from_the_end_gets_what_is_appended_after_its_start_however_late_it_is_claimed()
            throws InterruptedException {
        append("order-1", "placed");
        CountDownLatch mayClaim = new CountDownLatch(1);
        InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
        CheckpointStore late = (consumer, owner, lease) -> {
            try {
                mayClaim.await();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            return checkpoints.claim(consumer, owner, lease);
        };
        try (Everfold everfold = Everfold.on(store)) {
            EventConsumer orders = everfold.start(Subscription.each("orders", event -> seen.add(event.position()))
                    .from(StartAt.end())
                    .checkpoints(late));
            long placed = append("order-2", "placed");
            mayClaim.countDown();

            assertThat(orders.awaitHandled(placed, SOON)).isTrue();
            assertThat(seen).containsExactly(placed);
        }
    }

    @Test
    void an_event_is_parked_whatever_its_failure_says_and_whatever_its_key_holds() throws InterruptedException {
        String halfAtTheLimit = "x".repeat(972) + "\uD83D\uDE00" + "x".repeat(100);
        append("order-1", "placed");
        append("order-2", "placed");
        Subscription failing = Subscription.each("orders", event -> {
                    throw new IllegalArgumentException(event.position() == 0 ? halfAtTheLimit : "cut \uDE00 in half");
                })
                .sequencedBy(event -> event.stream() + "\uD83D")
                .options(ConsumerOptions.DEFAULTS.onFailure(1, FailurePolicy.PARK));
        try (Everfold everfold = Everfold.on(store)) {
            assertThat(everfold.start(failing).awaitCaughtUp(SOON)).isTrue();
        }

        try (Everfold everfold = Everfold.on(store)) {
            EventConsumer again = everfold.start(failing);
            again.awaitCaughtUp(SOON);

            assertThat(again.parked()).extracting(ParkedEvent::key).containsExactly("order-1\uD83D", "order-2\uD83D");
            assertThat(again.parked())
                    .extracting(parked -> parked.failure().orElseThrow())
                    .containsExactly(
                            "IllegalArgumentException: " + "x".repeat(972) + "…",
                            "IllegalArgumentException: cut \uFFFD in half");
        }
    }

    @Test
    void a_checkpoint_ahead_of_the_log_is_refused() throws InterruptedException {
        InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
        try (Claim claim = checkpoints.claim("orders", "test", SOON).orElseThrow()) {
            claim.commit(Step.to(new Checkpoint(store.lineage(), 7)));
        }
        append("order-1", "placed");

        try (Everfold everfold = Everfold.on(store)) {
            EventConsumer orders = everfold.start(Subscription.each("orders", event -> seen.add(event.position()))
                    .checkpoints(checkpoints));

            assertThatThrownBy(() -> orders.awaitHandled(0, SOON))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("The checkpoint of consumer \"orders\" is position 7, but the log ends at 1");
        }
    }

    @Test
    void a_name_that_cannot_be_kept_is_refused() {
        for (String name : List.of("", "a\0", "\ud800")) {
            assertThatThrownBy(() -> Subscription.each(name, _ -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Subscription name \"")
                    .hasMessageEndingWith("\" is not allowed; expected valid Unicode without NUL, not empty.");
        }
    }
}
