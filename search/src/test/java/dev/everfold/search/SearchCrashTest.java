package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.search.DyingTransport.Fault;
import dev.everfold.search.Orders.Order;
import dev.everfold.search.Orders.OrderEvent.Added;
import dev.everfold.search.Orders.OrderEvent.Cancelled;
import dev.everfold.search.Orders.OrderEvent.Placed;
import dev.everfold.testkit.MutableClock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A process dies at each of its changes of the server in turn, and another one goes on. Each server and fault
/// takes its share of the changes; all of them are taken with `-Dsearch.crash.stride=1`.
@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource
class SearchCrashTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int NEVER = Integer.MAX_VALUE;
    private static final int CHANGES_OF_EMPTYING = 8;
    private static final int STRIDE = Integer.getInteger("search.crash.stride", 4);

    @Parameter
    TestServer server;

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");

    @AfterEach
    void close() {
        store.close();
    }

    /// Documents that are made, changed in both ways, deleted and made again, and an event that fails.
    private void appendAll() {
        Orders.append(store, new Placed("17", "alice"));
        Orders.append(store, new Placed("18", "bob"));
        Orders.append(store, new Added("17", 500));
        Orders.append(store, new Added("17", 25));
        Orders.append(store, new Added("18", 10));
        Orders.append(store, new Cancelled("18"));
        Orders.append(store, new Added("99", 2));
        Orders.append(store, new Added("17", 2));
        Orders.append(store, new Cancelled("17"));
        Orders.append(store, new Placed("18", "carol"));
        Orders.append(store, new Added("18", 4));
    }

    private int first(Fault fault) {
        int share = (server == TestServer.OPENSEARCH ? 0 : 2) + (fault == Fault.LOST ? 0 : 1);
        return 1 + share % STRIDE;
    }

    private SearchReadModel model(DyingTransport transport) {
        return new SearchReadModel(
                () -> SearchClient.open(server.options(), transport),
                Orders.DEFINITION,
                SearchModelOptions.DEFAULTS,
                clock);
    }

    private DyingTransport transport(int dyingChange, Fault fault) {
        return new DyingTransport(server.options(), dyingChange, fault);
    }

    private static Projection<SearchDocuments> projection(String name, int events) {
        return Orders.projection(name).options(Orders.OPTIONS.withBatchEventsMax(events));
    }

    @ParameterizedTest
    @EnumSource
    void documents_are_what_the_log_says_wherever_a_process_died(Fault fault) throws InterruptedException {
        appendAll();
        int died = 0;
        for (int change = first(fault); ; change += STRIDE) {
            String name = Orders.newName();

            boolean dead = runUntilDeath(name, transport(change, fault));
            clock.advance(Duration.ofMinutes(1));
            runToTheEnd(name, change + " " + fault);

            OrderIndex.delete(server, name);
            if (!dead) {
                break;
            }
            died++;
        }
        assertThat(died).isGreaterThan(12 / STRIDE);
    }

    private boolean runUntilDeath(String name, DyingTransport transport) throws InterruptedException {
        try (SearchReadModel model = model(transport);
                Everfold everfold = Everfold.on(store)) {
            RunningProjection<?> orders = everfold.start(projection(name, 4), model);
            while (!transport.isDead() && !orders.awaitCaughtUp(Duration.ofMillis(20))) {
                // Either of both comes.
            }
        }
        return transport.isDead();
    }

    private void runToTheEnd(String name, String died) throws InterruptedException {
        try (SearchReadModel model = model(transport(NEVER, Fault.LOST));
                Everfold everfold = Everfold.on(store)) {
            // Other steps than those of the first one.
            RunningProjection<?> orders = everfold.start(projection(name, 1), model);
            assertThat(orders.awaitCaughtUp(SOON)).as(died).isTrue();

            assertThat(orders.parked())
                    .as(died)
                    .extracting(ParkedEvent::position)
                    .containsExactly(6L);
            Build serving = model.builds(name).getLast();
            assertThat(serving.serving()).isTrue();
            Map<String, Order> expected = Orders.fold(store, store.nextPosition());
            assertThat(OrderIndex.snapshot(
                            model, serving, position -> assertThat(position).isEqualTo(store.nextPosition())))
                    .as(died)
                    .isEqualTo(expected);
            assertThat(OrderIndex.search(server, name)).as(died).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_rebuild_is_finished_by_the_next_process_wherever_one_died(Fault fault) throws InterruptedException {
        appendAll();
        int died = 0;
        for (int change = first(fault); ; change += STRIDE) {
            String name = Orders.newName();

            boolean dead = rebuildUntilDeath(name, change, fault);
            assertThat(OrderIndex.search(server, name))
                    .as("died at change %d, %s", change, fault)
                    .isEqualTo(Orders.fold(store, store.nextPosition()));
            clock.advance(Duration.ofMinutes(1));
            runToTheEndOfTheRebuild(name, change + " " + fault);

            OrderIndex.delete(server, name);
            if (!dead) {
                break;
            }
            died++;
        }
        assertThat(died).isGreaterThan(8 / STRIDE);
    }

    private boolean rebuildUntilDeath(String name, int change, Fault fault) throws InterruptedException {
        DyingTransport transport = transport(NEVER, fault);
        try (SearchReadModel model = model(transport);
                Everfold everfold = Everfold.on(store)) {
            RunningProjection<?> orders = everfold.start(projection(name, 100), model);
            assertThat(orders.awaitCaughtUp(SOON)).isTrue();
            transport.dieAt(change);
            try {
                orders.rebuild();
            } catch (SearchFailedException diedAtOnce) {
                assertThat(transport.isDead()).isTrue();
            }
            while (!transport.isDead() && !orders.awaitRebuilt(Duration.ofMillis(20))) {
                // Either of both comes.
            }
        }
        return transport.isDead();
    }

    private void runToTheEndOfTheRebuild(String name, String died) throws InterruptedException {
        try (SearchReadModel model = model(transport(NEVER, Fault.LOST));
                Everfold everfold = Everfold.on(store)) {
            RunningProjection<?> orders = everfold.start(projection(name, 100), model);
            assertThat(orders.awaitCaughtUp(SOON)).as(died).isTrue();
            assertThat(orders.awaitRebuilt(SOON)).as(died).isTrue();
            assertThat(orders.awaitCaughtUp(SOON)).as(died).isTrue();

            assertThat(OrderIndex.search(server, name)).as(died).isEqualTo(Orders.fold(store, store.nextPosition()));
            try (SearchClient client = server.open()) {
                assertThat(client.indices().ofAlias(name)).as(died).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_model_is_emptied_and_filled_again_or_stays_wherever_the_process_died(Fault fault)
            throws InterruptedException {
        appendAll();
        Map<String, Order> all = Orders.fold(store, store.nextPosition());
        int died = 0;
        for (int change = first(fault); ; change += STRIDE) {
            String name = Orders.newName();

            boolean dead = emptyUntilDeath(name, change, fault);
            assertThat(OrderIndex.search(server, name))
                    .as("died at change %d, %s", change, fault)
                    .isIn(all, Map.of());
            clock.advance(Duration.ofMinutes(1));
            runToTheEnd(name, change + " " + fault);

            OrderIndex.delete(server, name);
            if (!dead) {
                break;
            }
            died++;
        }
        assertThat(died).isGreaterThanOrEqualTo(4 / STRIDE);
    }

    private boolean emptyUntilDeath(String name, int change, Fault fault) throws InterruptedException {
        DyingTransport transport = transport(NEVER, fault);
        try (SearchReadModel model = model(transport);
                Everfold everfold = Everfold.on(store)) {
            RunningProjection<?> orders = everfold.start(projection(name, 100), model);
            assertThat(orders.awaitCaughtUp(SOON)).isTrue();
            orders.pause();
            transport.dieAt(change);
            try {
                orders.rebuildInPlace();
            } catch (SearchFailedException | ClaimLostException died) {
                assertThat(transport.isDead()).isTrue();
            }
            return transport.isDead();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_model_is_emptied_and_filled_again_or_stays_whichever_change_of_the_server_failed(Fault fault)
            throws InterruptedException {
        appendAll();
        for (int change = first(fault); change <= CHANGES_OF_EMPTYING; change += STRIDE) {
            String name = Orders.newName();
            DyingTransport transport = transport(NEVER, fault);
            try (SearchReadModel model = model(transport);
                    Everfold everfold = Everfold.on(store)) {
                RunningProjection<?> orders = everfold.start(projection(name, 100), model);
                assertThat(orders.awaitCaughtUp(SOON)).isTrue();
                transport.failOnceAt(change);
                try {
                    orders.rebuildInPlace();
                } catch (SearchFailedException | ClaimLostException failed) {
                    assertThat(failed.toString()).containsAnyOf("The answer is lost", "emptied is unknown");
                    clock.advance(Duration.ofMinutes(1));
                }
                long last = Orders.append(store, new Added("18", change));

                assertThat(orders.awaitHandled(last, SOON)).isTrue();
                assertThat(OrderIndex.search(server, name))
                        .as("%d %s", change, fault)
                        .isEqualTo(Orders.fold(store, last + 1));
            }
            OrderIndex.delete(server, name);
        }
    }
}
