package dev.everfold.eventsourcing.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.subscription.Backoff;
import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.FailurePolicy;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.testkit.MutableClock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MemoryReadModelTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    sealed interface AccountEvent {
        @EventType("account.opened")
        record Opened(String account) implements AccountEvent {}

        @EventType("account.deposited")
        record Deposited(String account, long cents) implements AccountEvent {}
    }

    private static final EventCodec<AccountEvent> CODEC = EventCodec.of(AccountEvent.class);

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Everfold everfold = Everfold.on(store);
    private final CompletableFuture<Void> handle = new CompletableFuture<>();
    private final CompletableFuture<Void> serve = new CompletableFuture<>();
    private final MemoryReadModel<String, Long> model = MemoryReadModel.empty();

    private static Projection<MemoryRows<String, Long>> balances() {
        return Projection.of("balances", CODEC, (rows, event, _) -> {
            switch (event) {
                case AccountEvent.Opened opened -> rows.put(opened.account(), 0L);
                case AccountEvent.Deposited deposited -> rows.merge(deposited.account(), deposited.cents(), Long::sum);
            }
        });
    }

    private long append(String account, AccountEvent event) {
        return store.append(Append.of(CODEC.encode("account-" + account, event, EventMetadata.none())))
                .fromPosition();
    }

    @AfterEach
    void close() {
        handle.complete(null);
        serve.complete(null);
        everfold.close();
        store.close();
    }

    @Test
    void events_that_are_there_and_events_that_come_are_in_the_model() throws InterruptedException {
        append("alice", new AccountEvent.Opened("alice"));

        RunningProjection<?> projection = everfold.start(balances(), model);
        long last = append("alice", new AccountEvent.Deposited("alice", 500));

        assertThat(projection.awaitHandled(last, SOON)).isTrue();
        assertThat(model.get("alice")).contains(500L);
    }

    @Test
    void a_model_is_rebuilt_beside_the_one_that_serves() throws InterruptedException {
        append("alice", new AccountEvent.Deposited("alice", 500));
        RunningProjection<?> projection = everfold.start(balances(), model);
        projection.awaitCaughtUp(SOON);

        projection.rebuild();

        assertThat(projection.awaitRebuilt(SOON)).isTrue();
        assertThat(model.builds("balances")).extracting(Build::number).containsExactly(2L);
        long last = append("alice", new AccountEvent.Deposited("alice", 1));
        assertThat(projection.awaitHandled(last, SOON)).isTrue();
        assertThat(model.get("alice")).contains(501L);
    }

    @Test
    @Timeout(60)
    void a_rebuild_that_fails_says_why_and_goes_on_when_it_is_asked_for_again() throws InterruptedException {
        AtomicBoolean fails = new AtomicBoolean();
        Projection<MemoryRows<String, Long>> projection = Projection.<MemoryRows<String, Long>>raw(
                        "balances", Query.all(), (rows, event) -> {
                            if (fails.get()) {
                                throw new IllegalArgumentException("no cents");
                            }
                            rows.merge("all", 1L, Long::sum);
                        })
                .options(ConsumerOptions.DEFAULTS.onFailure(1, FailurePolicy.STOP));
        append("alice", new AccountEvent.Opened("alice"));
        RunningProjection<?> running = everfold.start(projection, model);
        running.awaitCaughtUp(SOON);
        fails.set(true);

        running.rebuild();

        assertThatThrownBy(() -> running.awaitRebuilt(SOON))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Consumer \"balances\" has failed at position 0: IllegalArgumentException: no cents");
        assertThat(running.status().state()).isNotEqualTo(ConsumerState.FAILED);
        assertThat(running.status().lastFailure().map(ConsumerStatus.Failure::message))
                .contains("in build 2: IllegalArgumentException: no cents");
        fails.set(false);
        assertThat(running.rebuild().build().number()).isEqualTo(2);
        assertThat(running.awaitRebuilt(SOON)).isTrue();
        assertThat(model.builds("balances")).extracting(Build::number).containsExactly(2L);
        assertThat(model.get("all")).contains(1L);
    }

    @Test
    void who_waits_for_a_rebuild_of_a_projection_that_ends_is_told_so() throws InterruptedException {
        append("alice", new AccountEvent.Opened("alice"));
        RunningProjection<?> running = everfold.start(balances(), model);
        running.awaitCaughtUp(SOON);
        try (ModelClaim _ = claimedByAnotherProcess(model.create("balances", 1, 1, 1))) {
            running.rebuild();

            running.close();

            assertThatThrownBy(() -> running.awaitRebuilt(SOON))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Consumer \"balances\" was closed at position 0.");
        }
    }

    @Test
    void one_may_wait_for_ever() throws InterruptedException {
        Duration forEver = ChronoUnit.FOREVER.getDuration();
        long last = append("alice", new AccountEvent.Opened("alice"));
        RunningProjection<?> running = everfold.start(balances(), model);

        assertThat(running.awaitHandled(last, forEver)).isTrue();
        assertThat(running.awaitCaughtUp(forEver)).isTrue();
        running.rebuild();
        assertThat(running.awaitRebuilt(forEver)).isTrue();
    }

    @Test
    @Timeout(60)
    void a_rebuild_whose_build_was_deleted_ends_and_the_model_goes_on() throws InterruptedException {
        append("alice", new AccountEvent.Deposited("alice", 500));
        RunningProjection<?> projection = everfold.start(balances(), model);
        projection.awaitCaughtUp(SOON);
        ModelClaim other = claimedByAnotherProcess(model.create("balances", 1, 1, 1));
        Build build = projection.rebuild().build();

        model.drop(build);
        other.close();

        assertThat(projection.awaitRebuilt(SOON)).isTrue();
        assertThat(model.builds("balances")).extracting(Build::number).containsExactly(1L);
        assertThat(model.get("alice")).contains(500L);
    }

    @Test
    @Timeout(60)
    void who_waits_for_a_build_that_another_process_makes_sees_its_end_and_can_begin_the_next_one()
            throws InterruptedException {
        long last = append("alice", new AccountEvent.Deposited("alice", 500));
        RunningProjection<?> projection = everfold.start(balances(), model);
        projection.awaitCaughtUp(SOON);
        ModelClaim other = claimedByAnotherProcess(model.create("balances", 1, 1, 1));
        assertThat(projection.rebuild().build().number()).isEqualTo(2);

        List<RecordedEvent> events = store.read(Read.matching(Query.all())).toList();
        other.commit(new Step(events, new Checkpoint(store.lineage(), last + 1), List.of(), List.of()));
        assertThat(other.serve()).isTrue();
        other.close();

        assertThat(projection.awaitRebuilt(SOON)).isTrue();
        assertThat(projection.rebuild().build().number()).isEqualTo(3);
        assertThat(projection.awaitRebuilt(SOON)).isTrue();
        assertThat(model.builds("balances")).extracting(Build::number).containsExactly(3L);
        assertThat(model.get("alice")).contains(500L);
    }

    @Test
    @Timeout(60)
    void a_build_that_another_process_finishes_just_before_it_is_claimed_here_takes_over() throws InterruptedException {
        long last = append("alice", new AccountEvent.Deposited("alice", 500));
        List<RecordedEvent> events = store.read(Read.matching(Query.all())).toList();
        AtomicBoolean finished = new AtomicBoolean();
        RunningProjection<?> projection = everfold.start(balances(), new BeforeClaims<>(model, build -> {
            if (build.number() == 2 && !finished.getAndSet(true)) {
                try (ModelClaim other = claimedByAnotherProcess(build)) {
                    other.commit(new Step(events, new Checkpoint(store.lineage(), last + 1), List.of(), List.of()));
                    assertThat(other.serve()).isTrue();
                }
            }
        }));
        projection.awaitCaughtUp(SOON);

        assertThat(projection.rebuild().build().number()).isEqualTo(2);

        assertThat(projection.awaitRebuilt(SOON)).isTrue();
        assertThat(finished).isTrue();
        assertThat(model.builds("balances")).extracting(Build::number).containsExactly(2L);
        assertThat(model.get("alice")).contains(500L);
    }

    private RunningProjection<?> startNextVersion(CompletableFuture<Void> mayHandle, CompletableFuture<Void> mayServe) {
        Projection<MemoryRows<String, Long>> next = Projection.<MemoryRows<String, Long>, AccountEvent>of(
                        "balances", CODEC, (rows, event, _) -> {
                            mayHandle.join();
                            if (event instanceof AccountEvent.Deposited(String account, long cents)) {
                                rows.merge(account, 2 * cents, Long::sum);
                            }
                        })
                .version(2);
        return everfold.start(next, new BeforeClaims<>(model, _ -> {}, claim -> new LateToServe(claim, mayServe)));
    }

    @Test
    @Timeout(60)
    void a_build_of_a_higher_version_is_rebuilt_when_it_serves() throws InterruptedException {
        append("alice", new AccountEvent.Deposited("alice", 500));
        RunningProjection<?> before = everfold.start(balances(), model);
        before.awaitCaughtUp(SOON);
        before.close();

        RunningProjection<?> projection = startNextVersion(handle, DONE);

        assertThat(projection.awaitRebuilt(Duration.ofMillis(50))).isFalse();
        assertThat(projection.rebuilding()).get().satisfies(rebuild -> {
            assertThat(rebuild.build().version()).isEqualTo(2);
            assertThat(rebuild.position()).isZero();
            assertThat(rebuild.end()).isEqualTo(1);
        });
        handle.complete(null);
        assertThat(projection.awaitRebuilt(SOON)).isTrue();
        assertThat(projection.rebuilding()).isEmpty();
        assertThat(model.get("alice")).contains(1_000L);
    }

    /// What was appended after the program with the lower version ended is not in what is read.
    @Test
    @Timeout(60)
    void an_event_is_awaited_until_it_can_be_read_also_where_a_build_of_a_higher_version_has_handled_it()
            throws InterruptedException {
        append("alice", new AccountEvent.Deposited("alice", 500));
        RunningProjection<?> before = everfold.start(balances(), model);
        before.awaitCaughtUp(SOON);
        before.close();
        long last = append("alice", new AccountEvent.Deposited("alice", 1));

        RunningProjection<?> projection = startNextVersion(DONE, serve);

        assertThat(projection.awaitHandled(last - 1, SOON)).isTrue();
        assertThat(projection.awaitHandled(last, Duration.ofMillis(50))).isFalse();
        assertThat(model.get("alice")).contains(500L);
        serve.complete(null);
        assertThat(projection.awaitHandled(last, SOON)).isTrue();
        assertThat(model.get("alice")).contains(1_002L);
    }

    /// A claim whose build serves when it may.
    private record LateToServe(ModelClaim claim, CompletableFuture<Void> may) implements ModelClaim {

        @Override
        public Build build() {
            return claim.build();
        }

        @Override
        public boolean serve() {
            may.join();
            return claim.serve();
        }

        @Override
        public void reset() {
            claim.reset();
        }

        @Override
        public Optional<Checkpoint> checkpoint() {
            return claim.checkpoint();
        }

        @Override
        public List<ParkedEvent> parked() {
            return claim.parked();
        }

        @Override
        public void commit(Step step) {
            claim.commit(step);
        }

        @Override
        public boolean isTransient(RuntimeException failure) {
            return claim.isTransient(failure);
        }

        @Override
        public void close() {
            claim.close();
        }
    }

    /// Does something after a build was chosen and before it is claimed.
    private record BeforeClaims<T>(ReadModel<T> model, Consumer<Build> moment, UnaryOperator<ModelClaim> claimed)
            implements ReadModel<T> {

        BeforeClaims(ReadModel<T> model, Consumer<Build> moment) {
            this(model, moment, claim -> claim);
        }

        @Override
        public Optional<ModelClaim> claim(
                Build build, int partition, Projection<T> projection, String owner, Duration lease) {
            moment.accept(build);
            return model.claim(build, partition, projection, owner, lease).map(claimed);
        }

        @Override
        public List<Build> builds(String projection) {
            return model.builds(projection);
        }

        @Override
        public Build create(String projection, int version, int partitions, long after) {
            return model.create(projection, version, partitions, after);
        }

        @Override
        public void drop(Build build) {
            model.drop(build);
        }

        @Override
        public void dropRetired(String projection) {
            model.dropRetired(projection);
        }

        @Override
        public ModelSnapshot snapshot(Build build) {
            return model.snapshot(build);
        }

        @Override
        public boolean isTransient(RuntimeException failure) {
            return model.isTransient(failure);
        }
    }

    private ModelClaim claimedByAnotherProcess(Build build) {
        return model.claim(build, 0, balances(), "other", SOON).orElseThrow();
    }

    @Test
    void later_events_of_a_stream_wait_behind_one_that_fails_and_others_go_on() throws InterruptedException {
        AtomicBoolean broken = new AtomicBoolean(true);
        Projection<MemoryRows<String, Long>> projection = Projection.<MemoryRows<String, Long>, AccountEvent>of(
                        "balances", CODEC, (rows, event, _) -> {
                            if (event instanceof AccountEvent.Deposited(String account, long cents)) {
                                if (cents < 0 && broken.get()) {
                                    throw new IllegalArgumentException("a negative deposit");
                                }
                                rows.merge(account, cents, Long::sum);
                            }
                        })
                .options(ConsumerOptions.DEFAULTS
                        .withBackoff(new Backoff(Duration.ZERO, Duration.ZERO))
                        .onFailure(2, FailurePolicy.PARK));
        append("alice", new AccountEvent.Deposited("alice", 1));
        append("alice", new AccountEvent.Deposited("alice", -10));
        append("bob", new AccountEvent.Deposited("bob", 7));
        append("alice", new AccountEvent.Deposited("alice", 100));

        RunningProjection<?> running = everfold.start(projection, model);
        running.awaitCaughtUp(SOON);

        assertThat(model.get("alice")).contains(1L);
        assertThat(model.get("bob")).contains(7L);
        assertThat(running.parked()).extracting(ParkedEvent::position).containsExactly(1L, 3L);
        assertThat(running.parked().getFirst().failure()).contains("IllegalArgumentException: a negative deposit");
        assertThat(running.redrive("account-alice")).isZero();
        assertThat(running.parked().getFirst().tries()).isEqualTo(3);

        broken.set(false);

        assertThat(running.redrive("account-alice")).isEqualTo(2);
        assertThat(running.parked()).isEmpty();
        assertThat(model.get("alice")).contains(91L);
    }

    @Test
    void of_two_that_begin_at_once_one_makes_the_build() {
        Build first = model.create("balances", 1, 1, 0);

        assertThat(model.create("balances", 1, 1, 0)).isEqualTo(first);
        assertThat(model.create("balances", 1, 1, first.number()).number()).isGreaterThan(first.number());
    }

    @Test
    void a_live_query_tells_each_new_answer() throws Exception {
        List<Long> told = new CopyOnWriteArrayList<>();
        RunningProjection<?> running = everfold.start(balances(), model);

        try (AutoCloseable _ = model.watch(values -> values.getOrDefault("alice", 0L), told::add)) {
            for (int cents = 1; cents <= 3; cents++) {
                running.awaitHandled(append("alice", new AccountEvent.Deposited("alice", cents)), SOON);
            }
        }
        running.awaitHandled(append("alice", new AccountEvent.Deposited("alice", 100)), SOON);

        assertThat(new ArrayList<>(told)).containsExactly(0L, 1L, 3L, 6L);
    }

    @Test
    void a_live_query_misses_no_step_that_ends_while_it_begins() throws Exception {
        append("alice", new AccountEvent.Deposited("alice", 500));
        List<RecordedEvent> events = store.read(Read.matching(Query.all())).toList();
        List<Long> told = new CopyOnWriteArrayList<>();

        try (ModelClaim claim = claimedByAnotherProcess(model.create("balances", 1, 1, 0));
                AutoCloseable _ = model.watch(values -> values.getOrDefault("alice", 0L), cents -> {
                    told.add(cents);
                    if (told.size() == 1) {
                        claim.commit(new Step(events, new Checkpoint(store.lineage(), 1), List.of(), List.of()));
                    }
                })) {
            assertThat(told).containsExactly(0L, 500L);
        }
    }

    @Test
    @Timeout(60)
    void who_waits_in_vain_for_another_process_waits_as_long_as_told_whatever_the_clock_shows()
            throws InterruptedException {
        EverfoldOptions stopped = EverfoldOptions.defaults().withClock(MutableClock.at("2026-03-01T12:00:00Z"));
        long last = append("alice", new AccountEvent.Deposited("alice", 500));

        try (ModelClaim _ = claimedByAnotherProcess(model.create("balances", 1, 1, 0));
                Everfold here = Everfold.on(store, stopped)) {
            RunningProjection<?> projection = here.start(balances(), model);

            assertThat(projection.awaitHandled(last, Duration.ofMillis(50))).isFalse();
        }
    }

    @Test
    @Timeout(60)
    void a_clock_that_is_set_ahead_ends_no_wait_for_another_process() throws InterruptedException {
        MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");
        Projection<MemoryRows<String, Long>> hasty =
                balances().options(ConsumerOptions.DEFAULTS.withLease(Duration.ofMillis(100)));
        long last = append("alice", new AccountEvent.Deposited("alice", 500));

        try (ModelClaim _ = claimedByAnotherProcess(model.create("balances", 1, 1, 0));
                Everfold here = Everfold.on(store, EverfoldOptions.defaults().withClock(clock))) {
            RunningProjection<?> projection =
                    here.start(hasty, new BeforeClaims<>(model, _ -> clock.advance(Duration.ofHours(1))));
            long begun = System.nanoTime();

            assertThat(projection.awaitHandled(last, Duration.ofMillis(100))).isFalse();
            assertThat(System.nanoTime() - begun)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(100).toNanos());
        }
    }

    @Test
    void a_model_that_is_rebuilt_in_place_begins_with_nothing() throws InterruptedException {
        append("alice", new AccountEvent.Deposited("alice", 500));
        RunningProjection<?> running = everfold.start(balances(), model);
        running.awaitCaughtUp(SOON);

        running.rebuildInPlace();

        assertThat(running.awaitCaughtUp(SOON)).isTrue();
        assertThat(model.get("alice")).contains(500L);
        assertThat(running.status().handled()).isEqualTo(2);
    }

    sealed interface Watched {
        @EventType("account.opened")
        record Opened(String account) implements Watched {}

        record Other(RecordedEvent event) implements Watched {}
    }

    @Test
    void events_of_types_that_the_codec_does_not_know_come_where_they_are_asked_for() throws InterruptedException {
        EventCodec<Watched> codec = EventCodec.builder(Watched.class)
                .unknownAs(Watched.Other.class, Watched.Other::new)
                .build();
        Projection<MemoryRows<String, Long>> counting = Projection.of(
                "counting",
                codec,
                (rows, event, _) -> rows.merge(event.getClass().getSimpleName(), 1L, Long::sum));
        MemoryReadModel<String, Long> all = MemoryReadModel.empty();
        append("alice", new AccountEvent.Opened("alice"));
        append("alice", new AccountEvent.Deposited("alice", 500));

        RunningProjection<?> ofKnown = everfold.start(counting, model);
        ofKnown.awaitCaughtUp(SOON);
        ofKnown.close();
        everfold.start(counting.select(Query.all()), all).awaitCaughtUp(SOON);

        assertThat(model.get("Other")).isEmpty();
        assertThat(all.get("Other")).contains(1L);
        assertThat(all.get("Opened")).contains(1L);
    }
}
