package dev.everfold.benchmarks.postgres;

import com.sun.management.OperatingSystemMXBean;
import dev.everfold.benchmarks.commands.ShareTables;
import dev.everfold.benchmarks.peers.ComparisonTables;
import dev.everfold.cli.bench.BenchEvents;
import dev.everfold.cli.bench.Clients;
import dev.everfold.cli.bench.Measurement;
import dev.everfold.eventstore.NewEvent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Measures durable appends and reads on one PostgreSQL server round-robin in one run and prints tables in
/// Markdown: `PostgresComparison FOLDER [ROUNDS [SECONDS [STREAMS]]]`, by default 3 rounds of 2 seconds and
/// 500 streams of 20 events to read. A new folder is made in FOLDER and removed at the end.
///
/// Every append is one event and one answer; clients are virtual threads, each with a stream of its own. Each
/// measurement of appends has a new database, and whoever is not measured is closed. The server writes out what
/// earlier work left before each measurement.
public final class PostgresComparison {

    /// The first tag of every event that is read, so that all can be found by it.
    static final String TAG = "bench";

    private static final int[] CLIENTS = {1, 16, 64};
    private static final int STREAM_EVENTS = 20;
    private static final int FILLERS = 16;
    private static final int STREAM_STEP = 7_919;
    private static final String STREAM_LOAD = "load of a stream of " + STREAM_EVENTS;
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final PostgresServer server;
    private final int rounds;
    private final Duration duration;
    private final int streams;
    private final List<PostgresPeer> peers;
    private final ComparisonTables tables = new ComparisonTables("Events");
    private final ShareTables shares = new ShareTables();
    private int databases;

    PostgresComparison(PostgresServer server, int rounds, Duration duration, int streams, List<PostgresPeer> peers) {
        this.server = server;
        this.rounds = rounds;
        this.duration = duration;
        this.streams = streams;
        this.peers = peers;
    }

