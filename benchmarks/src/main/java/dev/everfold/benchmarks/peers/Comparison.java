package dev.everfold.benchmarks.peers;

import dev.everfold.cli.bench.BenchEvents;
import dev.everfold.cli.bench.Clients;
import dev.everfold.cli.bench.Measurement;
import dev.everfold.cli.bench.RawDisk;
import dev.everfold.cli.bench.ReadData;
import dev.everfold.eventstore.NewEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Measures the embedded log and its peers round-robin in one run and prints tables in Markdown:
/// `Comparison FOLDER [ROUNDS [SECONDS [READ_EVENTS]]]`, by default 3 rounds of 1 second, 1,000,000 events
/// to read. A new folder is made in FOLDER and removed at the end.
///
/// Every store is opened before each measurement and closed after it, so that none works in the background
/// while another one is measured.
public final class Comparison {

    private static final int[][] APPENDS = {{1, 1}, {8, 1}, {64, 1}, {1, 100}, {64, 100}};
    private static final int APPENDS_A_STREAM = 20;
    private static final int SHORT_STEP = 7_919;
    private static final int LONG_STEP = 61;

    private final Path folder;
    private final int rounds;
    private final Duration duration;
    private final ReadData data;
    private final List<Contender> contenders;
    private final ComparisonTables tables = new ComparisonTables("Events");
    private long seen;
    private int runs;

    Comparison(Path folder, int rounds, Duration duration, ReadData data, List<Contender> contenders) {
        this.folder = folder;
        this.rounds = rounds;
        this.duration = duration;
        this.data = data;
        this.contenders = contenders;
    }

    /// Runs the comparison and prints its tables.
    ///
    /// @param arguments the folder; rounds; seconds; events to read
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 1 || arguments.length > 4) {
            System.err.println("usage: Comparison FOLDER [ROUNDS [SECONDS [READ_EVENTS]]]");
            System.exit(2);
        }
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        double seconds = arguments.length > 2 ? Double.parseDouble(arguments[2]) : 1;
        int readEvents = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1_000_000;
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of(arguments[0])), "everfold-peers-");
        try {
            Comparison comparison = new Comparison(
                    folder,
                    rounds,
                    Duration.ofNanos((long) (seconds * 1e9)),
                    ReadData.ofEvents(readEvents),
                    Contenders.ALL);
            System.out.println(comparison.run());
        } finally {
            delete(folder);
        }
    }

    /// Runs it and returns the tables.
    String run() throws Exception {
        for (Contender contender : contenders) {
            load(contender);
        }
        for (int round = 0; round <= rounds; round++) {
            boolean counts = round > 0;
            Duration time = counts ? duration : duration.dividedBy(2);
            System.err.println(counts ? "round " + round + " of " + rounds : "warming up");
            Measurement raw = new RawDisk(folder).run(time);
            if (counts) {
                tables.add("raw disk", "4 KiB + fdatasync", raw);
            }
            for (int[] append : APPENDS) {
                for (Contender contender : contenders) {
                    Measurement measured = appends(contender, append[0], append[1], time);
                    if (counts) {
                        tables.add(contender.name(), append[0] + " × " + append[1], measured);
                    }
                }
            }
            for (Reading reading : Reading.values()) {
                for (Contender contender : contenders) {
                    Measurement measured = reads(contender, reading, time);
                    if (counts) {
                        tables.add(contender.name(), reading.title, measured);
                    }
                }
            }
        }
        return heading() + tables.markdown();
    }

    /// Something that is read.
    private enum Reading {
        SHORT("stream of 10"),
        LONG("stream of 1000"),
        SCAN("full scan");

        private final String title;

        Reading(String title) {
            this.title = title;
        }
    }

    private void load(Contender contender) throws Exception {
        System.err.println("loading " + contender.name());
        long before = System.nanoTime();
        try (Session session = contender.opening().open(readFolder(contender))) {
            session.load(data);
            tables.add(contender.name(), "load", Measurement.rate(data.events(), System.nanoTime() - before));
        }
    }

    private Measurement appends(Contender contender, int clients, int events, Duration time) throws Exception {
        int run = runs++;
        try (Session session = contender.opening().open(folder.resolve("appends-" + contender.name()))) {
            return Clients.run(clients, events, time, client -> new Client(session, run + "." + client, events));
        }
    }

    private Measurement reads(Contender contender, Reading reading, Duration time) throws Exception {
        try (Session session = contender.opening().open(readFolder(contender))) {
            int[] events = new int[1];
            return Clients.runAlone(time, repetition -> {
                events[0] = 0;
                switch (reading) {
                    case SHORT ->
                        session.readStream(data.shortStream((long) repetition * SHORT_STEP), event -> {
                            seen += BenchEvents.touch(event);
                            events[0]++;
                        });
                    case LONG ->
                        session.readStream(data.longStream((long) repetition * LONG_STEP), event -> {
                            seen += BenchEvents.touch(event);
                            events[0]++;
                        });
                    case SCAN ->
                        session.scan(event -> {
                            seen += BenchEvents.touch(event);
                            events[0]++;
                        });
                }
                return events[0];
            });
        }
    }

    long seen() {
        return seen;
    }

    private Path readFolder(Contender contender) {
        return folder.resolve("reads-" + contender.name());
    }

    private String heading() {
        StringBuilder text = new StringBuilder();
        text.append("%d rounds of %.1f s; %d processors, Java %s, heap of %,d MiB at most; %,d events to read.%n%n"
                .formatted(
                        rounds,
                        duration.toNanos() / 1e9,
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version(),
                        Runtime.getRuntime().maxMemory() >> 20,
                        data.events()));
        for (Contender contender : contenders) {
            text.append("- ").append(contender.name()).append(": ").append(contender.settings());
            text.append('\n');
        }
        return text.append('\n').toString();
    }

    private static final class Client implements Clients.Client {

        private final Session session;
        private final String name;
        private final int count;
        private final List<NewEvent> events = new ArrayList<>();
        private long appends;

        Client(Session session, String name, int count) {
            this.session = session;
            this.name = name;
            this.count = count;
        }

        @Override
        public void prepare() {
            events.clear();
            for (int number = 0; number < count; number++) {
                events.add(BenchEvents.event(stream(), "client:" + name, number));
            }
        }

        @Override
        public void call() throws Exception {
            session.append(stream(), (appends % APPENDS_A_STREAM) * count, events);
            appends++;
        }

        private String stream() {
            return "bench-" + name + "-" + appends / APPENDS_A_STREAM;
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
