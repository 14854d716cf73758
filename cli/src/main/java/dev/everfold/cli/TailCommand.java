package dev.everfold.cli;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Follows the log.
@Command(
        name = "tail",
        description = "Show events as they are appended, until Ctrl-C.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  everfold tail --store log:data",
            "  everfold tail --store log:data --category order --from 0 --format ndjson"
        })
final class TailCommand implements Callable<Integer> {

    /// How long Ctrl-C may have to wait for its answer.
    private static final Duration WAIT = Duration.ofMillis(200);

    private final Console console;

    @Mixin
    StoreOptions storeOptions = new StoreOptions();

    @Mixin
    SelectionOptions selection = new SelectionOptions();

    @Option(
            names = "--from",
            paramLabel = "POSITION",
            converter = Arguments.Position.class,
            description = "Begin at this position. Default: with the next event.")
    Optional<Long> from = Optional.empty();

    @Option(
            names = "--limit",
            paramLabel = "N",
            converter = Arguments.Count.class,
            description = "End after so many events.")
    long limit = Long.MAX_VALUE;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = Arguments.Format.class,
            description = "table (the default) or ndjson, a CloudEvent a line.")
    EventPrinter.Format format = EventPrinter.Format.TABLE;

    TailCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        Query query = selection.query();
        try (EventStore store = storeOptions.openToRead()) {
            EventPrinter printer = EventPrinter.of(format, console);
            long position = from.isPresent() ? from.get() : store.nextPosition();
            long left = limit;
            while (true) {
                try (EventCursor cursor = store.read(Read.matching(query).fromPosition(position))) {
                    for (; left > 0 && cursor.hasNext(); left--) {
                        printer.print(cursor.next());
                        console.interruption().check();
                    }
                    position = cursor.nextPosition();
                }
                printer.flush();
                if (left == 0) {
                    return ExitCode.OK.number();
                }
                while (!store.awaitPosition(position, WAIT)) {
                    console.interruption().check();
                }
            }
        }
    }
}
