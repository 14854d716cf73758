package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelClaim;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.search.BulkItem.Delete;
import dev.everfold.search.BulkItem.Put;
import dev.everfold.search.Orders.Order;
import dev.everfold.search.Orders.OrderEvent.Added;
import dev.everfold.search.Orders.OrderEvent.Cancelled;
import dev.everfold.search.Orders.OrderEvent.Placed;
import dev.everfold.testkit.MutableClock;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Indices that somebody damages, replaces or restores, and requests that come when another process has gone on.
@Timeout(300)
@ParameterizedClass
@EnumSource
class SearchIntegrityTest extends OrderModelTest {

    private final SearchClient client;
    private final IndexName index = new IndexName(name + "-b000001");

    SearchIntegrityTest(TestServer server) {
        super(server);
        client = server.open();
    }

    @AfterEach
    void closeClient() {
        client.close();
    }

    private void runOnce() throws InterruptedException {
        try (RunningProjection<?> running = everfold.start(Orders.projection(name), model)) {
            assertThat(running.awaitCaughtUp(SOON)).isTrue();
        }
    }

    private void change(String method, String path, String body) {
        try (Transport direct = new Transport(server.options())) {
            direct.send(
                    Call.changing("Changing", method, path).json(Json.parse(body.getBytes(StandardCharsets.UTF_8))));
        }
    }

    private void takeWriteAliasesAway() {
        List<AliasAction> actions = new ArrayList<>();
        client.indices().aliases(index).stream()
                .filter(alias -> !alias.equals(name))
                .forEach(alias -> actions.add(new AliasAction.Remove(alias, index)));
        assertThat(actions).hasSize(2);
        client.indices().changeAliases(actions);
    }

    @Test
    void an_index_whose_write_aliases_alone_were_taken_away_gets_them_again_and_goes_on() throws InterruptedException {
        Orders.append(store, new Placed("17", "alice"));
        RunningProjection<?> running = everfold.start(Orders.projection(name), model);
        assertThat(running.awaitCaughtUp(SOON)).isTrue();

        takeWriteAliasesAway();
        long last = Orders.append(store, new Added("17", 5));

        assertThat(running.awaitHandled(last, SOON)).isTrue();
        assertThat(found()).isEqualTo(Map.of("17", new Order("alice", 2, 5)));
        assertThat(model.builds(name)).extracting(Build::number).containsExactly(1L);
    }

    @Test
    void an_index_that_was_replaced_by_an_empty_one_of_its_name_is_noticed_and_made_again() throws Exception {
        Orders.append(store, new Placed("17", "alice"));
        runOnce();
        client.indices().delete(index);
        client.indices().create(index, Orders.DEFINITION.withDocumentFields(), index.writeAlias(), name);
        Orders.append(store, new Placed("18", "bob"));

        runOnce();

        assertThat(found()).isEqualTo(Orders.fold(store, store.nextPosition()));
        assertThat(model.builds(name)).extracting(Build::number).containsExactly(2L);
    }

    @Test
    void an_index_that_was_restored_from_a_snapshot_is_noticed_and_made_again() throws Exception {
        Orders.append(store, new Placed("17", "alice"));
        runOnce();
        change("PUT", "/_snapshot/kept", "{\"type\": \"fs\", \"settings\": {\"location\": \"kept\"}}");
        String snapshot = "/_snapshot/kept/" + name;
        String body = "{\"indices\": \"" + index + "\", \"include_global_state\": false}";
        change("PUT", snapshot + "?wait_for_completion=true", body);
        Orders.append(store, new Placed("18", "bob"));
        runOnce();
        client.indices().delete(index);
        change("POST", snapshot + "/_restore?wait_for_completion=true", body);
        Orders.append(store, new Placed("19", "carol"));

        runOnce();

        assertThat(found()).isEqualTo(Orders.fold(store, store.nextPosition()));
    }

    @Test
    void what_other_partitions_claimed_before_a_build_was_emptied_ends_although_who_emptied_it_died() {
        MutableClock later = MutableClock.at(Clock.systemUTC().instant().plus(Duration.ofHours(1)));
        DyingTransport dying = new DyingTransport(server.options(), Integer.MAX_VALUE, DyingTransport.Fault.KEPT);
        Projection<SearchDocuments> orders = Orders.projection(name).partitions(2);
        Build build = model.create(name, 1, 2, 0);
        Step nothing = Step.to(new Checkpoint(store.lineage(), 0));
        try (SearchReadModel emptying = new SearchReadModel(
                        () -> SearchClient.open(server.options(), dying),
                        Orders.DEFINITION,
                        SearchModelOptions.DEFAULTS,
                        Clock.systemUTC());
                SearchReadModel next =
                        new SearchReadModel(server::open, Orders.DEFINITION, SearchModelOptions.DEFAULTS, later);
                ModelClaim other = model.claim(build, 1, orders, "other", SOON).orElseThrow();
                ModelClaim first =
                        emptying.claim(build, 0, orders, "first", SOON).orElseThrow()) {
            other.commit(nothing);
            dying.dieAt(4); // index, aliases, registry, claim
            assertThatThrownBy(first::reset).isInstanceOf(ClaimLostException.class);

            next.claim(build, 0, orders, "next", SOON).orElseThrow().close();

            assertThatThrownBy(() -> other.commit(nothing))
                    .isInstanceOf(ClaimLostException.class)
                    .hasMessageContaining("index \"" + index + "\" is not there any more");
        }
    }

    @Test
    void a_document_is_not_brought_back_by_who_lost_his_claim_when_its_deletion_is_forgotten() throws Exception {
        IndexDefinition forgetful = new IndexDefinition(
                Orders.DEFINITION.mappings(),
                Orders.DEFINITION.settings().deepCopy().put("index.gc_deletes", "0s"));
        SwitchedTransport transport = new SwitchedTransport(server.options());
        transport.hold(
                call -> call.path().contains(index.value()) && call.path().contains("_bulk"));
        MutableClock later = MutableClock.at(Clock.systemUTC().instant().plus(Duration.ofHours(1)));
        Orders.append(store, new Placed("17", "alice"));
        try (SearchReadModel slow = new SearchReadModel(
                        () -> SearchClient.open(server.options(), transport),
                        forgetful,
                        SearchModelOptions.DEFAULTS,
                        Clock.systemUTC());
                SearchReadModel quick =
                        new SearchReadModel(server::open, forgetful, SearchModelOptions.DEFAULTS, later);
                Everfold elsewhere = Everfold.on(store)) {
            RunningProjection<?> first = everfold.start(Orders.projection(name), slow);
            transport.awaitHeld();
            Orders.append(store, new Cancelled("17"));
            RunningProjection<?> second = elsewhere.start(Orders.projection(name), quick);
            assertThat(second.awaitCaughtUp(SOON)).isTrue();
            awaitForgotten();

            transport.release();
            await(() -> first.status().lastFailure().isPresent());

            assertThat(client.documents().get(index, "17")).isEmpty();
            first.close();
        }
    }

    /// Until the server takes a document that is older than its deletion.
    private void awaitForgotten() {
        var content = DocumentFields.add(
                Json.object().put("customer", "nobody"), "probe", 5, "probe", java.util.OptionalInt.empty());
        client.documents().write(index, List.of(new Put("probe", 5, content), new Delete("probe", 7)));
        await(() -> {
            client.indices().refresh(index);
            return client.documents()
                            .write(index, List.of(new Put("probe", 6, content)))
                            .stored()
                    == 1;
        });
        client.documents().write(index, List.of(new Delete("probe", 8)));
    }
}
