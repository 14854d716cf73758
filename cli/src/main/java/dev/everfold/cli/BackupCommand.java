package dev.everfold.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Copies a store into a directory.
@Command(
        name = "backup",
        description = "Copy a store, as it is now, into a new directory. It may be written to meanwhile.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = "  everfold backup --store log:data backups/monday")
final class BackupCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    StoreOptions storeOptions = new StoreOptions();

    @Parameters(paramLabel = "DIRECTORY", description = "Where the backup goes; not there yet, or empty.")
    Path directory = Path.of("");

    BackupCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Progress progress = new Progress(console, "copied", "bytes");
        long events;
        try {
            events = storeOptions
                    .provider()
                    .backup(storeOptions.uri(), directory, progress.until(console.interruption()));
        } finally {
            progress.end();
        }
        console.out().line("backed up " + events + " events to " + SafeText.of(directory.toString()));
        return ExitCode.OK.number();
    }
}
