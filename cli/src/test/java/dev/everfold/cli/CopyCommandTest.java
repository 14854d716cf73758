package dev.everfold.cli;

import static dev.everfold.cli.CommandLineRun.line;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.server.EverfoldServer;
import dev.everfold.server.ServerOptions;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CopyCommandTest {

    private static final String BOTH =
            "both stores have 3 events and 0 tracked positions; 3 events were compared, byte by byte\n";

    @TempDir
    Path folder;

    String source = "";
    String target = "";

    @BeforeEach
    void makeSource() {
        source = "log:" + folder.resolve("source");
        target = "log:" + folder.resolve("target");
        String lines = line("1", "order-17", "OrderPlaced", ",\"tags\":\"customer:42\",\"data\":{\"cents\":1250}")
                + line("2", "order-18", "OrderPlaced", ",\"time\":\"2026-03-01T09:30:00Z\"")
                + line("3", "order-17", "OrderPaid", "");
        assertThat(CommandLineRun.withInput(lines, "import", "--store", source, "-")
                        .exitCode())
                .isZero();
    }

    @Test
    void a_store_is_copied_and_a_finished_copy_stays_as_it_is() {
        CommandLineRun first = copy();
        String exported = export(target);
        CommandLineRun again = copy("--verify");

        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.err()).isEmpty();
        assertThat(first.out())
                .matches("copied 3 events \\(0 already there\\) in [0-9.]+ s, [0-9,]+ a second\n" + BOTH);
        assertThat(exported).isEqualTo(export(source)).hasLineCount(3);
        assertThat(lineage(target)).isEqualTo(lineage(source));
        assertThat(again.exitCode()).isZero();
        assertThat(again.out()).isEqualTo("nothing to copy: 3 events already there\n" + BOTH);
        assertThat(export(target)).isEqualTo(exported);
    }

    @Test
    void a_store_may_be_written_to_between_two_copies_and_be_copied_back() {
        copy();
        append(source, "order-18", "OrderPaid");
        CommandLineRun further = copy();
        append(target, "order-17", "OrderSent");

        CommandLineRun back = CommandLineRun.of("copy", "--from", target, "--to", source, "--json");

        assertThat(further.out()).startsWith("copied 1 events (3 already there) in ");
        assertThat(back.out())
                .matches("\\{\"copied\":1,\"alreadyThere\":4,\"trackedPositions\":0,\"compared\":5,\"complete\":true,"
                        + "\"millis\":[0-9]+}\n");
        assertThat(export(source)).isEqualTo(export(target)).hasLineCount(5);
    }

    @Test
    void tracked_positions_are_copied_with_the_events() {
        try (EventStore store = EventStores.open(source)) {
            store.append(Append.of(NewEvent.of("order-19", "OrderPlaced", "{}")).tracking("$consumer:mails", 4));
            store.append(Append.track("shop", 7));
        }

        CommandLineRun run = copy();

        assertThat(run.out()).contains("both stores have 4 events and 2 tracked positions;");
        try (EventStore copy = EventStores.open(target + "?mode=read")) {
            assertThat(copy.trackedPosition("$consumer:mails")).hasValue(4);
            assertThat(copy.trackedPosition("shop")).hasValue(7);
        }
    }

    @Test
    void a_source_that_another_process_writes_to_is_copied_as_it_is_now() throws InterruptedException {
        try (EventStore writer = EventStores.open(source);
                EventStore reader = EventStores.open(source + "?mode=read")) {
            assertThat(copy().out()).startsWith("copied 3 events");
            long position = writer.append(Append.of(NewEvent.of("order-19", "OrderPlaced", "{}")))
                    .fromPosition();
            // Beside a writer one sees what a further frame has proven, a few milliseconds later.
            assertThat(reader.awaitPosition(position, Duration.ofSeconds(30))).isTrue();
            assertThat(copy().out()).startsWith("copied 1 events (3 already there)");
        }
    }

    @Test
    void a_store_is_not_copied_to_itself() {
        CommandLineRun run =
                CommandLineRun.of("copy", "--from", source, "--to", "log:" + folder.resolve("x/../source/"));

        assertThat(run.err())
                .isEqualTo("everfold: --from and --to name the same store; expected two. Correct one of them.\n");
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @Test
    void a_target_for_reading_only_is_refused() {
        CommandLineRun run = CommandLineRun.of("copy", "--from", source, "--to", target + "?mode=read");

        assertThat(run.err())
                .isEqualTo("everfold: --to names a store that is opened for reading only; expected one that is written"
                        + " to. Leave mode=read out.\n");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(folder.resolve("target")).doesNotExist();
    }

    @Test
    void a_source_that_is_not_there_makes_no_target() {
        CommandLineRun run = CommandLineRun.of("copy", "--from", "log:" + folder.resolve("nowhere"), "--to", target);

        assertThat(run.err())
                .isEqualTo("everfold: There is no store in " + folder.resolve("nowhere")
                        + ". Correct the path, or create a store by appending or importing.\n");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(folder.resolve("target")).doesNotExist();
    }

    @Test
    void a_source_that_cannot_be_copied_makes_no_target() {
        try (EverfoldServer server =
                EverfoldServer.start(new InMemoryEventStore(), ServerOptions.DEFAULTS.withPorts(0, 0))) {
            String served = "everfold://localhost:" + server.grpcPort();

            CommandLineRun run = CommandLineRun.of("copy", "--from", served, "--to", target);

            assertThat(run.err())
                    .isEqualTo("everfold: A store cannot be copied through a server, which does not list tracked"
                            + " positions. Run the copy where the server's store is, or export and import its"
                            + " events.\n");
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(folder.resolve("target")).doesNotExist();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "verify --store SERVER         | A store cannot be verified through a server. Run it where the server's"
                        + " store is, and name that store.",
                "backup --store SERVER there   | A store cannot be backed up through a server. Run it where the"
                        + " server's store is, and name that store.",
                "restore --store SERVER there  | A store cannot be restored through a server. Run it where the server's"
                        + " store is to be, and serve what it made.",
                "copy --from SOURCE --to SERVER | A store cannot be made as a copy through a server. Run the copy where"
                        + " the server's store is to be, and serve what it made."
            })
    void what_needs_the_store_itself_is_not_done_through_a_server(String command, String message) {
        String arguments =
                command.strip().replace("SERVER", "everfold://localhost:1").replace("SOURCE", source);

        CommandLineRun run = CommandLineRun.of(arguments.split(" "));

        assertThat(run.err()).isEqualTo("everfold: " + message + "\n");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void a_target_with_a_history_of_its_own_is_refused_and_stays_as_it_is() {
        append(target, "order-17", "OrderPlaced");
        String before = export(target);

        CommandLineRun run = copy();

        assertThat(run.err())
                .isEqualTo("everfold: The target holds another history than the source: expected lineage "
                        + lineage(source).substring(10) + ", found "
                        + lineage(target).substring(10) + ". Name a target that is not there yet, or an unfinished"
                        + " copy of this source.\n");
        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(export(target)).isEqualTo(before);
    }

    @Test
    void a_target_that_somebody_has_open_is_refused() {
        copy();
        append(source, "order-17", "OrderSent");
        try (EventStore open = EventStores.open(target)) {
            CommandLineRun run = copy();

            assertThat(run.err())
                    .startsWith("everfold: The store in " + folder.resolve("target") + " is open for writing already;")
                    .hasLineCount(1);
            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(open.nextPosition()).isEqualTo(3);
        }
    }

    @Test
    void a_target_whose_engine_cannot_hold_a_copy_is_refused() {
        CommandLineRun run = CommandLineRun.of("copy", "--from", source, "--to", "unlucky:full");

        assertThat(run.err())
                .isEqualTo("everfold: Stores of scheme \"unlucky\" cannot be made as a copy of another one.\n");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void a_full_disk_ends_the_copy_and_tells_what_is_stored() {
        CommandLineRun run = CommandLineRun.of("copy", "--from", source, "--to", "unlucky:full-copy");

        assertThat(run.err())
                .isEqualTo("everfold: No space left for appends in /data; nothing was stored. Free space there;"
                        + " appends then go on.\n");
        assertThat(run.out())
                .matches("copied 0 events \\(0 already there\\) in .*, then stopped: repeat the copy to go on\n");
        assertThat(run.exitCode()).isEqualTo(3);
    }

    @Test
    void the_time_that_scripts_are_told_has_the_comparison_in_it() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Output output = new Output(out);
        Console console = new Console(
                InputStream.nullInputStream(),
                output,
                new Output(new ByteArrayOutputStream()),
                Terminal.none(),
                new Interruption());
        // A clock that goes on by a second whenever it is looked at.
        AtomicLong seconds = new AtomicLong();
        CopyCommand command = new CopyCommand(console, () -> seconds.incrementAndGet() * 1_000_000_000);

        int exitCode = new CommandLine(command).execute("--from", source, "--to", target, "--verify", "--json");

        output.flush();
        assertThat(exitCode).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("\"millis\":" + (seconds.get() - 1) * 1_000 + "}\n");
    }

    @Test
    void a_copy_may_be_made_with_settings_of_its_own() {
        CommandLineRun run = CommandLineRun.of("copy", "--from", source, "--to", target + "?segment=64KiB");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(Files.exists(folder.resolve("target"))).isTrue();
        assertThat(export(target)).isEqualTo(export(source));
    }

    private CommandLineRun copy(String... more) {
        String[] arguments = new String[5 + more.length];
        System.arraycopy(new String[] {"copy", "--from", source, "--to", target}, 0, arguments, 0, 5);
        System.arraycopy(more, 0, arguments, 5, more.length);
        return CommandLineRun.of(arguments);
    }

    private static void append(String store, String stream, String type) {
        CommandLineRun run = CommandLineRun.of(
                "append", "--store", store, "--stream", stream, "--type", type, "--data", "{\"now\":true}");
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private static String export(String store) {
        return CommandLineRun.of("export", "--store", store).out();
    }

    private static String lineage(String store) {
        return CommandLineRun.of("stats", "--store", store).outLines().get(4);
    }
}
