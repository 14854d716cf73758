package dev.everfold.cli;

import static dev.everfold.cli.CommandLineRun.line;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportCommandTest {

    private static final String MALFORMED = "Attribute \"specversion\" is missing; expected \"1.0\". Add it.";

    @TempDir
    Path folder;

    String store = "";

    @BeforeEach
    void nameStore() {
        store = "log:" + folder.resolve("store");
    }

    @Test
    void files_and_standard_input_are_imported_in_the_order_given() throws IOException {
        String first = file("first.ndjson", line("1", "order-17", "OrderPlaced", ""));
        String third = file("third.ndjson", line("3", "order-17", "OrderShipped", ""));

        CommandLineRun run = CommandLineRun.withInput(
                line("2", "order-17", "OrderPaid", ""), "import", "--store", store, first, "-", third);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(types()).isEqualTo("OrderPlaced OrderPaid OrderShipped");
    }

    @Test
    void a_repeated_event_is_stored_once_also_within_one_file() {
        String lines = line("1", "order-17", "OrderPlaced", "")
                + line("2", "order-17", "OrderPaid", "")
                + line("1", "order-17", "OrderPlaced", "");

        CommandLineRun first = imported(lines);
        CommandLineRun again = imported(lines + line("3", "order-17", "OrderShipped", ""));

        assertThat(first.out()).startsWith("imported 2 events (1 already there) in ");
        assertThat(again.out()).startsWith("imported 1 events (3 already there) in ");
        assertThat(types()).isEqualTo("OrderPlaced OrderPaid OrderShipped");
    }

    @Test
    void a_malformed_line_stops_the_import_after_what_stands_before_it() throws IOException {
        String file = file(
                "history.ndjson",
                line("1", "order-17", "OrderPlaced", "") + "\n{}\n" + line("2", "order-17", "OrderPaid", ""));

        CommandLineRun run = CommandLineRun.of("import", "--store", store, file);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("everfold: " + file + ":3: " + MALFORMED + "\n");
        assertThat(run.out())
                .matches("imported 1 events \\(0 already there\\) in .* a second, then stopped: repeat the import to"
                        + " go on\n");
        assertThat(types()).isEqualTo("OrderPlaced");
    }

    @Test
    void malformed_lines_are_reported_and_left_out_when_that_is_wanted() {
        CommandLineRun run = CommandLineRun.withInput(
                "{}\n" + line("1", "order-17", "OrderPlaced", "") + "\u001b[31m\n",
                "import",
                "--store",
                store,
                "--skip-malformed",
                "-");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err())
                .isEqualTo("everfold: stdin:1: " + MALFORMED + "\n"
                        + "everfold: stdin:3: The line does not begin with a JSON object; expected one CloudEvent as"
                        + " one JSON object. Correct the line.\n");
        assertThat(run.out()).contains("imported 1 events (0 already there), left out 2 malformed lines in ");
    }

    @Test
    void a_number_of_lines_above_a_batch_is_stored_up_to_the_malformed_one() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1_777; i++) {
            lines.append(line("id-" + i, "order-" + i % 7, "OrderPlaced", ",\"data\":" + i));
        }

        CommandLineRun run = CommandLineRun.withInput(
                lines + "no\n" + line("x", "order-1", "OrderPaid", ""), "import", "--store", store, "--json", "-");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .startsWith("{\"imported\":1777,\"alreadyThere\":0,\"malformed\":0,\"complete\":false,\"millis\":");
        assertThat(run.err()).startsWith("everfold: stdin:1778: ").hasLineCount(1);
        CommandLineRun exported = CommandLineRun.of("export", "--store", store);
        assertThat(exported.outLines()).hasSize(1_777);
        assertThat(exported.outLines().get(1_776)).endsWith("\"data\":1776}");
    }

    @Test
    void an_event_above_the_limits_of_the_store_is_a_malformed_line() {
        CommandLineRun run = CommandLineRun.withInput(
                line("1", "order-17", "OrderPlaced", "") + line("2", "o".repeat(1_025), "OrderPaid", ""),
                "import",
                "--store",
                store,
                "-");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("everfold: stdin:2: Stream \"oooooooooooooooooooo…\" has 1025 bytes; the limit is 1024"
                        + " (Limits.nameBytesMax). Shorten it.\n");
        assertThat(types()).isEqualTo("OrderPlaced");
    }

    @Test
    void a_line_of_any_length_does_not_fill_the_memory() {
        CommandLineRun run = CommandLineRun.withInput(
                line("1", "order-17", "OrderPlaced", "") + "x".repeat(8 << 20) + "\n"
                        + line("2", "order-17", "OrderPaid", ""),
                "import",
                "--store",
                store,
                "--skip-malformed",
                "-");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err())
                .isEqualTo("everfold: stdin:2: The line is longer than 7340032 bytes, so its event cannot be stored."
                        + " Store large data elsewhere and append a link.\n");
        assertThat(types()).isEqualTo("OrderPlaced OrderPaid");
    }

    @Test
    void compressed_input_is_known_by_its_content() throws IOException {
        byte[] compressed = gzip(line("1", "order-17", "OrderPlaced", ""));
        Path file = Files.write(folder.resolve("history"), compressed);

        CommandLineRun.of("import", "--store", store, file.toString());
        CommandLineRun run = CommandLineRun.withInput(compressed, "import", "--store", store, "-");

        assertThat(run.out()).startsWith("imported 0 events (1 already there) in ");
    }

    @Test
    void a_compressed_file_that_is_cut_off_is_imported_up_to_there() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            lines.append(line("id-" + i, "order-" + i % 7, "OrderPlaced", ""));
        }
        byte[] compressed = gzip(lines.toString());
        Path file = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(compressed, compressed.length / 2));

        CommandLineRun run = CommandLineRun.of("import", "--store", store, "--json", file.toString());

        int stored = CommandLineRun.of("export", "--store", store).outLines().size();
        assertThat(stored).isBetween(5_000, 15_000);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).startsWith("{\"imported\":" + stored + ",");
        assertThat(run.err())
                .isEqualTo("everfold: " + file + ":" + (stored + 1) + ": the compressed data ends too early; expected a"
                        + " whole gzip file. The lines before were imported: get the file again and repeat the"
                        + " import.\n");
    }

    @Test
    void a_compressed_file_that_is_damaged_is_imported_up_to_there() throws IOException {
        byte[] compressed = gzip(line("1", "order-17", "OrderPlaced", ""));
        compressed[compressed.length - 5] ^= 1;
        Path file = Files.write(folder.resolve("damaged.gz"), compressed);

        CommandLineRun run = CommandLineRun.of("import", "--store", store, file.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("damaged.gz:2: the compressed data is damaged; expected a whole gzip file.");
        assertThat(types()).isEqualTo("OrderPlaced");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1 << 16})
    void compressed_parts_one_after_another_are_one_input(int bytesARead) throws IOException {
        byte[] parts = joined(
                gzip(line("1", "order-17", "OrderPlaced", "")),
                gzip(line("2", "order-17", "OrderPaid", "")),
                new byte[512]);

        CommandLineRun run = importedSlowly(parts, bytesARead);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(types()).isEqualTo("OrderPlaced OrderPaid");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 5", "1, 200", "65536, 1", "65536, 5", "65536, 200"})
    void a_next_compressed_part_that_does_not_begin_as_one_is_damage(int bytesARead, int bytesOfIt) throws IOException {
        byte[] next = bytesOfIt > 9 ? new byte[bytesOfIt] : gzip(line("2", "order-17", "OrderPaid", ""));
        next[next.length - 1] |= 1;
        byte[] parts = joined(gzip(line("1", "order-17", "OrderPlaced", "")), Arrays.copyOf(next, bytesOfIt));

        CommandLineRun run = importedSlowly(parts, bytesARead);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("everfold: stdin:2: the compressed data is damaged; expected a whole gzip file. The lines"
                        + " before were imported: get the file again and repeat the import.\n");
        assertThat(types()).isEqualTo("OrderPlaced");
    }

    @Test
    @Timeout(60)
    void an_input_that_fails_unexpectedly_ends_the_import_after_what_stands_before_it() {
        InputStream failing = new SequenceInputStream(
                new ByteArrayInputStream(
                        line("1", "order-17", "OrderPlaced", "").getBytes(StandardCharsets.UTF_8)),
                new FilterInputStream(InputStream.nullInputStream()) {
                    @Override
                    public int read(byte[] bytes, int from, int length) {
                        throw new IllegalStateException("out of order");
                    }
                });

        CommandLineRun run = importedFrom(failing);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("everfold: something that should not happen: java.lang.IllegalStateException: out of order."
                        + " Repeat it with --debug and report it.\n");
        assertThat(types()).isEqualTo("OrderPlaced");
    }

    @Test
    void ends_of_lines_of_windows_byte_order_mark_and_a_missing_last_end_are_no_matter() {
        CommandLineRun run =
                imported("\ufeff" + line("1", "order-17", "OrderPlaced", "").replace("\n", "\r\n") + "\r\n"
                        + line("2", "order-17", "OrderPaid", "").strip());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(types()).isEqualTo("OrderPlaced OrderPaid");
    }

    @Test
    void nothing_is_imported_when_one_of_the_files_is_not_there() throws IOException {
        String first = file("first.ndjson", line("1", "order-17", "OrderPlaced", ""));

        CommandLineRun run = CommandLineRun.of("import", "--store", store, first, folder + "/second.ndjson");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("everfold: File \"" + folder + "/second.ndjson\" is not there; expected a file of"
                        + " CloudEvents, one a line. Nothing was imported. Correct its name.\n");
        assertThat(Files.exists(folder.resolve("store"))).isFalse();
    }

    @Test
    void an_empty_file_is_imported_as_nothing() throws IOException {
        CommandLineRun run = CommandLineRun.of("import", "--store", store, file("empty.ndjson", ""));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("imported 0 events (0 already there) in ");
    }

    @Test
    void with_mode_existing_no_store_is_created() {
        CommandLineRun run = CommandLineRun.withInput("", "import", "--store", store + "?mode=existing", "-");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).startsWith("everfold: There is no store in ").hasLineCount(1);
        assertThat(Files.exists(folder.resolve("store"))).isFalse();
    }

    private CommandLineRun imported(String lines) {
        return CommandLineRun.withInput(lines, "import", "--store", store, "-");
    }

    /// From an input that gives so many bytes at a time, and never says how many more there are.
    private CommandLineRun importedSlowly(byte[] input, int bytesARead) {
        return importedFrom(new FilterInputStream(new ByteArrayInputStream(input)) {
            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                return super.read(bytes, from, Math.min(length, bytesARead));
            }

            @Override
            public int available() {
                return 0;
            }
        });
    }

    private CommandLineRun importedFrom(InputStream input) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = Main.run(new String[] {"import", "--store", store, "-"}, input, out, err);
        return new CommandLineRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static byte[] joined(byte[]... parts) throws IOException {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.write(part);
        }
        return joined.toByteArray();
    }

    private String file(String name, String lines) throws IOException {
        return Files.writeString(folder.resolve(name), lines).toString();
    }

    private String types() {
        return String.join(
                " ",
                CommandLineRun.of("export", "--store", store).outLines().stream()
                        .map(line -> line.replaceAll(".*\"type\":\"([^\"]+)\".*", "$1"))
                        .toList());
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
