package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.protocol.kurrent.GossipGrpc;
import dev.everfold.protocol.kurrent.GossipWire;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.testkit.ForwardingEventStore;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Filter;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The server as a whole, from outside: both doors, and an end that loses nothing.
@Timeout(30)
class EverfoldServerTest {

    private static final ServerOptions ANY_PORTS = ServerOptions.DEFAULTS.withPorts(0, 0);

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void it_serves_a_store_and_says_that_it_lives_and_is_ready() throws Exception {
        try (EverfoldServer server = EverfoldServer.start(new InMemoryEventStore(), ANY_PORTS);
                EventStore store = EventStores.open("everfold://localhost:" + server.grpcPort())) {
            store.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));

            assertThat(store.read(Read.all()).toList()).hasSize(1);
            HttpResponse<String> live = get(server, "/health/live");
            HttpResponse<String> ready = get(server, "/health/ready");
            assertThat(live.statusCode()).isEqualTo(200);
            assertThat(live.body()).isEqualTo("{\"status\":\"live\"}");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(ready.body()).isEqualTo("{\"status\":\"ready\"}");
            assertThat(ready.headers().firstValue("Content-Type")).hasValue("application/json");
        }
    }

    @Test
    void a_server_at_all_addresses_tells_clients_of_kurrentdb_the_one_that_they_came_to() {
        ServerOptions everywhere = ANY_PORTS
                .withSecurity(SecurityOptions.NONE.withInsecureNetwork(true))
                .withHost("0.0.0.0");
        try (EverfoldServer server = EverfoldServer.start(new InMemoryEventStore(), everywhere)) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", server.grpcPort())
                    .usePlaintext()
                    .build();
            ManagedChannel forwarded = NettyChannelBuilder.forAddress("localhost", server.grpcPort())
                    .usePlaintext()
                    .overrideAuthority("db.example:12113")
                    .build();

            assertThat(told(channel)).isEqualTo("localhost:" + server.grpcPort());
            assertThat(told(forwarded)).isEqualTo("db.example:12113");
            channel.shutdownNow();
            forwarded.shutdownNow();
        }
    }

    private static String told(Channel channel) {
        GossipWire.EndPoint node = GossipGrpc.newBlockingStub(channel)
                .read(Shared.Empty.getDefaultInstance())
                .getMembers(0)
                .getHttpEndPoint();
        return node.getAddress() + ":" + node.getPort();
    }

    @Test
    void its_metrics_count_what_was_appended_and_read() throws Exception {
        try (EverfoldServer server = EverfoldServer.start(new InMemoryEventStore(), ANY_PORTS);
                EventStore store = EventStores.open("everfold://localhost:" + server.grpcPort())) {
            Append placed = Append.of(
                    NewEvent.of("order-17", "order.placed", "{}"), NewEvent.of("order-18", "order.placed", "{}"));
            store.append(placed);
            Append conflicting =
                    Append.of(NewEvent.of("order-17", "order.placed", "{}")).expecting("order-17", Expected.noStream());
            assertThatThrownBy(() -> store.append(conflicting)).isInstanceOf(AppendConflictException.class);
            store.read(Read.all()).close();

            String metrics = get(server, "/metrics").body();

            assertThat(metrics.lines())
                    .contains(
                            "everfold_appends_total{outcome=\"accepted\"} 1.0",
                            "everfold_appends_total{outcome=\"conflict\"} 1.0",
                            "everfold_appends_total{outcome=\"unknown\"} 0.0",
                            "everfold_events_appended_total 2.0",
                            "everfold_reads_total 1.0",
                            "everfold_next_position 2.0",
                            "everfold_append_time_seconds_count 2");
            assertThat(metrics).contains("jvm_memory_used_bytes", "# HELP everfold_appends_total Appends by what");
        }
    }

    @Test
    void an_append_that_was_taken_is_answered_although_the_server_ends() throws Exception {
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        InMemoryEventStore kept = new InMemoryEventStore();
        ForwardingEventStore slow = new ForwardingEventStore(kept) {
            @Override
            public CompletableFuture<Appended> appendAsync(Append append) {
                taken.countDown();
                return CompletableFuture.runAsync(() -> await(gate), Thread::startVirtualThread)
                        .thenApply(_ -> delegate.append(append));
            }
        };
        EverfoldServer server = EverfoldServer.start(slow, ANY_PORTS);
        try (EventStore store = EventStores.open("everfold://localhost:" + server.grpcPort())) {
            CompletableFuture<Appended> answer =
                    store.appendAsync(Append.of(NewEvent.of("order-17", "order.placed", "{}")));
            taken.await();

            CompletableFuture<Void> end = CompletableFuture.runAsync(server::close, Thread::startVirtualThread);
            while (readyStatus(server) == 200) {
                Thread.onSpinWait();
            }
            HttpResponse<String> head = head(server, "/health/ready");
            gate.countDown();

            assertThat(head.statusCode()).isEqualTo(503);
            assertThat(answer.get().fromPosition()).isZero();
            end.get();
            assertThatThrownBy(kept::nextPosition).hasMessageStartingWith("The store is closed");
        }
    }

    @Test
    void a_client_that_waits_does_not_hold_up_the_end() {
        EverfoldServer server = EverfoldServer.start(new InMemoryEventStore(), ANY_PORTS);
        try (EventStore store = EventStores.open("everfold://localhost:" + server.grpcPort())) {
            CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return store.awaitPosition(0, Duration.ofSeconds(20));
                        } catch (InterruptedException interrupted) {
                            throw new IllegalStateException(interrupted);
                        }
                    },
                    Thread::startVirtualThread);
            store.append(Append.check(new AppendCondition.StreamAt("x", Expected.any())));

            long begunNanos = System.nanoTime();
            server.close();
            long seconds = (System.nanoTime() - begunNanos) / 1_000_000_000;

            assertThat(seconds).isLessThan(4);
            assertThat(waiting).isNotCompleted();
        }
    }

    @Test
    void a_port_that_is_taken_is_named_and_the_store_is_left_open() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                InMemoryEventStore store = new InMemoryEventStore()) {
            int port = other.getLocalPort();

            assertThatThrownBy(() -> EverfoldServer.start(store, ServerOptions.DEFAULTS.withPorts(port, 0)))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageStartingWith("Cannot listen at localhost")
                    .hasMessageEndingWith(". Choose another port, or stop what listens there.");
            assertThatThrownBy(() -> EverfoldServer.start(store, ServerOptions.DEFAULTS.withPorts(0, port)))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageStartingWith("Cannot listen at localhost:" + port + ": ")
                    .hasMessageEndingWith(". Choose another port, or stop what listens there.");
            assertThat(store.nextPosition()).isZero();
        }
    }

    @Test
    void of_a_port_that_is_taken_nothing_is_logged_since_whoever_starts_the_server_tells_it() throws Exception {
        Logger javalin = Logger.getLogger("io.javalin.Javalin");
        List<String> logged = new ArrayList<>();
        Filter collecting = one -> {
            logged.add(one.getMessage());
            return false;
        };
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                InMemoryEventStore store = new InMemoryEventStore()) {
            javalin.setFilter(collecting);

            assertThatThrownBy(() ->
                            EverfoldServer.start(store, ServerOptions.DEFAULTS.withPorts(0, other.getLocalPort())))
                    .hasMessage("Cannot listen at localhost:" + other.getLocalPort()
                            + ": Address already in use. Choose another port, or stop what listens there.");
        } finally {
            javalin.setFilter(null);
        }
        assertThat(logged).isEmpty();
    }

    @Test
    void a_page_whose_name_was_made_to_lead_here_reads_nothing() throws Exception {
        try (EverfoldServer server = EverfoldServer.start(new InMemoryEventStore(), ANY_PORTS)) {
            String answer = raw(server, "GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");

            assertThat(answer)
                    .startsWith("HTTP/1.1 403 ")
                    .contains("application/problem+json")
                    .endsWith("{\"status\":403,\"title\":\"Forbidden\","
                            + "\"detail\":\"The request names another host; expected localhost.\"}")
                    .doesNotContain("everfold_");
        }
    }

    @Test
    void a_server_at_all_addresses_is_reached_by_them_and_not_by_a_name_that_was_made_to_lead_here() throws Exception {
        ServerOptions all = new ServerOptions(
                "0.0.0.0",
                0,
                0,
                ANY_PORTS.grace(),
                SecurityOptions.NONE.withInsecureNetwork(true),
                ANY_PORTS.connectionsOfAddressMax());
        try (EverfoldServer server = EverfoldServer.start(new InMemoryEventStore(), all)) {
            assertThat(raw(server, "GET /health/live HTTP/1.1\r\nHost: 192.0.2.7:80\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(raw(server, "GET /health/live HTTP/1.1\r\nHost: [2001:db8::7]\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(raw(server, "GET /metrics HTTP/1.1\r\nHost: 192.evil.example\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 403 ")
                    .endsWith("\"detail\":\"The request names another host; expected an address, localhost or the name"
                            + " that --host gives.\"}");
        }
    }

    @Test
    void a_head_is_answered_as_a_get_where_anybody_may_ask_and_refused_elsewhere() throws Exception {
        try (EverfoldServer server = EverfoldServer.start(new InMemoryEventStore(), ANY_PORTS)) {
            HttpResponse<String> ready = head(server, "/health/ready");
            HttpResponse<String> beyondTheEnd = head(server, "/events?from=99");

            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(ready.headers().firstValue("Content-Type")).hasValue("application/json");
            assertThat(ready.headers().firstValue("Content-Length")).hasValue("18");
            assertThat(beyondTheEnd.statusCode()).isEqualTo(405);
            assertThat(beyondTheEnd.headers().firstValue("Allow")).hasValue("GET");
            assertThat(head(server, "/nowhere").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void what_is_not_there_is_a_problem_that_says_what_is() throws Exception {
        try (EverfoldServer server = EverfoldServer.start(new InMemoryEventStore(), ANY_PORTS)) {
            HttpResponse<String> answer = get(server, "/nowhere");

            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body())
                    .isEqualTo("{\"status\":404,\"title\":\"Not Found\",\"detail\":"
                            + "\"Nothing is there; GET /openapi.json says what is.\"}");
        }
    }

    private int readyStatus(EverfoldServer server) throws IOException, InterruptedException {
        return get(server, "/health/ready").statusCode();
    }

    private HttpResponse<String> get(EverfoldServer server, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + server.httpPort() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> head(EverfoldServer server, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + server.httpPort() + path);
        return http.send(HttpRequest.newBuilder(uri).HEAD().build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String raw(EverfoldServer server, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName("localhost"), server.httpPort());
                OutputStream output = socket.getOutputStream()) {
            output.write(request.getBytes(StandardCharsets.US_ASCII));
            output.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
