package dev.everfold.cli;

import dev.everfold.cli.bench.Benchmark;
import dev.everfold.cli.bench.Row;
import dev.everfold.eventstore.IoReason;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures a store beside the raw disk and beside the least that its work can cost, in one run.
@Command(
        name = "bench",
        description = {
            "Measure appends and reads, in one run with the raw disk.",
            "A bare writer and reader run beside them; they are the limit: the least that such work"
                    + " can cost on this machine.",
            "Everything happens in a new folder, which is removed at the end; about 4 GB are needed.",
            "On a PostgreSQL server it happens in new schemas, beside commits of single rows; on a server"
                    + " of ours in its store, which has to be empty and keeps the events, beside empty calls."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nCompare ratios, not times: machines differ, and so do hours.%n%nExamples:%n",
        footer = {
            "  everfold bench --quick",
            "  everfold bench --store log:/mnt/disk --rounds 5 --json",
            "  everfold bench --store log:/mnt/disk?segment=64MiB",
            "  everfold bench --store postgresql://alice@db.example/shop"
        })
final class BenchCommand implements Callable<Integer> {

    private static final int READ_EVENTS = 1_000_000;
    private static final int QUICK_READ_EVENTS = 100_000;

    private final Console console;

    @Option(
            names = "--store",
            defaultValue = "log:.",
            paramLabel = "URI",
            description = "Engine, settings and the folder in which a new folder is made, or the database in which"
                    + " schemas are made. Default: ${DEFAULT-VALUE} (this folder).")
    String store = "log:.";

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often everything is measured, 1..100; medians are shown. Default: 3.")
    @Nullable
    Integer rounds;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long each row is measured in a round, 0.01..60. Default: 1.")
    @Nullable
    Double seconds;

    @Option(
            names = "--quick",
            description = "A first look: a tenth of the events; 1 round of 0.2 seconds a row, if not said otherwise.")
    boolean quick;

    @Option(names = "--json", description = "Answer with one JSON object.")
    boolean json;

    @Option(names = "--debug", description = "Show a stack trace with an error.")
    boolean debug;

    BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        int roundCount = rounds != null ? rounds : quick ? 1 : 3;
        double rowSeconds = seconds != null ? seconds : quick ? 0.2 : 1;
        if (roundCount < 1 || roundCount > 100 || !(rowSeconds >= 0.01 && rowSeconds <= 60)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--rounds " + roundCount + " --seconds " + rowSeconds + "; expected 1..100 and 0.01..60.");
        }
        NamedStore named = new NamedStore(store);
        named.provider();
        Benchmark benchmark = new Benchmark(
                named.uri(),
                roundCount,
                Duration.ofNanos((long) (rowSeconds * 1e9)),
                quick ? QUICK_READ_EVENTS : READ_EVENTS);
        List<Row> rows = run(benchmark);
        if (json) {
            printJson(benchmark, rows);
        } else {
            printText(benchmark, rows);
        }
        return ExitCode.OK.number();
    }

    private List<Row> run(Benchmark benchmark) throws Exception {
        try {
            return benchmark.run(this::progress);
        } catch (FileSystemException failed) {
            throw new CommandException(
                    ExitCode.UNAVAILABLE,
                    "the bench cannot work in " + failed.getFile() + ": "
                            + IoReason.of(failed, failed.getFile()).words()
                            + ". Name another folder with --store.",
                    failed);
        }
    }

    private void progress(String what) {
        console.interruption().check();
        console.tellInPlace(what);
    }

    private void printText(Benchmark benchmark, List<Row> rows) {
        console.erase();
        Output out = console.out();
        out.line(String.format(
                Locale.ROOT,
                "Medians of %d round(s) of %.2f s a row; %d processors, Java %s, heap of %,d MiB at most.",
                benchmark.rounds(),
                benchmark.duration().toNanos() / 1e9,
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                Runtime.getRuntime().maxMemory() >> 20));
        out.line("Spread: the lowest and highest round beside the median. ÷: median of the ratios within rounds.");
        BenchTable.print(rows, out);
    }

    private void printJson(Benchmark benchmark, List<Row> rows) {
        console.out().line(JsonText.object(members -> {
            members.writeNumberProperty("rounds", benchmark.rounds());
            members.writeNumberProperty("seconds", benchmark.duration().toNanos() / 1e9);
            members.writeNumberProperty("processors", Runtime.getRuntime().availableProcessors());
            members.writeStringProperty("java", Runtime.version().toString());
            members.writeNumberProperty("heapBytesMax", Runtime.getRuntime().maxMemory());
            members.writeArrayPropertyStart("rows");
            for (Row row : rows) {
                members.writeStartObject();
                members.writeStringProperty("section", row.section());
                members.writeStringProperty("name", row.name().strip());
                members.writeStringProperty("unit", row.unit());
                members.writeNumberProperty("perSecond", row.perSecond());
                members.writeNumberProperty("lowest", row.lowest());
                members.writeNumberProperty("highest", row.highest());
                members.writeNumberProperty("p50Micros", row.p50Micros());
                members.writeNumberProperty("p99Micros", row.p99Micros());
                members.writeNumberProperty("limit", row.limit());
                members.writeNumberProperty("limitP50Micros", row.limitP50Micros());
                members.writeNumberProperty("limitP99Micros", row.limitP99Micros());
                members.writeNumberProperty("toLimit", row.toLimit());
                members.writeNumberProperty("toRaw", row.toRaw());
                members.writeEndObject();
            }
            members.writeEndArray();
        }));
    }
}
