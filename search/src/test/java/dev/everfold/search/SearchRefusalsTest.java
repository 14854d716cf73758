package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.subscription.ConsumerStatus.Failure;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.search.Orders.Order;
import dev.everfold.search.Orders.OrderEvent.Added;
import dev.everfold.search.Orders.OrderEvent.Placed;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Servers that refuse whatever they are asked: no event is to blame.
@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource
class SearchRefusalsTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(5);

    private final TestServer server;
    private final SwitchedTransport transport;
    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Everfold everfold = Everfold.on(store);
    private final SearchReadModel model;
    private final String name = Orders.newName();

    SearchRefusalsTest(TestServer server) {
        this.server = server;
        transport = new SwitchedTransport(server.options());
        model = new SearchReadModel(
                () -> SearchClient.open(server.options(), transport),
                Orders.DEFINITION,
                SearchModelOptions.DEFAULTS,
                Clock.systemUTC());
    }

    @AfterEach
    void close() {
        everfold.close();
        model.close();
        store.close();
        OrderIndex.delete(server, name);
    }

    private RunningProjection<?> started() throws InterruptedException {
        Orders.append(store, new Placed("17", "alice"));
        RunningProjection<?> running = everfold.start(Orders.projection(name), model);
        assertThat(running.awaitCaughtUp(SOON)).isTrue();
        return running;
    }

    private static void awaitFailure(RunningProjection<?> running, String... parts) {
        while (!Arrays.stream(parts).allMatch(failure(running)::contains)) {
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private static String failure(RunningProjection<?> running) {
        return running.status().lastFailure().map(Failure::message).orElse("");
    }

    /// What was appended meanwhile is handled, and nothing is parked.
    private void assertGoesOn(RunningProjection<?> running) throws InterruptedException {
        assertThat(running.awaitCaughtUp(SOON)).isTrue();
        assertThat(running.parked()).isEmpty();
        assertThat(OrderIndex.search(server, name)).isEqualTo(Map.of("17", new Order("alice", 2, 5)));
    }

    private void change(String method, String path, String body) {
        Call call = Call.changing("Changing", method, path);
        try (Transport direct = new Transport(server.options())) {
            direct.send(body.isEmpty() ? call : call.json(Json.parse(body.getBytes(StandardCharsets.UTF_8))));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401, give credentials that the server knows (SearchOptions).",
        "403, 'give its user the right to do so, or take away what blocks the index.'",
        "429, try again later.",
        "302, 'look at the address, and at what stands before the server.'",
    })
    void a_server_that_refuses_everything_parks_nothing_and_is_asked_again(int status, String advice) throws Exception {
        RunningProjection<?> running = started();
        try (StubServer refusing =
                        StubServer.answering(status, "{\"error\": {\"type\": \"no\", \"reason\": \"not you\"}}");
                Transport other = new Transport(refusing.options())) {
            transport.leadTo(other);
            Orders.append(store, new Added("17", 5));

            awaitFailure(running, " failed: Status " + status, "Nothing was changed; " + advice);
            transport.leadBack();

            assertGoesOn(running);
        }
    }

    @Test
    void an_index_that_is_blocked_for_writing_parks_nothing_and_is_written_when_it_may_be() throws Exception {
        RunningProjection<?> running = started();
        change("PUT", "/" + name + "-b000001/_settings", "{\"index.blocks.write\": true}");
        Orders.append(store, new Added("17", 5));

        awaitFailure(running, "give its user the right to do so, or take away what blocks the index.");
        change("PUT", "/" + name + "-b000001/_settings", "{\"index.blocks.write\": false}");

        assertGoesOn(running);
    }

    @Test
    void an_index_that_is_closed_parks_nothing_and_is_written_when_it_is_open() throws Exception {
        RunningProjection<?> running = started();
        change("POST", "/" + name + "-b000001/_close", "");
        Orders.append(store, new Added("17", 5));

        awaitFailure(running, "Nothing was changed; open the index.");
        change("POST", "/" + name + "-b000001/_open", "");

        assertGoesOn(running);
    }

    @Test
    void a_projection_that_begins_at_a_server_that_refuses_it_begins_when_it_does_not() throws Exception {
        Orders.append(store, new Placed("17", "alice"));
        Orders.append(store, new Added("17", 5));
        try (StubServer refusing = StubServer.answering(401, "{}")) {
            AtomicReference<SearchOptions> address = new AtomicReference<>(refusing.options());
            try (SearchReadModel late = new SearchReadModel(
                            () -> SearchClient.open(address.get()),
                            Orders.DEFINITION,
                            SearchModelOptions.DEFAULTS,
                            Clock.systemUTC());
                    RunningProjection<?> running = everfold.start(Orders.projection(name), late)) {
                awaitFailure(running, "who it is failed: Status 401. Nothing was changed; give credentials");
                address.set(server.options());

                assertGoesOn(running);
            }
        }
    }
}
