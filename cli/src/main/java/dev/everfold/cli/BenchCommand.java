package dev.everfold.cli;

import dev.everfold.cli.bench.Benchmark;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.StoreUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures appends and reads beside the raw disk, in one run.
@Command(
        name = "bench",
        description = "Measure appends and reads beside the raw disk, in one run, on a store that is new.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nCompare ratios, not times: machines differ, and so do hours.%n%nExamples:%n",
        footer = {"  everfold bench", "  everfold bench --store log:/mnt/disk/bench --rounds 5 --json"})
final class BenchCommand implements Callable<Integer> {

    private final Console console;

    @Option(
            names = "--store",
            paramLabel = "URI",
            description = "A store that does not exist yet; it stays. Default: one here, removed after.")
    @Nullable
    String store;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            paramLabel = "N",
            description = "How often everything is measured, 1..100; medians are shown. Default: ${DEFAULT-VALUE}.")
    int rounds;

    @Option(
            names = "--seconds",
            defaultValue = "1",
            paramLabel = "N",
            description = "How long each row is measured in a round, 0.1..60. Default: ${DEFAULT-VALUE}.")
    double seconds;

    @Option(names = "--json", description = "Answer with one JSON object.")
    boolean json;

    @Option(names = "--debug", description = "Show a stack trace with an error.")
    boolean debug;

    BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (rounds < 1 || rounds > 100 || !(seconds >= 0.1 && seconds <= 60)) {
            throw new CommandException(
                    ExitCode.USAGE, "--rounds " + rounds + " --seconds " + seconds + "; expected 1..100 and 0.1..60.");
        }
        Optional<Path> temporary = store == null
                ? Optional.of(Files.createTempDirectory(Path.of("").toAbsolutePath(), "everfold-bench-"))
                : Optional.empty();
        try {
            StoreOptions options = new StoreOptions();
            options.store = temporary
                    .map(directory -> "log:" + directory.resolve("store"))
                    .orElse(String.valueOf(store));
            requireNew(options);
            Benchmark benchmark = new Benchmark(
                    options.uri(),
                    temporary.orElseGet(() -> nearestDirectory(options.uri())),
                    rounds,
                    Duration.ofNanos((long) (seconds * 1e9)));
            List<Benchmark.Row> rows = benchmark.run(this::progress);
            if (json) {
                printJson(rows);
            } else {
                printText(rows);
            }
        } finally {
            if (temporary.isPresent()) {
                delete(temporary.get());
            }
        }
        return ExitCode.OK.number();
    }

    private static void requireNew(StoreOptions options) {
        try (EventStore created = options.openToAppend()) {
            if (created.nextPosition() > 0) {
                throw new CommandException(
                        ExitCode.REFUSED,
                        "the store has " + created.nextPosition()
                                + " events; bench appends many and needs a new one. Name another store.");
            }
        }
    }

    /// Where the raw disk is measured: the store's directory if its URI names one, else the current
    /// directory.
    private static Path nearestDirectory(StoreUri uri) {
        Path named = Path.of(uri.rest()).toAbsolutePath();
        return Files.isDirectory(named) && named.getParent() != null
                ? named.getParent()
                : Path.of("").toAbsolutePath();
    }

    private void progress(String what) {
        boolean isTerminal = console.terminal().isErrorShown();
        console.err().print(isTerminal ? "\r\u001b[K" + what : what + "\n");
        console.err().flush();
    }

    private void printText(List<Benchmark.Row> rows) {
        if (console.terminal().isErrorShown()) {
            console.err().print("\r\u001b[K");
        }
        Output out = console.out();
        out.line(String.format(
                Locale.ROOT,
                "Medians of %d rounds of %.1f s each; %d processors, Java %s, heap of %d MiB at most.",
                rounds,
                seconds,
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                Runtime.getRuntime().maxMemory() >> 20));
        out.line(String.format(
                Locale.ROOT,
                "%-34s %12s %-9s %10s %10s %9s %21s",
                "",
                "rate",
                "",
                "p50 µs",
                "p99 µs",
                "to raw",
                "lowest .. highest"));
        for (Benchmark.Row row : rows) {
            out.line(String.format(
                    Locale.ROOT,
                    "%-34s %,12.0f %-9s %,10.1f %,10.1f %9.2f %,10.0f .. %,.0f",
                    row.name(),
                    row.perSecond(),
                    row.unit(),
                    row.p50Micros(),
                    row.p99Micros(),
                    row.toRaw(),
                    row.lowest(),
                    row.highest()));
        }
    }

    private void printJson(List<Benchmark.Row> rows) {
        console.out().line(JsonText.object(members -> {
            members.writeNumberProperty("rounds", rounds);
            members.writeNumberProperty("seconds", seconds);
            members.writeNumberProperty("processors", Runtime.getRuntime().availableProcessors());
            members.writeStringProperty("java", Runtime.version().toString());
            members.writeArrayPropertyStart("rows");
            for (Benchmark.Row row : rows) {
                members.writeStartObject();
                members.writeStringProperty("name", row.name());
                members.writeStringProperty("unit", row.unit());
                members.writeNumberProperty("perSecond", row.perSecond());
                members.writeNumberProperty("lowest", row.lowest());
                members.writeNumberProperty("highest", row.highest());
                members.writeNumberProperty("p50Micros", row.p50Micros());
                members.writeNumberProperty("p99Micros", row.p99Micros());
                members.writeNumberProperty("toRaw", row.toRaw());
                members.writeEndObject();
            }
            members.writeEndArray();
        }));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
