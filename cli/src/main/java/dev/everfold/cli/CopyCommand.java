package dev.everfold.cli;

import dev.everfold.eventstore.EventStore;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Copies a store into a store of any engine.
@Command(
        name = "copy",
        description = {
            "Copy a store into another one, of the same engine or of another: every event as it is and where it is,"
                    + " lineage and tracked positions included.",
            "What the target has already is left out: a copy that was broken off, or that has fallen behind, can be"
                    + " repeated."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  everfold copy --from log:data --to log:/mnt/larger/data",
            "  everfold copy --from log:data --to log:other --verify"
        })
final class CopyCommand implements Callable<Integer> {

    private static final long NANOS_OF_MILLI = 1_000_000;

    private final Console console;
    private final LongSupplier nanoClock;

    @Option(names = "--from", required = true, paramLabel = "URI", description = "The store that is copied.")
    String from = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "URI",
            description = "The copy: not there yet, or a copy of the same store that is not finished.")
    String to = "";

    @Option(
            names = "--verify",
            description = "Compare every event of both stores in the end, not only " + CopyComparison.SOME + ".")
    boolean verify;

    @Option(names = "--json", description = "Answer with one JSON object.")
    boolean json;

    @Option(names = "--debug", description = "Show a stack trace with an error.")
    boolean debug;

    CopyCommand(Console console) {
        this(console, System::nanoTime);
    }

    CopyCommand(Console console, LongSupplier nanoClock) {
        this.console = console;
        this.nanoClock = nanoClock;
    }

    @Override
    public Integer call() {
        NamedStore source = new NamedStore(from);
        NamedStore target = new NamedStore(to);
        if (source.isSame(target)) {
            throw new CommandException(
                    ExitCode.USAGE, "--from and --to name the same store; expected two. Correct one of them.");
        }
        if ("read".equals(target.uri().parameters().get(NamedStore.MODE))) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--to names a store that is opened for reading only; expected one that is written to. Leave"
                            + " mode=read out.");
        }
        try (EventStore opened = source.openToRead()) {
            StoreCopy.requireCopyable(opened);
            try (EventStore copy = target.openCopy(opened.lineage())) {
                copy(new StoreCopy(opened, copy, StoreCopy.BATCH_EVENTS_MAX));
            }
        }
        return ExitCode.OK.number();
    }

    /// How far a copy came.
    private enum Outcome {
        STOPPED,
        DIFFERS,
        COMPLETE
    }

    /// What came of a copy.
    ///
    /// @param seconds of copying alone
    /// @param millis of all, the comparison included
    private record Result(Outcome outcome, long compared, double seconds, long millis) {}

    private void copy(StoreCopy copy) {
        long begunNanos = nanoClock.getAsLong();
        String unit = String.format(Locale.ROOT, "of %,d events", copy.total() - copy.alreadyThere());
        Progress progress = new Progress(console, "copied", unit, nanoClock);
        Outcome outcome = Outcome.STOPPED;
        long compared = 0;
        double seconds = 0;
        try {
            try {
                copy.run(progress::update, console.interruption());
            } finally {
                progress.end();
                seconds = progress.seconds();
            }
            outcome = Outcome.DIFFERS;
            compared = compare(copy);
            outcome = Outcome.COMPLETE;
        } finally {
            // Also when it stopped, for then it tells what is stored.
            long millis = (nanoClock.getAsLong() - begunNanos) / NANOS_OF_MILLI;
            print(copy, new Result(outcome, compared, seconds, millis));
        }
    }

    private long compare(StoreCopy copy) {
        String unit = String.format(Locale.ROOT, "of %,d events", copy.total());
        Progress progress = new Progress(console, "compared", unit, nanoClock);
        try {
            return copy.verify(verify, compared -> {
                progress.update(compared);
                console.interruption().check();
            });
        } finally {
            progress.end();
        }
    }

    private void print(StoreCopy copy, Result result) {
        if (json) {
            printJson(copy, result);
            return;
        }
        Output out = console.out();
        boolean isComplete = result.outcome() == Outcome.COMPLETE;
        if (isComplete && copy.copied() == 0 && copy.trackedMoved() == 0) {
            out.line("nothing to copy: " + copy.alreadyThere() + " events already there");
        } else {
            out.line("copied " + copy.copied() + " events (" + copy.alreadyThere() + " already there)"
                    + Progress.pace(copy.copied(), result.seconds())
                    + (result.outcome() == Outcome.STOPPED ? ", then stopped: repeat the copy to go on" : ""));
        }
        if (isComplete) {
            out.line(String.format(
                    Locale.ROOT,
                    "both stores have %,d events and %,d tracked positions; %,d events were compared, byte by byte",
                    copy.total(),
                    copy.trackedSources(),
                    result.compared()));
        }
    }

    private void printJson(StoreCopy copy, Result result) {
        console.out().line(JsonText.object(members -> {
            members.writeNumberProperty("copied", copy.copied());
            members.writeNumberProperty("alreadyThere", copy.alreadyThere());
            members.writeNumberProperty("trackedPositions", copy.trackedSources());
            members.writeNumberProperty("compared", result.compared());
            members.writeBooleanProperty("complete", result.outcome() == Outcome.COMPLETE);
            members.writeNumberProperty("millis", result.millis());
        }));
    }
}
