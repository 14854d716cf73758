package dev.everfold.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The servers that every test runs on: real ones, each started when it is first asked for and shared by all tests
/// of this JVM, with which it ends. One that cannot be started fails every test that needs it.
enum TestServer {
    OPENSEARCH(OpenSearchNode::command, Map.of()),
    ELASTICSEARCH(ElasticsearchNode::command, ElasticsearchNode.ENVIRONMENT);

    /// A server starts in some 15 s on two idle cores.
    private static final Duration START_MAX = Duration.ofMinutes(3);

    private static final Duration POLL = Duration.ofMillis(100);

    /// Where a server may keep snapshots, in its folder.
    private static final String SNAPSHOTS = "snapshots";

    private static final AtomicInteger INDICES = new AtomicInteger();

    /// Puts a program together that listens at a port and keeps its data in a folder.
    @FunctionalInterface
    interface Command {
        List<String> of(Path folder, int port) throws IOException;
    }

    @SuppressWarnings("ImmutableEnumChecker") // a function without state
    private final Command command;

    @SuppressWarnings("ImmutableEnumChecker") // unmodifiable
    private final Map<String, String> environment;

    private final int port = ServerProcess.freePort();

    /// Guarded by this.
    @SuppressWarnings("ImmutableEnumChecker") // one server for each JVM, whoever asks
    private @Nullable ServerProcess process;

    /// Guarded by this.
    @SuppressWarnings("ImmutableEnumChecker") // as above
    private boolean answers;

    /// Guarded by this. A server that did not start is not tried again for every test.
    @SuppressWarnings("ImmutableEnumChecker") // as above
    private @Nullable IllegalStateException failure;

    TestServer(Command command, Map<String, String> environment) {
        this.command = command;
        this.environment = environment;
    }

    /// An index name that no test has used in this process.
    static IndexName newIndex() {
        return new IndexName("orders-" + INDICES.incrementAndGet());
    }

    /// Where it listens, now that it does. All servers are started at once, since each takes long.
    SearchOptions options() {
        for (TestServer server : values()) {
            server.begin();
        }
        return awaited();
    }

    private synchronized void begin() {
        if (process == null && failure == null) {
            delete(folder());
            launch();
        }
    }

    private synchronized SearchOptions awaited() {
        if (failure != null) {
            throw failure;
        }
        if (!answers) {
            awaitAnswer(Objects.requireNonNull(process));
        }
        return address();
    }

    SearchClient open() {
        return SearchClient.open(options());
    }

    /// Ends it as a failure of its machine would.
    synchronized void kill() {
        answers = false;
        if (process != null) {
            process.kill();
        }
    }

    /// Starts it again after a kill, with the data and at the address it had.
    synchronized void start() {
        launch();
        awaitAnswer(Objects.requireNonNull(process));
    }

    private void launch() {
        try {
            Path folder = Files.createDirectories(folder());
            Files.createDirectories(folder.resolve(SNAPSHOTS));
            process = ServerProcess.start(command.of(folder, port), environment, folder, folder.resolve("output.txt"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private SearchOptions address() {
        return SearchOptions.at(URI.create("http://127.0.0.1:" + port));
    }

    /// It answers before the shards of a restart are back, so that is asked for too.
    private void awaitAnswer(ServerProcess started) {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        try (Transport transport = new Transport(address())) {
            while (started.isAlive() && System.nanoTime() < deadline) {
                try {
                    transport.send(
                            Call.reading("Waiting", "GET", "/_cluster/health?wait_for_status=yellow&timeout=20s"));
                    answers = true;
                    return;
                } catch (SearchFailedException notYet) {
                    LockSupport.parkNanos(POLL.toNanos());
                }
            }
        }
        boolean ended = !started.isAlive();
        started.kill();
        failure = new IllegalStateException(
                this + (ended ? " ended" : " did not answer within " + START_MAX.toSeconds() + " s")
                        + ". The last lines it printed:\n" + started.lastLines());
        throw failure;
    }

    private Path folder() {
        return Path.of(System.getProperty("java.io.tmpdir"), name().toLowerCase(Locale.ROOT))
                .toAbsolutePath();
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Settings that both have: one node, found by nobody, that also works on a disk that is nearly full.
    static String settings(Path folder, int port) {
        return """
                cluster.name: everfold-test
                discovery.type: single-node
                network.host: 127.0.0.1
                http.port: %d
                transport.port: %d
                cluster.routing.allocation.disk.threshold_enabled: false
                path.repo: %s
                """.formatted(port, ServerProcess.freePort(), folder.resolve(SNAPSHOTS));
    }

    /// The JVM that runs this, with a small heap.
    static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xms256m", "-Xmx512m"));
        command.addAll(List.of(arguments));
        return command;
    }

    static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content, StandardCharsets.UTF_8);
    }
}
