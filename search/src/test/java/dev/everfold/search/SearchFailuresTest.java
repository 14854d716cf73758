package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.search.Orders.Order;
import dev.everfold.search.Orders.OrderEvent.Added;
import dev.everfold.search.Orders.OrderEvent.Placed;
import dev.everfold.testkit.MutableClock;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Events that fail, indices that are deleted, claims that are taken over, logs that are others.
@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource
class SearchFailuresTest extends OrderModelTest {

    private static final long TOO_MUCH = 1L << 40;

    /// Which takes less than [#TOO_MUCH].
    private static final IndexDefinition INTEGERS = IndexDefinition.parse("""
            {"mappings": {"dynamic": "strict", "properties": {
               "customer": {"type": "text"}, "events": {"type": "long"}, "cents": {"type": "integer"}}},
             "settings": {"index.number_of_shards": 1, "index.number_of_replicas": 0}}""");

    SearchFailuresTest(TestServer server) {
        super(server);
    }

    @Test
    void an_event_that_fails_is_parked_with_those_behind_it_and_redriven_in_order() throws InterruptedException {
        Set<String> failing = ConcurrentHashMap.newKeySet();
        failing.add("order-17");
        Projection<SearchDocuments> orders = Orders.projection(name);
        Projection<SearchDocuments> sometimes = Projection.<SearchDocuments>raw(
                        name, orders.query(), (documents, event) -> {
                            if (failing.contains(event.stream()) && event.position() > 0) {
                                throw new IllegalStateException("not yet");
                            }
                            orders.handler().accept(documents, event);
                        })
                .options(Orders.OPTIONS);
        Orders.append(store, new Placed("17", "alice"));
        Orders.append(store, new Added("17", 500));
        Orders.append(store, new Placed("18", "bob"));
        Orders.append(store, new Added("17", 25));
        RunningProjection<?> running = everfold.start(sometimes, model);
        running.awaitCaughtUp(SOON);
        assertThat(running.parked()).extracting(ParkedEvent::position).containsExactly(1L, 3L);
        assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 1, 0), "18", new Order("bob", 1, 0)));

        failing.clear();
        int redriven = running.redrive("order-17");

        assertThat(redriven).isEqualTo(2);
        assertThat(running.parked()).isEmpty();
        assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 3, 525), "18", new Order("bob", 1, 0)));
    }

    @Test
    void a_document_that_the_server_refuses_parks_its_event_and_others_go_on() throws InterruptedException {
        Orders.append(store, new Placed("17", "alice"));
        Orders.append(store, new Placed("18", "bob"));
        Orders.append(store, new Added("17", TOO_MUCH));
        Orders.append(store, new Added("18", 30));
        Orders.append(store, new Added("17", 1));
        try (SearchReadModel integers = SearchReadModel.on(server.options(), INTEGERS);
                RunningProjection<?> running = everfold.start(Orders.projection(name), integers)) {

            running.awaitCaughtUp(SOON);

            assertThat(running.parked()).extracting(ParkedEvent::position).containsExactly(2L, 4L);
            assertThat(running.parked().getFirst().failure().orElseThrow()).contains("document \"17\": status 400");
            assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 1, 0), "18", new Order("bob", 2, 30)));
        }
    }

    /// Of an event that changes two documents the server may take one; those behind it may be in there too.
    @Test
    void a_refused_event_is_redriven_although_the_server_took_another_document_of_it() throws InterruptedException {
        AtomicLong most = new AtomicLong(Long.MAX_VALUE);
        Projection<SearchDocuments> twice = Projection.<SearchDocuments, Orders.OrderEvent>of(
                        name, Orders.CODEC, (documents, event, context) -> {
                            if (event instanceof Added(String order, long cents)) {
                                documents.update(
                                        order,
                                        found -> found.put(
                                                "events", found.path("events").asLong() + 1));
                                documents.put(
                                        "line" + context.event().position(),
                                        new Order("line", 1, Math.min(cents, most.get())));
                            } else {
                                documents.put("17", new Order("alice", 1, 0));
                            }
                        })
                .options(Orders.OPTIONS);
        Orders.append(store, new Placed("17", "alice"));
        Orders.append(store, new Added("17", TOO_MUCH));
        Orders.append(store, new Added("17", 2));
        try (SearchReadModel integers = SearchReadModel.on(server.options(), INTEGERS);
                RunningProjection<?> running = everfold.start(twice, integers)) {
            running.awaitCaughtUp(SOON);
            assertThat(running.parked()).extracting(ParkedEvent::position).containsExactly(1L, 2L);

            most.set(1_000);
            int redriven = running.redrive("order-17");

            assertThat(running.parked()).isEmpty();
            assertThat(redriven).isEqualTo(2);
            assertThat(found())
                    .isEqualTo(Map.of(
                            "17", new Order("alice", 3, 0),
                            "line1", new Order("line", 1, 1_000),
                            "line2", new Order("line", 1, 2)));
        }
    }

    @Test
    void a_deleted_index_is_noticed_and_made_again_from_the_log() throws InterruptedException {
        Orders.append(store, new Placed("17", "alice"));
        RunningProjection<?> running = everfold.start(Orders.projection(name), model);
        running.awaitCaughtUp(SOON);

        try (SearchClient client = server.open()) {
            client.indices().delete(new IndexName(name + "-b000001"));
        }
        Orders.append(store, new Added("17", 5));

        await(() -> model.builds(name).stream().anyMatch(build -> build.number() == 2 && build.position() == 2));
        assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 2, 5)));
    }

    @Test
    void a_claim_is_taken_over_when_its_lease_has_ended_and_the_one_before_is_refused() throws InterruptedException {
        MutableClock later = MutableClock.at(
                Clock.systemUTC().instant().plus(Duration.ofHours(1)).toString());
        Orders.append(store, new Placed("17", "alice"));
        RunningProjection<?> first = everfold.start(Orders.projection(name), model);
        first.awaitCaughtUp(SOON);

        try (SearchReadModel other =
                        new SearchReadModel(server::open, Orders.DEFINITION, SearchModelOptions.DEFAULTS, later);
                Everfold elsewhere = Everfold.on(store)) {
            RunningProjection<?> second = elsewhere.start(Orders.projection(name), other);
            await(() -> second.status().state() == ConsumerState.LIVE);
            long last = Orders.append(store, new Added("17", 7));

            assertThat(second.awaitHandled(last, SOON)).isTrue();
            await(() -> first.status().lastFailure().isPresent());
            assertThat(first.status().lastFailure().orElseThrow().toString()).contains("has claimed it");
            assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 2, 7)));
        }
    }

    @Test
    void the_checkpoint_of_another_log_is_refused() throws InterruptedException {
        Orders.append(store, new Placed("17", "alice"));
        try (RunningProjection<?> running = everfold.start(Orders.projection(name), model)) {
            running.awaitCaughtUp(SOON);
        }

        try (InMemoryEventStore another = new InMemoryEventStore();
                Everfold elsewhere = Everfold.on(another)) {
            RunningProjection<?> running = elsewhere.start(Orders.projection(name), model);
            await(() -> running.status().state() == ConsumerState.FAILED);

            assertThat(running.status().lastFailure().orElseThrow().toString())
                    .contains("is position 1 of log " + store.lineage() + ", but this is log " + another.lineage());
        }
        assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 1, 0)));
    }

    @Test
    void a_changed_projection_with_another_mapping_is_compared_and_never_serves() throws Exception {
        Orders.append(store, new Placed("17", "alice"));
        Orders.append(store, new Added("17", 5));
        everfold.start(Orders.projection(name), model).awaitCaughtUp(SOON);
        IndexDefinition other = IndexDefinition.parse("""
                {"mappings": {"properties": {"customer": {"type": "keyword"}}},
                 "settings": {"index.number_of_shards": 1, "index.number_of_replicas": 0}}""");
        Projection<SearchDocuments> changed = Projection.<SearchDocuments>raw(
                        name, Orders.projection(name).query(), (documents, event) -> {
                            Orders.projection(name).handler().accept(documents, event);
                            documents.update("17", found -> found.put("cents", 1));
                        })
                .options(Orders.OPTIONS);
        StringBuilder changes = new StringBuilder();

        try (SearchReadModel compared = SearchReadModel.on(server.options(), other)) {
            everfold.difference(
                    changed, compared, change -> changes.append(change).append('\n'));
        }

        assertThat(changes.toString()).isEqualTo("~ " + name + " 17 cents: 5 → 1\n");
        assertThat(model.builds(name)).extracting(Build::version).containsExactly(1);
        assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 2, 5)));
    }

    @Test
    void of_two_processes_that_begin_at_once_one_makes_the_build() {
        Build first = model.create(name, 1, 1, 0);

        assertThat(model.create(name, 1, 1, 0)).isEqualTo(first);
        assertThat(model.create(name, 1, 1, first.number()).number()).isGreaterThan(first.number());
    }

    @Test
    void a_build_for_comparing_does_not_serve_even_where_no_other_does() {
        Build compared = model.create(name, 0, 1, 0);
        Build real = model.create(name, 1, 1, compared.number());

        assertThat(compared.serving()).isFalse();
        assertThat(real.serving()).isTrue();
    }

    @Test
    void partitions_are_rebuilt_and_go_on_and_searches_see_their_steps() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            Orders.append(store, new Placed("order" + i, "alice"));
        }
        RunningProjection<?> running = everfold.start(Orders.projection(name).partitions(2), model);
        running.awaitCaughtUp(SOON);

        running.rebuild();
        assertThat(running.awaitRebuilt(SOON)).isTrue();
        for (int i = 0; i < 10; i++) {
            Orders.append(store, new Added("order" + i, i));
        }

        assertThat(running.awaitCaughtUp(SOON)).isTrue();
        assertThat(found()).isEqualTo(Orders.fold(store, store.nextPosition()));
    }

    @Test
    void readers_never_find_less_while_a_model_is_rebuilt_under_constant_writes() throws Exception {
        for (int i = 0; i < 50; i++) {
            Orders.append(store, new Placed("order" + i, "alice"));
        }
        RunningProjection<?> running = everfold.start(Orders.projection(name), model);
        running.awaitCaughtUp(SOON);
        Thread writer = Thread.startVirtualThread(() -> {
            for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                Orders.append(store, new Added("order" + i % 50, i));
                LockSupport.parkNanos(POLL.toNanos());
            }
        });

        running.rebuild();
        long fewest = Long.MAX_VALUE;
        long seen = 0;
        while (running.rebuilding().isPresent()) {
            Map<String, Order> now = found();
            fewest = Math.min(fewest, now.size());
            long events = now.values().stream().mapToLong(Order::events).sum();
            assertThat(events).isGreaterThanOrEqualTo(seen);
            seen = events;
        }
        writer.interrupt();
        writer.join();

        assertThat(fewest).isEqualTo(50);
        assertThat(running.awaitCaughtUp(SOON)).isTrue();
        assertThat(found()).isEqualTo(Orders.fold(store, store.nextPosition()));
        assertThat(model.builds(name).stream().filter(Build::serving))
                .extracting(Build::number)
                .containsExactly(2L);
    }
}
