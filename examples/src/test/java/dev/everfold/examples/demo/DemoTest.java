package dev.everfold.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a visitor of `./everfold demo` is told to try does what it says.
@Timeout(120)
final class DemoTest {

    private static final Path HISTORY = Path.of("data", "repository-history.ndjson.gz");

    @TempDir
    private Path folder;

    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    private Future<Integer> demo;
    private EventStore store;
    private int httpPort;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        Thread.setDefaultUncaughtExceptionHandler((_, failure) -> uncaught.add(failure));
        int grpcPort = freePort();
        httpPort = freePort();
        demo = threads.submit(() -> Demo.run(
                HISTORY,
                end,
                List.of(
                        "--folder",
                        folder.resolve("demo").toString(),
                        "--orders",
                        "50",
                        "--grpc-port",
                        "" + grpcPort,
                        "--http-port",
                        "" + httpPort)));
        awaitReady();
        store = EventStores.open("everfold://localhost:" + grpcPort);
    }

    /// HTTP is the last that is listened at.
    private void awaitReady() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + httpPort + "/health/ready"))
                .build();
        boolean isReady = false;
        while (!isReady) {
            assertThat(demo.isDone()).as("the demonstration has ended").isFalse();
            try {
                isReady = client.send(request, HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200;
            } catch (ConnectException notYet) {
                Thread.onSpinWait();
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterEach
    void end() throws Exception {
        store.close();
        client.close();
        end.countDown();
        assertThat(demo.get()).isZero();
        threads.close();
        Thread.setDefaultUncaughtExceptionHandler(null);
        assertThat(uncaught).isEmpty();
        assertThat(Files.exists(folder.resolve("demo"))).isTrue();
    }

    @Test
    void the_load_is_turned_up_and_down() throws Exception {
        assertThat(act("load", "200")).isEqualTo("{\"said\":\"200 orders a second are wanted now.\"}");
        assertThat(store.awaitPosition(store.nextPosition() + 100, Duration.ofSeconds(60)))
                .isTrue();
        assertThat(act("load", "many"))
                .contains("\\\"many\\\" is not a number; expected one.")
                .contains("400");
    }

    @Test
    void the_rates_are_those_of_the_shop() throws Exception {
        assertThat(store.awaitPosition(store.nextPosition() + 20, Duration.ofSeconds(60)))
                .isTrue();

        assertThat(get("/metrics")).containsPattern("(?m)^everfold_events_appended_total [1-9]");
    }

    @Test
    void a_mystery_box_is_parked_mended_and_redriven() throws Exception {
        assertThat(act("mystery-box", "")).contains("Placed order-");
        String redriven = act("redrive", "");
        while (redriven.contains("; 0 are parked now")) {
            redriven = act("redrive", "");
        }
        assertThat(redriven).contains("0 events were handled");

        act("mend", "");

        assertThat(act("redrive", "")).doesNotContain("\"0 events").contains("; 0 are parked now.");
        assertThat(act("mystery-box", "")).contains("The read model knows what is in it by now.");
    }

    @Test
    void the_history_of_a_repository_is_imported() throws Exception {
        assertThat(act("import-history", "")).contains("\"said\":\"imported 74639 events");
        assertThat(store.read(Read.matching(Query.stream("file-README.md")).limit(1))
                        .toList())
                .hasSize(1);
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + httpPort + path))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private String act(String action, String value) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + httpPort + "/actions/" + action))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"value\":\"" + value + "\"}"))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
