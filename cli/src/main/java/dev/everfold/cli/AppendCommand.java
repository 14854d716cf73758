package dev.everfold.cli;

import dev.everfold.cloudevents.CloudEvents;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.IoReason;
import dev.everfold.eventstore.NewEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Appends one event.
@Command(
        name = "append",
        description = "Append one event to a stream.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  everfold append --store log:data --stream order-17 --type OrderPlaced --data '{\"cents\":1250}'",
            "  everfold append --store log:data --stream order-17 --type OrderPaid --data @paid.json --expect 0",
            "  date | everfold append --store log:data --stream notes --type Noted --content-type text/plain --data -"
        })
final class AppendCommand implements Callable<Integer> {

    /// No store takes an event above this ([dev.everfold.eventstore.Limits]), so no more has to be read.
    private static final int DATA_BYTES_MAX = 16 << 20;

    private final Console console;

    @Mixin
    StoreOptions storeOptions = new StoreOptions();

    @Option(names = "--stream", required = true, paramLabel = "STREAM", description = "The stream it goes to.")
    String stream = "";

    @Option(names = "--type", required = true, paramLabel = "TYPE", description = "What happened.")
    String type = "";

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DATA",
            description = "The data, JSON unless --content-type says otherwise; @FILE takes a file, - standard input.")
    String data = "";

    @Option(names = "--tag", paramLabel = "TAG", description = "What it concerns, for example customer:42; repeatable.")
    List<String> tags = new ArrayList<>();

    @Option(
            names = "--expect",
            paramLabel = "EXPECTED",
            converter = Arguments.Expectation.class,
            description = "What the stream must be like: none (not there), exists, the revision of its last event, or"
                    + " any (the default).")
    Expected expected = Expected.any();

    @Option(names = "--content-type", paramLabel = "MEDIA-TYPE", description = "Default: application/json.")
    String contentType = NewEvent.JSON;

    @Option(names = "--metadata", paramLabel = "TEXT", description = "About the event; kept as it stands.")
    String metadata = "";

    @Option(
            names = "--occurred",
            paramLabel = "TIME",
            converter = Arguments.Time.class,
            description = "When it happened, for example 2026-03-01T09:30:00Z.")
    Optional<Instant> occurred = Optional.empty();

    @Option(
            names = "--id",
            paramLabel = "UUID",
            converter = Arguments.Id.class,
            description = "The event's id. Default: a new one.")
    Optional<UUID> id = Optional.empty();

    @Option(
            names = "--append-id",
            paramLabel = "UUID",
            converter = Arguments.Id.class,
            description = "Makes it harmless to repeat the command: with the same id it appends once. Give --id too.")
    Optional<UUID> appendId = Optional.empty();

    @Option(names = "--json", description = "Answer with one JSON object.")
    boolean json;

    AppendCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (appendId.isPresent() && id.isEmpty()) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--append-id needs --id, since a repeat must bring the same event; expected both. Add --id.");
        }
        NewEvent event = event();
        Append append = Append.of(event).expecting(stream, expected);
        if (appendId.isPresent()) {
            append = append.withId(appendId.get());
        }
        try (EventStore store = storeOptions.openToAppend()) {
            print(event, store.append(append));
        }
        return ExitCode.OK.number();
    }

    private NewEvent event() {
        Bytes bytes = Bytes.of(data());
        boolean isJson = contentType.equals(NewEvent.JSON);
        if (isJson && !CloudEvents.isJson(bytes.toArray())) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "The data is not valid JSON; nothing was appended. Correct it, or say what it is with"
                            + " --content-type.");
        }
        NewEvent event = NewEvent.of(stream, type, bytes)
                .withContent(contentType, bytes)
                .withTags(tags)
                .withMetadata(Bytes.utf8(metadata));
        event = occurred.isPresent() ? event.occurredAt(occurred.get()) : event;
        return id.isPresent() ? event.withId(id.get()) : event;
    }

    private byte[] data() {
        try {
            if (data.equals("-")) {
                return console.interruption().breakingOff(() -> read(console.in()));
            }
            if (data.startsWith("@")) {
                try (InputStream file = Files.newInputStream(Path.of(data.substring(1)))) {
                    return console.interruption().breakingOff(() -> read(file));
                }
            }
        } catch (IOException unreadable) {
            IoReason reason = IoReason.of(unreadable, data.substring(1));
            throw new CommandException(
                    ExitCode.REFUSED,
                    "The data cannot be read from \"" + data + "\": " + reason.words() + "; nothing was appended. "
                            + reason.advice(),
                    unreadable);
        }
        return Bytes.utf8(data).toArray();
    }

    /// An input may have no end.
    private byte[] read(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(DATA_BYTES_MAX + 1);
        if (bytes.length > DATA_BYTES_MAX) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "The data in \"" + data + "\" is longer than " + DATA_BYTES_MAX + " bytes, which no store takes;"
                            + " nothing was appended. Store large data elsewhere and append a link.");
        }
        return bytes;
    }

    private void print(NewEvent event, Appended appended) {
        long revision = appended.revisions().getFirst();
        if (json) {
            console.out().line(JsonText.object(members -> {
                members.writeStringProperty("stream", stream);
                members.writeStringProperty("id", event.id().toString());
                members.writeNumberProperty("position", appended.fromPosition());
                members.writeNumberProperty("revision", revision);
            }));
        } else {
            console.out()
                    .line("appended to " + SafeText.of(stream) + ": position " + appended.fromPosition() + ", revision "
                            + revision);
        }
    }
}
