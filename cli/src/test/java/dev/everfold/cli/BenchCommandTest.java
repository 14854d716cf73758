package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.cli.bench.Benchmark;
import dev.everfold.cli.bench.Row;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.server.EverfoldServer;
import dev.everfold.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {

    private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]+)\"");

    @TempDir
    Path folder;

    @Test
    void every_row_is_measured_and_nothing_is_left_behind() throws IOException {
        CommandLineRun run = bench("--store", "log:" + folder, "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .startsWith("{\"rounds\":1,\"seconds\":0.01,\"processors\":")
                .hasLineCount(1);
        assertThat(names(run.out())).isEqualTo(expectedNames());
        assertThat(run.out()).doesNotContain("\"perSecond\":0,", "\"perSecond\":0.0,", "\"lowest\":0.0,");
        assertThat(contents()).isEmpty();
    }

    @Test
    void the_table_fits_100_columns_and_says_what_each_row_is() {
        CommandLineRun run = bench("--store", "log:" + folder);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.outLines()).allMatch(line -> line.length() <= 100 && !line.endsWith(" "));
        assertThat(run.out())
                .startsWith("Medians of 1 round(s) of 0.01 s a row; ")
                .contains(
                        "\nRaw disk: one thread overwrites 4 KiB of a file of zeros, fdatasync after each\n",
                        "\nDurable appends, clients × events of 256 bytes; limit = bare writer (no names, no index)\n",
                        "\nConditional appends; limit = the same clients without a condition\n",
                        "\nReads by one thread, every field decoded, checksums checked; limit = bare reader\n",
                        "per second     spread  p50 µs  p99 µs       limit  p99 µs ÷limit   ÷raw\n");
        assertThat(run.err()).startsWith("making files for the bare writer and reader\nwarming up: write 4 KiB");
    }

    @Test
    void a_store_that_is_there_stays_as_it_is() throws IOException {
        CommandLineRun.withInput(CommandLineRun.line("1", "s", "t", ""), "import", "--store", "log:" + folder, "-");
        List<String> before = contents();

        CommandLineRun run = bench("--store", "log:" + folder);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(contents()).isEqualTo(before);
        assertThat(CommandLineRun.of("stats", "--store", "log:" + folder, "--json")
                        .out())
                .startsWith("{\"events\":1,");
    }

    @Test
    void a_folder_that_was_not_there_is_not_there_after() {
        CommandLineRun run = bench("--store", "log:" + folder.resolve("new"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(folder.resolve("new")).doesNotExist();
    }

    @Test
    void an_engine_that_keeps_nothing_is_measured_without_reopening() {
        CommandLineRun run = bench("--store", "memory:", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(names(run.out())).contains("full scan").noneMatch(name -> name.startsWith("reopen"));
    }

    @Test
    void a_folder_that_cannot_be_written_is_said_in_one_line() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        CommandLineRun run = CommandLineRun.of("bench", "--store", "log:" + file.resolve("in"));

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .isEqualTo("everfold: the bench cannot work in " + file.resolve("in") + ": a folder is expected where a"
                        + " file is. Name another folder with --store.\n");
    }

    @Test
    @Tag("heavy") // a hundred thousand events a row
    void a_served_store_is_measured_when_it_is_empty_and_refused_when_it_is_not() throws Exception {
        try (EverfoldServer server =
                EverfoldServer.start(new InMemoryEventStore(), ServerOptions.DEFAULTS.withPorts(0, 0))) {
            String served = "everfold://localhost:" + server.grpcPort();

            List<Row> rows = new Benchmark(StoreUri.parse(served), 1, Duration.ofMillis(10), 11_000).run(_ -> {});
            CommandLineRun again = CommandLineRun.of("bench", "--store", served, "--quick", "--seconds", "0.01");

            assertThat(rows)
                    .extracting(Row::name)
                    .contains(
                            "next position",
                            "1024 ×   1",
                            "full scan",
                            "BatchAppend, 1024 ×   1",
                            "append and wake 1 of 1,000");
            assertThat(rows).allSatisfy(row -> assertThat(row.perSecond()).isPositive());
            assertThat(again.exitCode()).isEqualTo(2);
            assertThat(again.err())
                    .matches("everfold: The store of everfold://localhost:[0-9]+ holds [0-9]+ events; expected an empty"
                            + " one, since what the bench appends stays there\\. Serve a new store\\.\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rounds 0 | --rounds 0 --seconds 1.0; expected 1..100 and 0.01..60.",
                "--seconds 61 | --rounds 3 --seconds 61.0; expected 1..100 and 0.01..60.",
                "--seconds NaN --quick | --rounds 1 --seconds NaN; expected 1..100 and 0.01..60.",
                "--store x | \"x\" is not a store URI; expected SCHEME:…, for example log:DIRECTORY.",
                "--store log://host/x | Store URI \"log://host/x\" names a host; expected a folder to make a store in,"
                        + " or none.",
            })
    void each_misuse_is_one_line_and_exit_code_2(String options, String message) {
        CommandLineRun run = CommandLineRun.of(("bench " + options).split(" ", -1));

        assertThat(run.err()).isEqualTo("everfold: " + message + "\n");
        assertThat(run.exitCode()).isEqualTo(2);
    }

    private static CommandLineRun bench(String... more) {
        List<String> arguments = new ArrayList<>(List.of("bench", "--quick", "--seconds", "0.01"));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private List<String> contents() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> !path.equals(folder))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }

    private static List<String> names(String json) {
        List<String> names = new ArrayList<>();
        Matcher matcher = NAME.matcher(json);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static List<String> expectedNames() {
        List<String> names = new ArrayList<>(List.of("write 4 KiB + fdatasync"));
        for (int events : new int[] {1, 10, 100}) {
            for (int clients : new int[] {1, 8, 64, 256, 1_024}) {
                names.add("%4d × %3d".formatted(clients, events).strip());
            }
        }
        names.addAll(List.of(
                "1 ×   1 StreamAt",
                "1 ×   1 NothingMatching",
                "64 ×   1 StreamAt",
                "64 ×   1 NothingMatching",
                "one NothingMatching more",
                "reopen, 100,000 events",
                "stream of 10",
                "stream of 1000",
                "full scan",
                "scan by type, 1 of 10 match",
                "scan by tag, 1 of 100 match",
                "look-up by id"));
        return names;
    }
}
