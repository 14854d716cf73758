package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest {

    private static final String APPEND = "append --stream order-17 --type OrderPlaced --data {} --store unlucky:";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stats --store unlucky:busy      | 3 | The store is in use. Close it there.",
                "stats --store unlucky:torn      | 3 | The store is damaged. Restore a backup.",
                "stats --store unlucky:parameter | 2 | Parameter \"x\" is unknown.",
                "read --store unlucky:rotten     | 1 | Record at position 3 is corrupt. Verify the store.",
                APPEND + "full    | 3 | No space left for appends in /data; nothing was stored. Free space there;"
                        + " appends then go on.",
                APPEND + "unknown | 3 | The disk failed; whether the append is stored is unknown. Repeat it with the"
                        + " same append id.",
                APPEND + "bug     | 1 | something that should not happen: java.lang.IllegalStateException: bug. Repeat"
                        + " it with --debug and report it.",
                "backup --store unlucky: there   | 3 | The directory is not empty. Choose another.",
                "restore --store unlucky: there  | 1 | Stores of scheme \"unlucky\" keep nothing to restore."
            })
    void each_failure_is_one_line_and_an_exit_code(String command, int exitCode, String message) {
        CommandLineRun run = CommandLineRun.of(command.strip().split(" +", -1));

        assertThat(run.exitCode()).isEqualTo(exitCode);
        assertThat(run.err()).isEqualTo("everfold: " + message + "\n");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void a_stack_trace_is_shown_only_when_it_is_wanted() {
        CommandLineRun run = CommandLineRun.of("stats", "--store", "unlucky:busy", "--debug");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .startsWith("dev.everfold.eventstore.StoreUnavailableException: ")
                .contains("\tat dev.everfold.cli.")
                .endsWith("everfold: The store is in use. Close it there.\n");
    }

    @Test
    void an_import_that_fails_says_what_was_stored() {
        CommandLineRun run = CommandLineRun.withInput(
                CommandLineRun.line("1", "order-17", "OrderPlaced", ""), "import", "--store", "unlucky:full", "-");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).startsWith("imported 0 events (0 already there) in ");
        assertThat(run.err())
                .startsWith("everfold: No space left for appends in /data;")
                .hasLineCount(1);
    }

    @Test
    void damages_fail_the_verification() {
        CommandLineRun run = CommandLineRun.of("verify", "--store", "unlucky:");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEqualTo("""
                        checked  17 events: checksums.
                        note     An unfinished append at the end.
                        damage   a\\nb.log at byte 80: checksum 0x1 expected, 0x2 found.
                        FAILED   17 events, 4,096 bytes, 1 damages
                        """);
        assertThat(run.err()).isEmpty();
    }

    @Test
    void damages_are_told_to_scripts() {
        CommandLineRun run = CommandLineRun.of("verify", "--store", "unlucky:", "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .isEqualTo("{\"passed\":false,\"events\":17,\"bytes\":4096,\"checked\":[\"17 events: checksums.\"],"
                        + "\"notes\":[\"An unfinished append at the end.\"],\"damages\":[{\"file\":\"a\\nb.log\","
                        + "\"offset\":80,\"what\":\"checksum 0x1 expected, 0x2 found.\"}]}\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify --store unlucky:rubble", "verify --store unlucky:rubble --json"})
    void damages_fail_the_verification_also_when_the_reader_has_seen_enough(String command) {
        CommandLineRun run = runWithFailingOutput("Broken pipe", command.split(" ", -1));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "verify --store unlucky:",
                "backup --store unlucky: there",
                "restore --store unlucky: there",
            })
    void what_is_interrupted_ends_at_once(String command) {
        CommandLineRun run = CommandLineRun.interrupted(command.split(" ", -1));

        assertThat(run.exitCode()).isEqualTo(130);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--version", "read --help"})
    void help_that_cannot_be_written_is_a_failure_as_any_output(String command) {
        CommandLineRun full = runWithFailingOutput("No space left on device", command.split(" ", -1));
        CommandLineRun read = runWithFailingOutput("Broken pipe", command.split(" ", -1));

        assertThat(full.exitCode()).isEqualTo(3);
        assertThat(full.err())
                .isEqualTo("everfold: the output cannot be written: No space left on device. Make room or write"
                        + " elsewhere.\n");
        assertThat(read.exitCode()).isZero();
        assertThat(read.err()).isEmpty();
    }

    @Test
    void a_reader_that_went_away_is_no_failure() {
        CommandLineRun run = runWithFailingOutput("Broken pipe", "export", "--store", filledStore());

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
    }

    @Test
    void an_output_that_is_full_is_a_failure() {
        CommandLineRun run = runWithFailingOutput("No space left on device", "export", "--store", filledStore());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .isEqualTo("everfold: the output cannot be written: No space left on device. Make room or write"
                        + " elsewhere.\n");
    }

    @Test
    void an_output_file_that_cannot_be_made_is_a_failure() {
        CommandLineRun run =
                CommandLineRun.of("export", "--store", filledStore(), "--output", folder + "/nowhere/x.ndjson");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .startsWith("everfold: the output cannot be written: ")
                .hasLineCount(1);
    }

    @Test
    void an_export_that_fails_leaves_the_file_of_before() throws IOException {
        Path file = Files.writeString(folder.resolve("history.ndjson"), "before");

        CommandLineRun run = CommandLineRun.of("export", "--store", "unlucky:rotten", "--output", file.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("everfold: Record at position 3 is corrupt. Verify the store.\n");
        assertThat(file).hasContent("before");
        assertThat(folder.resolve("history.ndjson.partial")).doesNotExist();
    }

    @Test
    void what_is_no_file_is_not_replaced_by_an_export() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));

        CommandLineRun run = CommandLineRun.of("export", "--store", filledStore(), "--output", other.toString());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .isEqualTo("everfold: \"" + other + "\" is not a file, and would be replaced by one; expected the name"
                        + " of a file. Leave --output out to write to standard output.\n");
        assertThat(other).isEmptyDirectory();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void a_pipe_is_not_replaced_by_an_export() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        CommandLineRun run = CommandLineRun.of("export", "--store", filledStore(), "--output", pipe.toString());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(Files.readAttributes(pipe, BasicFileAttributes.class).isOther())
                .isTrue();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void of_a_link_what_it_leads_to_is_replaced_by_an_export() throws IOException {
        Path file = Files.writeString(folder.resolve("history.ndjson"), "before");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("history.ndjson"));

        CommandLineRun run = CommandLineRun.of("export", "--store", filledStore(), "--output", link.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(link).isSymbolicLink();
        assertThat(file).content().startsWith("{\"specversion\":\"1.0\",").hasLineCount(1);
    }

    @Test
    void a_file_that_is_being_written_is_left_alone() throws IOException {
        Path file = folder.resolve("history.ndjson");
        Path partial = Files.writeString(folder.resolve("history.ndjson.partial"), "what there is so far");

        CommandLineRun during;
        try (FileChannel another = FileChannel.open(partial, StandardOpenOption.WRITE);
                FileLock _ = another.lock()) {
            during = CommandLineRun.of("export", "--store", filledStore(), "--output", file.toString());
        }
        String left = Files.readString(partial);
        CommandLineRun after = CommandLineRun.of("export", "--store", filledStore(), "--output", file.toString());

        assertThat(during.exitCode()).isEqualTo(3);
        assertThat(during.err())
                .isEqualTo("everfold: \"" + partial + "\" is being written by another export; expected one at a time."
                        + " Wait until it has ended, or name another file.\n");
        assertThat(left).isEqualTo("what there is so far");
        assertThat(after.exitCode()).as(after.err()).isZero();
        assertThat(file).content().startsWith("{").hasLineCount(2);
        assertThat(partial).doesNotExist();
    }

    private String filledStore() {
        String store = "log:" + folder.resolve("store");
        CommandLineRun.of("append", "--store", store, "--stream", "order-17", "--type", "OrderPlaced", "--data", "{}");
        return store;
    }

    private static CommandLineRun runWithFailingOutput(String reason, String... args) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(reason);
            }
        };
        return new CommandLineRun(
                Main.run(args, InputStream.nullInputStream(), out, err), "", err.toString(StandardCharsets.UTF_8));
    }
}
