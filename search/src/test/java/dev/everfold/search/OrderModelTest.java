package dev.everfold.search;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.search.Orders.Order;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/// Orders, and a read model of them on one of the servers, which is gone after each test.
abstract class OrderModelTest {

    static final Duration SOON = Duration.ofSeconds(60);
    static final Duration POLL = Duration.ofMillis(5);

    final TestServer server;
    final InMemoryEventStore store = new InMemoryEventStore();
    final Everfold everfold = Everfold.on(store);
    final SearchReadModel model;
    final String name = Orders.newName();

    OrderModelTest(TestServer server) {
        this.server = server;
        model = SearchReadModel.on(server.options(), Orders.DEFINITION);
    }

    @AfterEach
    final void closeModel() {
        everfold.close();
        model.close();
        store.close();
        OrderIndex.delete(server, name);
    }

    final Map<String, Order> found() {
        return OrderIndex.search(server, name);
    }

    static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}
