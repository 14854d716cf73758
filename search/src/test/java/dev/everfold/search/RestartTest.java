package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.search.BulkItem.Delete;
import dev.everfold.search.BulkItem.Put;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A server that is killed in the midst of work and started again.
@Timeout(600)
@ParameterizedClass
@EnumSource
class RestartTest {

    private static final int BATCH = 50;
    private static final int BATCHES_BEFORE_THE_KILL = 5;

    private final TestServer server;
    private final SearchClient client;
    private final TestIndex orders;

    RestartTest(TestServer server) {
        this.server = server;
        client = server.open();
        orders = TestIndex.create(client);
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void what_was_acknowledged_is_there_and_what_was_not_can_be_sent_again() throws Exception {
        CountDownLatch underWay = new CountDownLatch(BATCHES_BEFORE_THE_KILL);
        List<Put> acknowledged = new ArrayList<>();
        SearchFailedException failure;
        Future<SearchFailedException> writer;
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            writer = thread.submit(() -> writeUntilFailure(acknowledged, underWay));
            underWay.await();
            server.kill();
            failure = writer.get();
        }

        assertThat(failure.retryable()).isTrue();
        assertThat(failure.stored()).isIn(Stored.UNKNOWN, Stored.NO);
        assertThatThrownBy(() -> orders.get("order-0"))
                .isInstanceOf(SearchFailedException.class)
                .hasMessageContaining("failed: No connection to http://127.0.0.1:")
                .hasMessageEndingWith("Nothing was changed; try again later.");

        server.start();

        assertThat(client.documents()
                        .get(
                                orders.name(),
                                acknowledged.stream()
                                        .map(Put::id)
                                        .limit(Documents.IDS_MAX)
                                        .toList()))
                .hasSize(Math.min(acknowledged.size(), Documents.IDS_MAX));
        BulkResult again = client.documents().write(orders.name(), acknowledged);
        assertThat(again).isEqualTo(new BulkResult(0, acknowledged.size(), List.of()));
        List<Put> unknown = batch(acknowledged.size());
        BulkResult late = client.documents().write(orders.name(), unknown);
        assertThat(late.stored() + late.stale()).isEqualTo(BATCH);
        client.indices().refresh(orders.name());
        assertThat(client.indices().count(orders.name())).isEqualTo(acknowledged.size() + BATCH);
    }

    /// A limit of both servers, so that nobody builds on more than they promise.
    @Test
    void a_restart_forgets_deletions_and_an_older_version_is_stored_again() {
        orders.write(new Put("order-17", 5, TestIndex.order("order-17", 100)), new Delete("order-17", 7));
        try (Transport transport = new Transport(server.options())) {
            // Without it the restart repeats the deletion from the shard's own log, and remembers it.
            transport.send(Call.changing("Flushing", "POST", "/" + orders.name() + "/_flush?force=true"));
        }

        server.kill();
        server.start();
        BulkResult late = orders.write(new Put("order-17", 6, TestIndex.order("order-17", 110)));

        assertThat(late).isEqualTo(new BulkResult(1, 0, List.of()));
        assertThat(orders.cents("order-17")).isEqualTo(110);
    }

    private SearchFailedException writeUntilFailure(List<Put> acknowledged, CountDownLatch underWay) {
        while (true) {
            List<Put> batch = batch(acknowledged.size());
            try {
                client.documents().write(orders.name(), batch).check(orders.name());
            } catch (SearchFailedException failed) {
                return failed;
            }
            acknowledged.addAll(batch);
            underWay.countDown();
        }
    }

    private static List<Put> batch(int from) {
        List<Put> batch = new ArrayList<>();
        for (int i = from; i < from + BATCH; i++) {
            batch.add(new Put("order-" + i, i, TestIndex.order("order-" + i, i)));
        }
        return batch;
    }
}
