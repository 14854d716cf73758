package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.search.BulkItem.Delete;
import dev.everfold.search.BulkItem.Put;
import dev.everfold.search.Orders.OrderEvent.Added;
import dev.everfold.search.Orders.OrderEvent.Placed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A server that is killed in the midst of work and started again. Starting takes long, so that all that is to be
/// known about it is begun before one kill of each server, and looked at after it.
@Timeout(600)
@Isolated("others need the servers")
@ParameterizedClass
@EnumSource
class RestartTest {

    private static final int BATCH = 50;
    private static final int BATCHES_BEFORE_THE_KILL = 5;
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(10);

    @Parameter
    TestServer server;

    /// What was under way at the kill.
    private record UnderWay(
            SearchClient client,
            TestIndex orders,
            List<Put> acknowledged,
            SearchFailedException failure,
            SearchFailedException whileItWasDown,
            InMemoryEventStore store,
            Everfold everfold,
            SearchReadModel model,
            String name,
            RunningProjection<?> running) {}

    private static UnderWay underWay;

    @BeforeParameterizedClassInvocation
    static void killAndRestart(TestServer server) throws Exception {
        deleteWhatOthersLeft(server);
        SearchClient client = server.open();
        TestIndex orders = TestIndex.create(client);
        writeWhatIsDeletedAndForgotten(server, orders);
        InMemoryEventStore store = new InMemoryEventStore();
        Everfold everfold = Everfold.on(store);
        SearchReadModel model = SearchReadModel.on(server.options(), Orders.DEFINITION);
        String name = Orders.newName();
        append(store, 0);
        RunningProjection<?> running =
                everfold.start(Orders.projection(name).options(Orders.OPTIONS.withBatchEventsMax(10)), model);
        while (running.status().position() < 30) {
            LockSupport.parkNanos(POLL.toNanos());
        }
        CountDownLatch written = new CountDownLatch(BATCHES_BEFORE_THE_KILL);
        List<Put> acknowledged = new ArrayList<>();
        SearchFailedException failure;
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<SearchFailedException> writer =
                    thread.submit(() -> writeUntilFailure(orders, acknowledged, written));
            written.await();
            server.kill();
            failure = writer.get();
        }
        SearchFailedException whileItWasDown = failureOf(() -> orders.get("order-0"));
        append(store, 100);
        server.start();
        underWay = new UnderWay(
                client, orders, acknowledged, failure, whileItWasDown, store, everfold, model, name, running);
    }

    @AfterParameterizedClassInvocation
    static void close() {
        underWay.everfold.close();
        underWay.model.close();
        underWay.client.close();
        underWay.store.close();
    }

    /// A server that is started brings all its indices back, and is not there before.
    private static void deleteWhatOthersLeft(TestServer server) {
        try (SearchClient client = server.open()) {
            client.indices()
                    .withAliases("orders")
                    .keySet()
                    .forEach(index -> client.indices().delete(new IndexName(index)));
        }
    }

    private static void writeWhatIsDeletedAndForgotten(TestServer server, TestIndex orders) {
        orders.write(new Put("deleted", 5, TestIndex.order("deleted", 100)), new Delete("deleted", 7));
        try (Transport transport = new Transport(server.options())) {
            // Without it the restart repeats the deletion from the shard's own log, and remembers it.
            transport.send(Call.changing("Flushing", "POST", "/" + orders.name() + "/_flush?force=true"));
        }
    }

    private static void append(InMemoryEventStore store, int from) {
        for (int i = from; i < from + 100; i++) {
            String order = "o" + i % 20;
            Orders.append(store, i < 20 ? new Placed(order, "alice") : new Added(order, i));
        }
    }

    private static SearchFailedException failureOf(Runnable call) {
        try {
            call.run();
        } catch (SearchFailedException failed) {
            return failed;
        }
        throw new AssertionError("The server is killed, and yet it answers.");
    }

    private static SearchFailedException writeUntilFailure(
            TestIndex orders, List<Put> acknowledged, CountDownLatch written) {
        while (true) {
            List<Put> batch = batch(acknowledged.size());
            try {
                orders.client().documents().write(orders.name(), batch).check(orders.name());
            } catch (SearchFailedException failed) {
                return failed;
            }
            acknowledged.addAll(batch);
            written.countDown();
        }
    }

    private static List<Put> batch(int from) {
        List<Put> batch = new ArrayList<>();
        for (int i = from; i < from + BATCH; i++) {
            batch.add(new Put("order-" + i, i, TestIndex.order("order-" + i, i)));
        }
        return batch;
    }

    @Test
    void a_server_that_is_gone_is_said_to_be_and_may_come_back() {
        assertThat(underWay.failure.retryable()).isTrue();
        assertThat(underWay.failure.stored()).isIn(Stored.UNKNOWN, Stored.NO);
        assertThat(underWay.whileItWasDown)
                .hasMessageContaining("failed: No connection to http://127.0.0.1:")
                .hasMessageEndingWith("Nothing was changed; try again later.");
    }

    @Test
    void what_was_acknowledged_is_there_and_what_was_not_can_be_sent_again() {
        List<Put> acknowledged = underWay.acknowledged;
        Documents documents = underWay.client.documents();
        IndexName index = underWay.orders.name();

        List<String> some =
                acknowledged.stream().map(Put::id).limit(Documents.IDS_MAX).toList();
        assertThat(documents.get(index, some)).hasSize(some.size());
        assertThat(documents.write(index, acknowledged)).isEqualTo(new BulkResult(0, acknowledged.size(), List.of()));
        BulkResult late = documents.write(index, batch(acknowledged.size()));
        assertThat(late.stored() + late.stale()).isEqualTo(BATCH);
        assertThat(late.failures()).isEmpty();
    }

    /// A limit of both servers, so that nobody builds on more than they promise.
    @Test
    void a_restart_forgets_deletions_and_an_older_version_is_stored_again() {
        BulkResult late = underWay.orders.write(new Put("deleted", 6, TestIndex.order("deleted", 110)));

        assertThat(late).isEqualTo(new BulkResult(1, 0, List.of()));
        assertThat(underWay.orders.cents("deleted")).isEqualTo(110);
    }

    @Test
    void a_projection_goes_on() throws InterruptedException {
        assertThat(underWay.running.awaitCaughtUp(SOON)).isTrue();
        assertThat(underWay.running.parked()).isEmpty();
        assertThat(OrderIndex.snapshot(
                        underWay.model,
                        underWay.model.builds(underWay.name).getFirst(),
                        at -> assertThat(at).isEqualTo(200)))
                .isEqualTo(Orders.fold(underWay.store, 200));
        assertThat(underWay.model.builds(underWay.name)).hasSize(1);
    }
}
