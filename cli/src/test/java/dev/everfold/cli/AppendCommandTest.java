package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppendCommandTest {

    private static final String ID = "0199b1f6-e9cf-7eeb-aa49-ef0cfa75a30d";

    @TempDir
    Path folder;

    String store = "";

    @BeforeEach
    void nameStore() {
        store = "log:" + folder.resolve("store");
    }

    @Test
    void it_says_where_the_event_stands() {
        assertThat(append("order-17", "{}").out()).isEqualTo("appended to order-17: position 0, revision 0\n");
        assertThat(append("order-18", "{}").out()).isEqualTo("appended to order-18: position 1, revision 0\n");
        assertThat(append("order-17", "{}", "--json", "--id", ID).out())
                .isEqualTo("{\"stream\":\"order-17\",\"id\":\"" + ID + "\",\"position\":2,\"revision\":1}\n");
    }

    @Test
    void every_part_of_the_event_is_stored() {
        CommandLineRun run = append(
                "order-17",
                "{\"cents\" : 1250}",
                "--tag",
                "customer:42",
                "--tag",
                "shop:berlin",
                "--occurred",
                "2026-03-01T10:30:00+01:00",
                "--metadata",
                "{\"source\":\"/shop\",\"actor\":\"alice\"}",
                "--id",
                ID);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(exported())
                .startsWith("{\"specversion\":\"1.0\",\"id\":\"" + ID + "\",\"source\":\"/shop\","
                        + "\"type\":\"OrderPlaced\",\"subject\":\"order-17\",\"time\":\"2026-03-01T09:30:00Z\","
                        + "\"datacontenttype\":\"application/json\",\"tags\":\"customer:42,shop:berlin\","
                        + "\"actor\":\"alice\",\"position\":0,\"revision\":0,")
                .endsWith("\"data\":{\"cents\" : 1250}}\n");
    }

    @Test
    void data_may_come_from_standard_input_or_a_file() throws IOException {
        Path file = Files.writeString(folder.resolve("data.json"), "[2, \"two words\"]");

        CommandLineRun.withInput(
                "[1]", "append", "--store", store, "--stream", "order-17", "--type", "OrderPlaced", "--data", "-");
        append("order-17", "@" + file);
        append("order-17", "-5");
        append("order-17", "größer", "--content-type", "text/plain");

        assertThat(exported())
                .contains("\"data\":[1]}", "\"data\":[2, \"two words\"]}")
                .contains("\"data\":-5}", "\"data\":\"größer\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "order-17, none,   0, ''",
        "order-17, 0,      0, ''",
        "order-17, exists, 0, ''",
        "order-17, any,    0, ''",
    })
    void expectations_that_hold_let_the_event_in(String stream, String expected, int exitCode, String err) {
        if (!expected.equals("none")) {
            append(stream, "{}");
        }

        CommandLineRun run = append(stream, "{}", "--expect", expected);

        assertThat(run.exitCode()).isEqualTo(exitCode);
        assertThat(run.err()).isEqualTo(err);
    }

    @ParameterizedTest
    @CsvSource({
        "order-17, none,   'expected no stream, found 0'",
        "order-17, 4,      'expected revision 4, found 0'",
        "order-18, exists, 'expected an existing stream, found no stream'",
        "order-18, 0,      'expected revision 0, found no stream'",
    })
    void expectations_that_do_not_hold_are_a_conflict(String stream, String expected, String found) {
        append("order-17", "{}");

        CommandLineRun run = append(stream, "{}", "--expect", expected);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .isEqualTo("everfold: Append to stream \"" + stream + "\" refused: " + found
                        + ". Read the stream again and repeat the command.\n");
    }

    @Test
    void a_repeat_with_the_same_append_id_is_harmless() {
        String[] ids = {"--id", ID, "--append-id", "0199b1f6-e9cf-7eeb-aa49-ef0cfa75a30e", "--expect", "none"};

        CommandLineRun first = append("order-17", "{}", ids);
        CommandLineRun again = append("order-17", "{}", ids);

        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(again).isEqualTo(first);
        assertThat(exported()).hasLineCount(1);
    }

    @Test
    void data_that_is_not_json_is_refused() {
        CommandLineRun run = append("order-17", "{'cents':1250}");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("everfold: The data is not valid JSON; nothing was appended. Correct it, or say what it is"
                        + " with --content-type.\n");
        assertThat(Files.exists(folder.resolve("store"))).isFalse();
    }

    @Test
    void a_file_that_is_not_there_is_refused() {
        CommandLineRun run = append("order-17", "@nowhere.json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo(
                        "everfold: The data cannot be read from \"@nowhere.json\": there is no such file; nothing was"
                                + " appended. Correct its name, or name another one.\n");
    }

    @Test
    void data_above_the_limit_is_refused() {
        CommandLineRun run = CommandLineRun.withInput(
                "\"" + "x".repeat(1 << 20) + "\"",
                "append",
                "--store",
                store,
                "--stream",
                "order-17",
                "--type",
                "OrderPlaced",
                "--data",
                "-");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("everfold: Event \"OrderPlaced\" has 1048578 bytes; the limit is 1048576"
                        + " (Limits.eventBytesMax). Store large data elsewhere and append a link.\n");
    }

    @Test
    void an_input_without_an_end_is_read_no_further_than_any_store_takes() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] bytes, int from, int length) {
                Arrays.fill(bytes, from, from + length, (byte) 'x');
                return length;
            }
        };

        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = Main.run(appendOfInput(), endless, OutputStream.nullOutputStream(), err);

        assertThat(exitCode).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        "everfold: The data in \"-\" is longer than 16777216 bytes, which no store takes; nothing was"
                                + " appended. Store large data elsewhere and append a link.\n");
        assertThat(folder.resolve("store")).doesNotExist();
    }

    @Test
    void who_interrupts_it_while_it_waits_for_its_input_does_not_wait() {
        Interruption interruption = new Interruption();
        int whileWorking = interruption.endSecondsMax();
        List<Integer> whileWaiting = new ArrayList<>();
        InputStream waiting = new FilterInputStream(InputStream.nullInputStream()) {
            @Override
            public int read(byte[] bytes, int from, int length) {
                whileWaiting.add(interruption.endSecondsMax());
                return -1;
            }
        };
        Console console = new Console(
                waiting,
                new Output(OutputStream.nullOutputStream()),
                new Output(OutputStream.nullOutputStream()),
                Terminal.none(),
                interruption);

        Main.run(appendOfInput(), console);

        assertThat(whileWaiting).isNotEmpty().containsOnly(0);
        assertThat(interruption.endSecondsMax()).isEqualTo(whileWorking).isPositive();
    }

    private String[] appendOfInput() {
        return new String[] {"append", "--store", store, "--stream", "order-17", "--type", "OrderPlaced", "--data", "-"
        };
    }

    private CommandLineRun append(String stream, String data, String... more) {
        List<String> args = new ArrayList<>(
                List.of("append", "--store", store, "--stream", stream, "--type", "OrderPlaced", "--data", data));
        args.addAll(List.of(more));
        return CommandLineRun.of(args.toArray(String[]::new));
    }

    private String exported() {
        return CommandLineRun.of("export", "--store", store).out();
    }
}
