package dev.everfold.cli;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.StoreStats;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Stores events from files.
@Command(
        name = "import",
        description = {
            "Store events from files of CloudEvents, one JSON object a line, plain or compressed by gzip.",
            "What the store has already, told by the event's id, is left out: an import that was broken off can be"
                    + " repeated."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  everfold import --store log:data history.ndjson.gz",
            "  everfold export --store log:old --category order | everfold import --store log:new -"
        })
final class ImportCommand implements Callable<Integer> {

    private static final long WAIT_MILLIS = 100;
    private static final int TYPES_SHOWN_MAX = 5;

    private final Console console;

    @Mixin
    StoreOptions storeOptions = new StoreOptions();

    @Option(names = "--skip-malformed", description = "Report lines that cannot be stored and go on behind them.")
    boolean skipMalformed;

    @Option(names = "--json", description = "Answer with one JSON object.")
    boolean json;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files in this order; - is standard input.")
    List<String> files = List.of();

    ImportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<ImportSource> sources = files.stream().map(ImportSource::of).toList();
        try (EventStore store = storeOptions.openToAppend()) {
            Progress progress = new Progress(console, "processed", "events");
            IdempotentAppender appender = new IdempotentAppender(store);
            ImportParser parser = new ImportParser(sources, console, store.limits(), skipMalformed);
            Optional<RuntimeException> failure = transfer(parser, appender, progress);
            progress.end();
            print(new ImportSummary(
                    appender.imported(),
                    appender.alreadyThere(),
                    parser.malformed(),
                    progress.seconds(),
                    failure.isEmpty()));
            if (failure.isPresent()) {
                throw failure.get();
            }
            if (!json) {
                printContent(store.stats());
            }
        }
        return ExitCode.OK.number();
    }

    /// What this import did.
    private record ImportSummary(
            long imported, long alreadyThere, long malformed, double seconds, boolean isComplete) {}

    /// @return why it ended before its end
    private Optional<RuntimeException> transfer(ImportParser parser, IdempotentAppender appender, Progress progress)
            throws InterruptedException {
        Thread thread = Thread.ofPlatform().daemon().name("everfold-import").start(parser);
        try {
            Optional<RuntimeException> failure = takeAll(parser, appender, progress);
            appender.finish();
            return failure;
        } catch (RuntimeException failed) {
            return Optional.of(failed);
        } finally {
            thread.interrupt();
        }
    }

    private Optional<RuntimeException> takeAll(ImportParser parser, IdempotentAppender appender, Progress progress)
            throws InterruptedException {
        while (true) {
            ImportParser.Item item = parser.items().poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            switch (item) {
                case null -> {}
                case ImportParser.Item.Batch batch -> appender.append(batch.events());
                case ImportParser.Item.Failed failed -> {
                    return Optional.of(failed.failure());
                }
                case ImportParser.Item.End _ -> {
                    return Optional.empty();
                }
            }
            progress.update(appender.imported() + appender.alreadyThere());
            if (console.interruption().isRequested()) {
                return Optional.of(new CommandException(ExitCode.INTERRUPTED, "interrupted"));
            }
        }
    }

    /// What the store holds now: how much, and the most frequent types.
    private void printContent(StoreStats stats) {
        String types = stats.types().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(TYPES_SHOWN_MAX)
                .map(type -> String.format(Locale.ROOT, "%s %,d", SafeText.of(type.getKey()), type.getValue()))
                .collect(Collectors.joining(", "));
        console.out()
                .line(String.format(
                        Locale.ROOT,
                        "the store has %,d events in %,d streams: %s%s",
                        stats.events(),
                        stats.streams(),
                        types.isEmpty() ? "none" : types,
                        stats.types().size() > TYPES_SHOWN_MAX ? ", …" : ""));
    }

    private void print(ImportSummary summary) {
        Output out = console.out();
        if (json) {
            out.line(JsonText.object(members -> {
                members.writeNumberProperty("imported", summary.imported());
                members.writeNumberProperty("alreadyThere", summary.alreadyThere());
                members.writeNumberProperty("malformed", summary.malformed());
                members.writeBooleanProperty("complete", summary.isComplete());
                members.writeNumberProperty("millis", (long) (summary.seconds() * 1_000));
            }));
            return;
        }
        String skipped = summary.malformed() == 0 ? "" : ", left out " + summary.malformed() + " malformed lines";
        String end = summary.isComplete() ? "" : ", then stopped: repeat the import to go on";
        out.line("imported " + summary.imported() + " events (" + summary.alreadyThere() + " already there)" + skipped
                + Progress.pace(summary.imported(), summary.seconds()) + end);
    }
}
