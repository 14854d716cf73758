package dev.everfold.cli;

import dev.everfold.cli.audit.AuditEntry;
import dev.everfold.cli.audit.AuditTrail;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Says who did what, when and why.
@Command(
        name = "audit",
        description = {
            "Say who did what, when and why, what it was caused by and what it was compensated by.",
            "Metadata of other writers is understood as far as it says such things."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  everfold audit --store log:data --stream account-17",
            "  everfold audit --store log:data --actor alice --from 2026-03-01T00:00:00Z --to 2026-04-01T00:00:00Z",
            "  everfold audit --store log:data --category account --format csv > audit.csv"
        })
final class AuditCommand implements Callable<Integer> {

    private static final int EVENTS_PER_UPDATE = 1_024;

    private final Console console;

    @Mixin
    StoreOptions storeOptions = new StoreOptions();

    @Mixin
    SelectionOptions selection = new SelectionOptions();

    @Option(names = "--actor", paramLabel = "ACTOR", description = "Only what was done by this one.")
    Optional<String> actor = Optional.empty();

    @Option(
            names = "--from",
            paramLabel = "TIME",
            converter = Arguments.Time.class,
            description = "Only what was recorded then or later, for example 2026-03-01T00:00:00Z.")
    Optional<Instant> from = Optional.empty();

    @Option(
            names = "--to",
            paramLabel = "TIME",
            converter = Arguments.Time.class,
            description = "Only what was recorded before then.")
    Optional<Instant> to = Optional.empty();

    @Mixin
    LimitOptions limits = new LimitOptions();

    @Option(names = "--backwards", description = "Newest first.")
    boolean backwards;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = Arguments.AuditFormat.class,
            description = "table (the default), csv, or ndjson, a JSON object a line.")
    AuditPrinter.Format format = AuditPrinter.Format.TABLE;

    private long seen;
    private long malformed;
    private long firstMalformed;

    AuditCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        requireRange();
        try (EventStore store = storeOptions.openToRead()) {
            audit(store);
        }
        if (malformed > 0) {
            console.warn("the metadata of " + malformed + (malformed == 1 ? " event" : " events") + " is malformed, at"
                    + " position " + firstMalformed + (malformed == 1 ? "" : " first") + "; who, why and what led to it"
                    + " are not known there. Look at it with everfold read --from " + firstMalformed + ".");
        }
        return ExitCode.OK.number();
    }

    private void audit(EventStore store) {
        AuditPrinter printer = AuditPrinter.of(format, console);
        AuditTrail trail = new AuditTrail(store, printer::print);
        Progress progress = new Progress(console, "audited", "events");
        try {
            Read.Direction direction = backwards ? Read.Direction.BACKWARDS : Read.Direction.FORWARDS;
            new Reading(store, selection, range(store)).offerEach(direction, console.interruption(), event -> {
                if (++seen % EVENTS_PER_UPDATE == 0) {
                    progress.update(seen);
                }
                return take(AuditEntry.of(event), trail);
            });
            trail.flush();
        } finally {
            progress.end();
        }
        printer.flush();
    }

    private boolean take(AuditEntry entry, AuditTrail trail) {
        if (entry.isMalformed()) {
            firstMalformed = malformed == 0 ? entry.position() : firstMalformed;
            malformed++;
        }
        if (actor.isPresent() && !actor.equals(entry.actor())) {
            return false;
        }
        trail.add(entry);
        return true;
    }

    /// The positions between the two times.
    private RangeOptions range(EventStore store) {
        RecordedTimes times = new RecordedTimes(store);
        RangeOptions range = new RangeOptions();
        range.from = from.map(times::firstAtOrAfter).orElse(range.from);
        range.to = to.map(times::firstAtOrAfter).orElse(range.to);
        range.limits = limits;
        return range;
    }

    private void requireRange() {
        if (from.isPresent() && to.isPresent() && to.get().isBefore(from.get())) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--to " + to.get() + " lies before --from " + from.get() + "; expected a range that does not end"
                            + " before it begins. Correct one of them.");
        }
    }
}
