package dev.everfold.cli;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Shows events.
@Command(
        name = "read",
        description = "Show events, as a table or as CloudEvents.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  everfold read --store log:data --stream order-17",
            "  everfold read --store log:data --backwards --limit 20",
            "  everfold read --store log:data --category order --type OrderPlaced --as-of 2026-03-01T00:00:00Z",
            "  everfold read --store log:data --tag customer:42 --format ndjson"
        })
final class ReadCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    StoreOptions storeOptions = new StoreOptions();

    @Mixin
    SelectionOptions selection = new SelectionOptions();

    @Mixin
    RangeOptions range = new RangeOptions();

    @Option(names = "--backwards", description = "Newest first.")
    boolean backwards;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = Arguments.Format.class,
            description = "table (the default) or ndjson, a CloudEvent a line.")
    EventPrinter.Format format = EventPrinter.Format.TABLE;

    ReadCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (EventStore store = storeOptions.openToRead()) {
            EventPrinter printer = EventPrinter.of(format, console);
            Read.Direction direction = backwards ? Read.Direction.BACKWARDS : Read.Direction.FORWARDS;
            new Reading(store, selection, range).forEach(direction, console.interruption(), printer::print);
            printer.flush();
        }
        return ExitCode.OK.number();
    }
}
