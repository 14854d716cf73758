package dev.everfold.cli;

import dev.everfold.cloudevents.CloudEventWriter;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Writes events as CloudEvents.
@Command(
        name = "export",
        description = {
            "Write events as CloudEvents, one JSON object a line, in the order of the log.",
            "Importing them into an empty store gives the same events."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  everfold export --store log:data --output history.ndjson.gz",
            "  everfold export --store log:data --category order --as-of 2026-03-01T00:00:00Z | jq .data"
        })
final class ExportCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    StoreOptions storeOptions = new StoreOptions();

    @Mixin
    SelectionOptions selection = new SelectionOptions();

    @Mixin
    RangeOptions range = new RangeOptions();

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Write to this file, compressed when its name ends with .gz; it is there when all of it is.")
    Optional<Path> output = Optional.empty();

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (EventStore store = storeOptions.openToRead()) {
            if (output.isEmpty()) {
                export(store, console.out());
            } else {
                exportToFile(store, output.get());
            }
        }
        return ExitCode.OK.number();
    }

    private void exportToFile(EventStore store, Path path) {
        try (OutputFile file = OutputFile.create(path)) {
            long count = export(store, file.content());
            file.complete();
            console.out().line("exported " + count + " events to " + SafeText.of(path.toString()));
        }
    }

    private long export(EventStore store, OutputStream target) {
        CloudEventWriter writer = new CloudEventWriter();
        Progress progress = new Progress(console, "exported", "events");
        long[] count = {0};
        try {
            return new Reading(store, selection, range)
                    .forEach(Read.Direction.FORWARDS, console.interruption(), event -> {
                        write(writer, event, target);
                        if (++count[0] % 1_024 == 0) {
                            progress.update(count[0]);
                        }
                    });
        } finally {
            progress.end();
        }
    }

    private static void write(CloudEventWriter writer, RecordedEvent event, OutputStream target) {
        try {
            writer.write(event, target);
        } catch (IOException failed) {
            throw new Output.FailedException(failed);
        }
    }
}