    /// Runs the comparison and prints its tables.
    ///
    /// @param arguments the folder; rounds; seconds; streams to read
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 1 || arguments.length > 4) {
            System.err.println("usage: PostgresComparison FOLDER [ROUNDS [SECONDS [STREAMS]]]");
            System.exit(2);
        }
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        double seconds = arguments.length > 2 ? Double.parseDouble(arguments[2]) : 2;
        int streams = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 500;
        if (!PostgresPeers.isEngineThere()) {
            System.err.println("No engine on the class path knows postgresql: URIs; the others are compared alone.");
        }
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of(arguments[0])), "everfold-postgres-");
        try (PostgresServer server = PostgresServer.start(folder.resolve("server"))) {
            Duration duration = Duration.ofNanos((long) (seconds * 1e9));
            System.out.println(new PostgresComparison(server, rounds, duration, streams, PostgresPeers.all()).run());
        } finally {
            delete(folder);
        }
    }

    /// Runs it, with one round before that does not count, and returns the tables.
    String run() throws Exception {
        List<Filled> filled = new ArrayList<>();
        for (PostgresPeer peer : peers) {
            if (peer.reads()) {
                filled.add(fill(peer));
            }
        }
        for (int round = 0; round <= rounds; round++) {
            boolean counts = round > 0;
            System.err.println(counts ? "round " + round + " of " + rounds : "warming up");
            for (int clients : CLIENTS) {
                for (PostgresPeer peer : peers) {
                    Cost cost = appends(peer, clients);
                    add(counts, peer, clients == 1 ? "1 client" : clients + " clients", cost);
                }
            }
            for (Filled reading : filled) {
                add(counts, reading.peer(), STREAM_LOAD, streamLoads(reading));
            }
            for (Filled reading : filled) {
                add(counts, reading.peer(), "full scan", scans(reading));
            }
        }
        return heading() + tables.markdown() + shares.markdown();
    }

    /// A database with events to read.
    private record Filled(PostgresPeer peer, String database) {}

    /// What a workload reached, and the CPU time of this process for each event.
    private record Cost(Measurement measurement, double cpuMicros) {}

    private void add(boolean counts, PostgresPeer peer, String workload, Cost cost) {
        if (counts) {
            tables.add(peer.name(), workload, cost.measurement());
            shares.add(peer.name(), workload, cost.measurement().perSecond(), cost.cpuMicros());
        }
    }

    private Cost appends(PostgresPeer peer, int clients) throws Exception {
        String database = newDatabase();
        Cost cost;
        try (PostgresSession session = peer.opening().open(server, database)) {
            server.settle();
            cost = measured(() -> Clients.run(clients, 1, duration, number -> new Client(session, number)));
        }
        server.dropDatabase(database);
        return cost;
    }

    private Cost streamLoads(Filled filled) throws Exception {
        try (PostgresSession session = filled.peer().opening().open(server, filled.database())) {
            return measured(() -> Clients.runAlone(duration, repetition -> {
                long number = (long) repetition * STREAM_STEP % streams;
                return Math.toIntExact(expect(STREAM_EVENTS, session.readStream(stream(number))));
            }));
        }
    }

    private Cost scans(Filled filled) throws Exception {
        long events = (long) streams * STREAM_EVENTS;
        try (PostgresSession session = filled.peer().opening().open(server, filled.database())) {
            // The first one tells some of them what there is.
            expect(events, session.scan(events));
            return measured(() ->
                    Clients.runAlone(duration, _ -> Math.toIntExact(expect(events, session.scan(events)))));
        }
    }

    private static long expect(long expected, long found) {
        if (found != expected) {
            throw new IllegalStateException(found + " events were read; expected " + expected + ".");
        }
        return found;
    }

    private Filled fill(PostgresPeer peer) throws Exception {
        System.err.println("filling " + peer.name());
        String database = newDatabase();
        try (PostgresSession session = peer.opening().open(server, database);
                ExecutorService fillers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> answers = new ArrayList<>();
            for (int filler = 0; filler < FILLERS; filler++) {
                int first = filler;
                answers.add(fillers.submit(() -> {
                    for (int number = first; number < streams; number += FILLERS) {
                        for (int revision = 0; revision < STREAM_EVENTS; revision++) {
                            session.append(BenchEvents.event(stream(number), TAG, revision), revision);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> answer : answers) {
                answer.get();
            }
        }
        return new Filled(peer, database);
    }

    private String newDatabase() throws Exception {
        String name = "bench_" + databases++;
        server.createDatabase(name);
        return name;
    }

    private static String stream(long number) {
        return "bench-" + number;
    }

    /// Something that is measured.
    @FunctionalInterface
    private interface Measuring {
        Measurement run() throws Exception;
    }

    private static Cost measured(Measuring measuring) throws Exception {
        long cpuNanos = SYSTEM.getProcessCpuTime();
        long nanos = System.nanoTime();
        Measurement measurement = measuring.run();
        double events = measurement.perSecond() * (System.nanoTime() - nanos) / 1e9;
        return new Cost(measurement, (SYSTEM.getProcessCpuTime() - cpuNanos) / 1e3 / events);
    }

    private String heading() {
        StringBuilder text = new StringBuilder();
        text.append(("%d rounds of %.1f s; %d processors, Java %s, heap of %,d MiB at most; %s;"
                        + " %,d streams of %d events to read.%n%n")
                .formatted(
                        rounds,
                        duration.toNanos() / 1e9,
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version(),
                        Runtime.getRuntime().maxMemory() >> 20,
                        PostgresServer.SETTINGS,
                        streams,
                        STREAM_EVENTS));
        for (PostgresPeer peer : peers) {
            text.append("- ").append(peer.name()).append(": ").append(peer.settings());
            text.append('\n');
        }
        return text.append('\n').toString();
    }

    private static final class Client implements Clients.Client {

        private final PostgresSession session;
        private final String stream;
        private final String tag;
        private long appends;
        private NewEvent next;

        Client(PostgresSession session, int number) {
            this.session = session;
            this.stream = stream(number);
            this.tag = "client:" + number;
            this.next = BenchEvents.event(stream, tag, 0);
        }

        @Override
        public void prepare() {
            next = BenchEvents.event(stream, tag, appends);
        }

        @Override
        public void call() throws Exception {
            session.append(next, appends);
            appends++;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
