package dev.everfold.cli;

import dev.everfold.eventstore.EventStoreProvider;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Makes a store from a backup.
@Command(
        name = "restore",
        description = "Make a new store, of a new lineage, from a backup.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = "  everfold restore --store log:restored backups/monday")
final class RestoreCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    StoreOptions storeOptions = new StoreOptions();

    @Parameters(paramLabel = "DIRECTORY", description = "The backup.")
    Path directory = Path.of("");

    RestoreCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        EventStoreProvider engine = storeOptions.provider();
        String mode = storeOptions.uri().parameters().getOrDefault(NamedStore.MODE, "create");
        if (!mode.equals("create")) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--store says mode=" + mode + ", and a restore makes a new store. Leave mode=" + mode + " out.");
        }
        Progress progress = new Progress(console, "copied", "bytes");
        long events;
        try {
            events = engine.restore(directory, storeOptions.uri(), progress.until(console.interruption()));
        } finally {
            progress.end();
        }
        console.out().line("restored " + events + " events to " + SafeText.of(storeOptions.store));
        return ExitCode.OK.number();
    }
}
