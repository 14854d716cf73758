package dev.everfold.search;

import static dev.everfold.eventsourcing.projection.ModelRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.testing.ProjectionSpec;
import dev.everfold.search.Orders.Order;
import dev.everfold.search.Orders.OrderEvent.Added;
import dev.everfold.search.Orders.OrderEvent.Cancelled;
import dev.everfold.search.Orders.OrderEvent.Placed;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource
class SearchReadModelTest extends OrderModelTest {

    SearchReadModelTest(TestServer server) {
        super(server);
    }

    private long append(Orders.OrderEvent event) {
        return Orders.append(store, event);
    }

    @Test
    void events_that_are_there_and_events_that_come_are_found_by_searches() throws InterruptedException {
        append(new Placed("17", "alice"));
        append(new Placed("18", "bob"));
        append(new Added("17", 500));
        append(new Cancelled("18"));

        RunningProjection<?> orders = everfold.start(Orders.projection(name), model);
        long last = append(new Added("17", 25));

        assertThat(orders.awaitHandled(last, SOON)).isTrue();
        assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 3, 525)));
        assertThat(model.builds(name)).isEqualTo(List.of(new Build(name, 1, 1, 1, true, last + 1)));
    }

    @Test
    void a_projection_into_documents_is_specified_by_example() {
        ProjectionSpec.of(Orders.projection(name), Orders.CODEC, model)
                .given(new Placed("17", "alice"), new Added("17", 500), new Placed("18", "bob"))
                .given(new Added("17", 25), new Cancelled("18"))
                .then(row(name, "17")
                        .with("customer", "alice")
                        .with("events", 3)
                        .with("cents", 525))
                .thenSameAfterKill(4);
    }

    @Test
    void who_looks_at_builds_while_one_takes_the_place_of_another_finds_one_that_serves() throws InterruptedException {
        append(new Placed("17", "alice"));
        RunningProjection<?> orders = everfold.start(Orders.projection(name), model);
        orders.awaitCaughtUp(SOON);
        AtomicBoolean isReplaced = new AtomicBoolean();
        // Closing waits until the index of the build before is deleted.
        AfterReading transport = new AfterReading(server.options(), name, () -> {
            if (!isReplaced.getAndSet(true)) {
                orders.rebuild();
                await(() -> orders.rebuilding().isEmpty());
                orders.close();
            }
        });

        try (SearchReadModel other = new SearchReadModel(
                () -> SearchClient.open(server.options(), transport),
                Orders.DEFINITION,
                SearchModelOptions.DEFAULTS,
                Clock.systemUTC())) {
            assertThat(other.builds(name)).filteredOn(Build::serving).hasSize(1);
        }
        assertThat(isReplaced).isTrue();
    }

    /// Something happens after each answer to a call for a document.
    private static final class AfterReading extends Transport {

        private final String end;
        private final Runnable moment;

        AfterReading(SearchOptions options, String document, Runnable moment) {
            super(options);
            this.end = "/_doc/" + document;
            this.moment = moment;
        }

        @Override
        Answer send(Call call) {
            Answer answer = super.send(call);
            if (call.path().contains(end)) {
                moment.run();
            }
            return answer;
        }
    }

    @Test
    void a_document_says_which_event_it_was_changed_by_last() throws InterruptedException {
        append(new Placed("17", "alice"));
        long last = append(new Added("17", 500));
        append(new Placed("18", "bob"));

        everfold.start(Orders.projection(name), model).awaitCaughtUp(SOON);

        try (SearchClient client = server.open()) {
            Document document = client.documents()
                    .get(new IndexName(name + "-b000001"), "17")
                    .orElseThrow();
            assertThat(document.version()).isEqualTo(last + 1);
            assertThat(document.source().path("everfold_position").asLong()).isEqualTo(last);
            assertThat(document.source().path("everfold_id").asString()).isEqualTo("17");
        }
    }

    @Test
    void a_projection_that_is_started_again_goes_on() throws InterruptedException {
        append(new Placed("17", "alice"));
        try (RunningProjection<?> orders = everfold.start(Orders.projection(name), model)) {
            orders.awaitCaughtUp(SOON);
        }
        long last = append(new Added("17", 100));

        RunningProjection<?> again = everfold.start(Orders.projection(name), model);

        assertThat(again.awaitHandled(last, SOON)).isTrue();
        assertThat(again.status().handled()).isEqualTo(1);
        assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 2, 100)));
    }

    @Test
    void a_model_is_rebuilt_beside_the_one_that_serves() throws InterruptedException {
        append(new Placed("17", "alice"));
        RunningProjection<?> orders = everfold.start(Orders.projection(name), model);
        orders.awaitCaughtUp(SOON);

        orders.rebuild();

        assertThat(orders.awaitRebuilt(SOON)).isTrue();
        long last = append(new Added("17", 100));
        assertThat(orders.awaitHandled(last, SOON)).isTrue();
        assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 2, 100)));
        assertThat(model.builds(name)).extracting(Build::number).contains(2L);
    }

    @Test
    void a_model_that_is_rebuilt_in_place_begins_with_nothing() throws InterruptedException {
        append(new Placed("17", "alice"));
        append(new Added("17", 100));
        RunningProjection<?> orders = everfold.start(Orders.projection(name), model);
        orders.awaitCaughtUp(SOON);

        orders.rebuildInPlace();

        assertThat(orders.awaitCaughtUp(SOON)).isTrue();
        assertThat(orders.status().handled()).isEqualTo(4);
        assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 2, 100)));
    }

    @Test
    void a_step_is_found_once_the_server_refreshes_where_it_is_left_to_it() throws InterruptedException {
        append(new Placed("17", "alice"));
        try (SearchReadModel atIntervals =
                        SearchReadModel.on(server.options(), neverRefreshed()).refreshing(SearchRefresh.INTERVAL);
                SearchClient client = server.open()) {
            try (RunningProjection<?> orders = everfold.start(Orders.projection(name), atIntervals)) {
                assertThat(orders.awaitCaughtUp(SOON)).isTrue();
            }
            IndexName index = new IndexName(name + "-b000001");
            assertThat(client.documents().get(index, "17")).isPresent();
            assertThat(found()).isEmpty();

            client.indices().refresh(index);

            assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 1, 0)));
        }
    }

    @Test
    void a_rebuilt_model_is_found_whole_also_where_refreshes_are_left_to_the_server() throws InterruptedException {
        append(new Placed("17", "alice"));
        append(new Placed("18", "bob"));
        try (SearchReadModel atIntervals =
                        SearchReadModel.on(server.options(), neverRefreshed()).refreshing(SearchRefresh.INTERVAL);
                RunningProjection<?> orders = everfold.start(Orders.projection(name), atIntervals)) {
            assertThat(orders.awaitCaughtUp(SOON)).isTrue();

            orders.rebuild();

            assertThat(orders.awaitRebuilt(SOON)).isTrue();
            assertThat(found()).isEqualTo(Orders.fold(store, store.nextPosition()));
        }
    }

    /// Only when it is told to.
    private static IndexDefinition neverRefreshed() {
        return new IndexDefinition(
                Orders.DEFINITION.mappings(),
                Orders.DEFINITION.settings().deepCopy().put("index.refresh_interval", "-1"));
    }

    @Test
    void a_model_is_rebuilt_in_place_again_and_again() throws InterruptedException {
        append(new Placed("17", "alice"));
        RunningProjection<?> orders = everfold.start(Orders.projection(name), model);
        assertThat(orders.awaitCaughtUp(SOON)).isTrue();

        orders.rebuildInPlace();
        orders.rebuildInPlace();

        assertThat(orders.awaitCaughtUp(SOON)).isTrue();
        assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 1, 0)));
        try (SearchClient client = server.open()) {
            assertThat(client.indices().ofAlias(name)).containsExactly(name + "-b000001.2");
        }
    }

    @Test
    void large_documents_are_read_in_smaller_parts() throws InterruptedException {
        String large = "x".repeat(4_000);
        for (int i = 0; i < 20; i++) {
            append(new Placed("order" + i, large));
            append(new Added("order" + i, i));
        }
        try (SearchReadModel narrow = new SearchReadModel(
                () -> SearchClient.open(server.options(), new Transport(server.options(), 20_000)),
                Orders.DEFINITION,
                SearchModelOptions.DEFAULTS,
                Clock.systemUTC())) {
            try (RunningProjection<?> orders =
                    everfold.start(Orders.projection(name).options(Orders.OPTIONS.withBatchEventsMax(20)), narrow)) {
                assertThat(orders.awaitCaughtUp(SOON)).isTrue();
                assertThat(orders.parked()).isEmpty();
            }

            Map<String, Order> rows =
                    OrderIndex.snapshot(narrow, narrow.builds(name).getFirst(), _ -> {});

            assertThat(rows).isEqualTo(Orders.fold(store, store.nextPosition()));
        }
    }

    @Test
    void a_snapshot_holds_what_is_below_its_position() throws InterruptedException {
        append(new Placed("17", "alice"));
        append(new Placed("18", "bob"));
        long last = append(new Added("17", 100));
        everfold.start(Orders.projection(name), model).awaitCaughtUp(SOON);

        Map<String, Order> rows = OrderIndex.snapshot(
                model,
                model.builds(name).getFirst(),
                position -> assertThat(position).isEqualTo(last + 1));

        assertThat(rows).isEqualTo(Orders.fold(store, last + 1));
    }
}
