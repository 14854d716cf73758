package dev.everfold.eventsourcing.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.everfold.eventsourcing.ConsumerWatch;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConsumerTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final ConsumerOptions FAST =
            ConsumerOptions.DEFAULTS.withBackoff(new Backoff(Duration.ZERO, Duration.ZERO));

    private final MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");
    private final InMemoryEventStore store = new InMemoryEventStore(clock, Limits.DEFAULTS);
    private final Everfold everfold =
            Everfold.on(store, EverfoldOptions.defaults().withClock(clock));
    private final List<Long> seen = new CopyOnWriteArrayList<>();

    private long append(String stream) {
        return store.append(Append.of(NewEvent.of(stream, "placed", "{}"))).fromPosition();
    }

    private Subscription orders() {
        return Subscription.each("orders", event -> seen.add(event.position()));
    }

    @AfterEach
    void close() {
        everfold.close();
        store.close();
    }

    @Test
    void a_paused_consumer_handles_nothing_until_it_is_resumed() throws InterruptedException {
        EventConsumer consumer = everfold.start(orders());
        consumer.awaitHandled(append("order-1"), SOON);

        consumer.pause();
        long last = append("order-2");
        boolean handledWhilePaused = consumer.awaitHandled(last, Duration.ofMillis(50));
        ConsumerState paused = consumer.status().state();
        consumer.resume();

        assertThat(handledWhilePaused).isFalse();
        assertThat(paused).isEqualTo(ConsumerState.PAUSED);
        assertThat(consumer.awaitHandled(last, SOON)).isTrue();
        assertThat(seen).containsExactly(0L, 1L);
    }

    @Test
    @Timeout(60)
    void what_was_handled_last_is_saved_in_time_however_long_the_lease_is() throws InterruptedException {
        EventConsumer consumer = everfold.start(
                orders().options(FAST.withLease(Duration.ofHours(1)).withCheckpointEvery(Duration.ofMillis(10))));

        consumer.awaitHandled(append("order-1"), SOON);
        while (store.trackedPosition("$consumer:orders").orElse(0) < 1) {
            Thread.onSpinWait();
        }

        assertThat(store.trackedPosition("$consumer:orders")).hasValue(1);
    }

    @Test
    void it_begins_with_the_first_event_recorded_at_or_after_a_time() throws InterruptedException {
        for (int minute = 0; minute < 10; minute++) {
            clock.set(Instant.parse("2026-03-01T12:00:00Z").plus(Duration.ofMinutes(minute)));
            append("order-" + minute);
        }

        everfold.start(orders().from(StartAt.recordedFrom(Instant.parse("2026-03-01T12:06:30Z"))))
                .awaitCaughtUp(SOON);

        assertThat(seen).containsExactly(7L, 8L, 9L);
    }

    @Test
    void it_begins_at_a_position() throws InterruptedException {
        append("order-1");
        append("order-2");

        everfold.start(orders().from(StartAt.position(1))).awaitCaughtUp(SOON);

        assertThat(seen).containsExactly(1L);
    }

    @Test
    void a_start_beyond_the_log_is_refused() {
        EventConsumer consumer = everfold.start(orders().from(StartAt.position(1)));

        assertThatThrownBy(() -> consumer.awaitHandled(5, SOON))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Start");
        assertThat(consumer.status().state()).isEqualTo(ConsumerState.FAILED);
    }

    @Test
    void one_that_has_failed_can_be_closed_and_another_of_its_name_be_started() throws InterruptedException {
        EventConsumer failed = everfold.start(orders().from(StartAt.position(1)));
        assertThatThrownBy(() -> failed.awaitHandled(5, SOON)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> everfold.start(orders()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Consumer \"orders\" runs here already; expected a name of its own."
                        + " Close the other one first.");

        failed.close();
        EventConsumer again = everfold.start(orders());

        assertThat(again.awaitHandled(append("order-1"), SOON)).isTrue();
        assertThat(failed.status().state()).isEqualTo(ConsumerState.STOPPED);
        assertThat(failed.status().lastFailure()).isPresent();
    }

    @Test
    void who_runs_is_told_at_each_change_until_nobody_listens_any_more() {
        List<List<String>> told = new ArrayList<>();

        ConsumerWatch watch = everfold.watchConsumers(
                all -> told.add(all.stream().map(EventConsumer::name).toList()));
        everfold.start(orders());
        everfold.start(Subscription.each("mails", _ -> {})).close();
        watch.close();
        everfold.start(Subscription.each("mails", _ -> {}));

        assertThat(told).startsWith(List.of(), List.of("orders"), List.of("mails", "orders"));
        assertThat(told.getLast()).containsExactly("orders");
    }

    @Test
    void a_listener_that_fails_is_told_nothing_more_and_the_consumer_is_started() throws InterruptedException {
        AtomicInteger told = new AtomicInteger();
        everfold.watchConsumers(_ -> {
            told.incrementAndGet();
            throw new IllegalArgumentException("no more");
        });

        EventConsumer consumer = everfold.start(orders());

        assertThat(consumer.awaitHandled(append("order-1"), SOON)).isTrue();
        assertThat(told).hasValue(1);
    }

    @Test
    void an_event_that_is_skipped_is_left_out_and_the_next_one_handled() throws InterruptedException {
        append("order-1");
        append("order-1");
        EventConsumer consumer = everfold.start(failingAt(0).options(FAST.onFailure(3, FailurePolicy.SKIP)));

        assertThat(consumer.awaitCaughtUp(SOON)).isTrue();

        assertThat(seen).containsExactly(1L);
        assertThat(consumer.parked()).isEmpty();
        assertThat(consumer.status().retries()).isEqualTo(2);
        assertThat(consumer.status().lastFailure().map(ConsumerStatus.Failure::message))
                .contains("IllegalArgumentException: cannot be handled");
    }

    private Subscription failingAt(long position) {
        return Subscription.each("orders", event -> {
            if (event.position() == position) {
                throw new IllegalArgumentException("cannot be\nhandled");
            }
            seen.add(event.position());
        });
    }

    @Test
    void a_consumer_that_is_to_stop_at_a_failure_says_where_and_why() {
        append("order-1");
        append("order-1");
        EventConsumer consumer = everfold.start(failingAt(1).options(FAST.onFailure(1, FailurePolicy.STOP)));

        assertThatThrownBy(() -> consumer.awaitCaughtUp(SOON))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Consumer \"orders\" has failed at position 1:"
                        + " IllegalArgumentException: cannot be handled");
        assertThatThrownBy(consumer::parked)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Consumer \"orders\" does not run here now; it is failed. Ask the process that runs it.");
    }

    @Test
    void with_more_parked_events_than_allowed_it_stops() {
        append("order-1");
        append("order-2");
        EventConsumer consumer = everfold.start(Subscription.each("orders", _ -> {
                    throw new IllegalArgumentException("cannot be handled");
                })
                .options(FAST.onFailure(1, FailurePolicy.PARK).withParkedMax(1)));

        assertThatThrownBy(() -> consumer.awaitCaughtUp(SOON))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Consumer \"orders\" has failed at position 1: IllegalStateException: Consumer \"orders\""
                        + " has 1 parked events; the limit is 1 (ConsumerOptions.parkedMax). Raise it, start"
                        + " the consumer again, and redrive or discard some.");
    }

    @Test
    void what_it_says_where_too_many_events_are_parked_can_be_done() throws InterruptedException {
        append("order-1");
        append("order-2");
        AtomicBoolean fails = new AtomicBoolean(true);
        Subscription subscription = Subscription.each("orders", event -> {
            if (fails.get()) {
                throw new IllegalArgumentException("cannot be handled");
            }
            seen.add(event.position());
        });
        ConsumerOptions options = FAST.onFailure(1, FailurePolicy.PARK).withParkedMax(1);
        EventConsumer full = everfold.start(subscription.options(options));
        assertThatThrownBy(() -> full.awaitCaughtUp(SOON)).isInstanceOf(IllegalStateException.class);
        full.close();

        EventConsumer raised = everfold.start(subscription.options(options.withParkedMax(2)));
        assertThat(raised.awaitCaughtUp(SOON)).isTrue();
        fails.set(false);

        assertThat(raised.redrive("order-1")).isEqualTo(1);
        assertThat(raised.discard("order-2")).isEqualTo(1);
        assertThat(raised.parked()).isEmpty();
        assertThat(seen).containsExactly(0L);
    }

    @Test
    void parked_events_that_are_discarded_are_never_handled_and_their_key_goes_on() throws InterruptedException {
        append("order-1");
        append("order-1");
        EventConsumer consumer = everfold.start(failingAt(0).options(FAST.onFailure(1, FailurePolicy.PARK)));
        consumer.awaitCaughtUp(SOON);

        int discarded = consumer.discard("order-1");
        long later = append("order-1");

        assertThat(discarded).isEqualTo(2);
        assertThat(consumer.awaitHandled(later, SOON)).isTrue();
        assertThat(seen).containsExactly(later);
    }

    @Test
    void a_batch_that_fails_is_halved_until_the_event_is_found() throws InterruptedException {
        List<List<Long>> batches = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            append("order-" + i);
        }
        EventConsumer consumer = everfold.start(Subscription.batches("orders", events -> {
                    List<Long> positions =
                            events.stream().map(RecordedEvent::position).toList();
                    if (positions.contains(6L)) {
                        throw new IllegalArgumentException("cannot be handled");
                    }
                    batches.add(positions);
                })
                .options(FAST.onFailure(1, FailurePolicy.PARK)));

        assertThat(consumer.awaitCaughtUp(SOON)).isTrue();

        assertThat(batches).containsExactly(List.of(0L, 1L, 2L, 3L), List.of(4L, 5L), List.of(7L));
        assertThat(consumer.parked()).extracting(ParkedEvent::position).containsExactly(6L);
    }

    @Test
    void an_event_that_waits_behind_a_parked_one_goes_on_waiting_when_another_key_fails_in_its_step()
            throws InterruptedException {
        AtomicBoolean broken = new AtomicBoolean(true);
        EventConsumer consumer = everfold.start(Subscription.batches("orders", events -> {
                    if (broken.get() && events.stream().anyMatch(event -> event.position() != 1)) {
                        throw new IllegalArgumentException("cannot be handled");
                    }
                    events.forEach(event -> seen.add(event.position()));
                })
                .checkpoints(new InMemoryCheckpoints())
                .options(FAST.onFailure(1, FailurePolicy.PARK)));
        consumer.awaitHandled(append("order-1"), SOON);

        store.append(Append.of(NewEvent.of("order-1", "paid", "{}"), NewEvent.of("order-2", "placed", "{}")));
        consumer.awaitCaughtUp(SOON);

        assertThat(consumer.parked()).extracting(ParkedEvent::position).containsExactly(0L, 1L, 2L);
        broken.set(false);
        assertThat(consumer.redrive("order-1")).isEqualTo(2);
        assertThat(consumer.redrive("order-2")).isEqualTo(1);
        assertThat(seen).containsExactly(0L, 1L, 2L);
    }

    @Test
    void an_event_whose_key_cannot_be_told_is_parked_by_its_stream() throws InterruptedException {
        append("order-1");
        append("order-2");
        append("order-1");
        EventConsumer consumer = everfold.start(failingAt(0)
                .sequencedBy(event -> {
                    if (event.position() == 0) {
                        throw new IllegalArgumentException("no key");
                    }
                    return event.stream();
                })
                .options(FAST.onFailure(1, FailurePolicy.PARK)));

        assertThat(consumer.awaitCaughtUp(SOON)).isTrue();

        assertThat(consumer.parked()).extracting(ParkedEvent::key).containsExactly("order-1", "order-1");
        assertThat(seen).containsExactly(1L);
    }

    @Test
    void an_event_that_fails_again_stays_parked_by_its_key_also_where_another_one_can_be_told_now()
            throws InterruptedException {
        AtomicBoolean canBeTold = new AtomicBoolean();
        append("order-1");
        append("order-1");
        EventConsumer consumer = everfold.start(failingAt(0)
                .sequencedBy(event -> {
                    if (!canBeTold.get()) {
                        throw new IllegalArgumentException("no key");
                    }
                    return "alice";
                })
                .options(FAST.onFailure(1, FailurePolicy.PARK)));
        consumer.awaitCaughtUp(SOON);
        canBeTold.set(true);

        int settled = consumer.redrive("order-1");

        assertThat(settled).isZero();
        assertThat(consumer.parked()).extracting(ParkedEvent::key).containsExactly("order-1", "order-1");
        assertThat(consumer.discard("order-1")).isEqualTo(2);
        canBeTold.set(false);
        assertThat(consumer.awaitHandled(append("order-1"), SOON)).isTrue();
        assertThat(consumer.parked()).isEmpty();
        assertThat(seen).hasSize(1);
    }

    @Test
    void events_that_wait_behind_a_parked_one_count_as_parked_too() throws InterruptedException {
        append("order-1");
        append("order-1");
        append("order-1");
        EventConsumer consumer = everfold.start(
                failingAt(0).options(FAST.onFailure(1, FailurePolicy.PARK).withParkedMax(2)));

        assertThatThrownBy(() -> consumer.awaitCaughtUp(SOON))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Consumer \"orders\" has failed at position 2: IllegalStateException: Consumer \"orders\""
                        + " has 2 parked events; the limit is 2 (ConsumerOptions.parkedMax). Raise it, start"
                        + " the consumer again, and redrive or discard some.");
    }

    @Test
    void one_that_comes_after_another_gets_an_event_only_when_that_has_handled_it() throws InterruptedException {
        Semaphore may = new Semaphore(0);
        EventConsumer first = everfold.start(Subscription.each("first", event -> {
            may.acquireUninterruptibly();
            seen.add(event.position());
        }));
        EventConsumer second = everfold.start(Subscription.each("second", event -> seen.add(100 + event.position()))
                .after(first));
        append("order-1");
        long last = append("order-2");

        boolean handledBefore = second.awaitHandled(0, Duration.ofMillis(50));
        may.release(2);

        assertThat(handledBefore).isFalse();
        assertThat(second.awaitHandled(last, SOON)).isTrue();
        assertThat(seen.indexOf(100L)).isGreaterThan(seen.indexOf(0L));
        assertThat(seen.indexOf(101L)).isGreaterThan(seen.indexOf(1L));
    }

    @Test
    @Timeout(60)
    void who_asks_a_consumer_in_the_moment_in_which_it_ends_is_refused() {
        EventConsumer consumer = everfold.start(orders());
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        everfold.watchConsumers(_ -> {
            if (consumer.status().state() == ConsumerState.STOPPED) {
                Thread asker = Thread.ofVirtual().start(() -> refused.complete(catchThrowable(consumer::parked)));
                join(asker);
            }
        });

        consumer.close();

        assertThat(refused.getNow(new AssertionError("it waits for an answer that nobody gives")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Consumer \"orders\" does not run here now; it is stopped. Ask the process that runs it.");
    }

    private static void join(Thread thread) {
        try {
            boolean _ = thread.join(SOON);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void a_name_runs_once_until_it_is_closed() {
        EventConsumer consumer = everfold.start(orders());

        assertThatThrownBy(() -> everfold.start(orders()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Consumer \"orders\" runs here already; expected a name of its own. Close the other one"
                        + " first.");
        consumer.close();

        assertThat(everfold.start(orders()).name()).isEqualTo("orders");
    }

    @Test
    void events_of_the_system_are_left_out_unless_their_types_are_named() throws InterruptedException {
        store.append(Append.of(NewEvent.of("order-1", "$internal", "{}")));
        AtomicInteger system = new AtomicInteger();

        everfold.start(orders()).awaitCaughtUp(SOON);
        everfold.start(Subscription.each("system", _ -> system.incrementAndGet())
                        .to(Query.types("$internal")))
                .awaitCaughtUp(SOON);

        assertThat(seen).isEmpty();
        assertThat(system).hasValue(1);
    }

    @Test
    void the_report_has_a_line_for_each_consumer() {
        ConsumerStatus behind = new ConsumerStatus(
                "orders",
                "projection",
                ConsumerState.CATCHING_UP,
                1_000,
                234,
                Duration.ofSeconds(3),
                900,
                512.4,
                1,
                2,
                Optional.of(new ConsumerStatus.Failure(Instant.parse("2026-03-01T12:00:00Z"), "no such column")));
        ConsumerStatus live = new ConsumerStatus(
                "mail", "subscription", ConsumerState.LIVE, 1_234, 0, Duration.ZERO, 7, 0, 0, 0, Optional.empty());

        assertThat(ConsumerStatus.report(List.of(behind, live)).lines())
                .containsExactly(
                        "orders  projection   catching up       position 1,000  lag 234 events, 3 s  512/s"
                                + "  handled 900  retries 1  parked 2  failed 2026-03-01T12:00:00Z: no such column",
                        "mail    subscription live              position 1,234  lag 0 events, 0 ms  0/s"
                                + "  handled 7  retries 0  parked 0");
    }

    @Test
    void it_shows_how_far_behind_it_is() throws InterruptedException {
        Semaphore may = new Semaphore(1);
        EventConsumer consumer = everfold.start(Subscription.each("orders", _ -> may.acquireUninterruptibly()));
        append("order-1");
        consumer.awaitHandled(0, SOON);
        append("order-2");
        append("order-3");
        clock.advance(Duration.ofSeconds(7));

        ConsumerStatus status = consumer.status();
        may.release(2);

        assertThat(status.position()).isEqualTo(1);
        assertThat(status.lagEvents()).isEqualTo(2);
        assertThat(status.lag()).isEqualTo(Duration.ofSeconds(7));
        assertThat(status.handled()).isEqualTo(1);
    }

    @Test
    @Timeout(60)
    void a_handler_may_close_its_own_consumer_which_ends_after_the_step() {
        AtomicReference<@Nullable EventConsumer> own = new AtomicReference<>();
        EventConsumer consumer = everfold.start(Subscription.each("orders", event -> {
            seen.add(event.position());
            Objects.requireNonNull(own.get()).close();
        }));
        own.set(consumer);

        append("order-1");
        append("order-1");

        assertThatThrownBy(() -> consumer.awaitHandled(1, SOON))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Consumer \"orders\" was closed at position 1.");
        assertThat(seen).containsExactly(0L);
    }

    @Test
    @Timeout(60)
    void a_handler_that_asks_its_own_consumer_is_refused_since_it_would_wait_for_itself() throws InterruptedException {
        AtomicReference<@Nullable EventConsumer> own = new AtomicReference<>();
        EventConsumer consumer = everfold.start(Subscription.each("orders", _ -> {
                    Objects.requireNonNull(own.get()).redrive("order-1");
                })
                .options(FAST.onFailure(1, FailurePolicy.PARK)));
        own.set(consumer);

        assertThat(consumer.awaitHandled(append("order-1"), SOON)).isTrue();

        assertThat(consumer.parked().getFirst().failure())
                .contains("IllegalStateException: Consumer \"orders\" is asked by its own handler, for which it waits."
                        + " Ask it from another thread.");
    }
}
