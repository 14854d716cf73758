package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadCommandTest {

    @TempDir
    Path folder;

    String store = "";

    @BeforeEach
    void fillStore() {
        store = "log:" + folder.resolve("store");
        append("order-17", "OrderPlaced", "{\"n\":1}", "2026-01-01T00:00:00Z", "customer:alice", "shop:berlin");
        append("order-18", "OrderPlaced", "{\"cents\":99}", "2026-02-01T00:00:00Z", "customer:bob");
        append("order-17", "OrderPaid", "{}", "2026-03-01T00:00:00.5Z", "customer:alice");
        append("stock", "Counted", "[1,2]", "2026-01-15T00:00:00Z");
    }

    @Test
    void a_table_shows_place_time_and_content() {
        assertThat(read("--stream", "order-17").out()).isEqualTo("""
                        position  revision  time                      stream    type         tags                data
                               0         0  2026-01-01T00:00:00Z      order-17  OrderPlaced  customer:alice,sh…  {"n":1}
                               2         1  2026-03-01T00:00:00.500Z  order-17  OrderPaid    customer:alice      {}
                        """);
    }

    @Test
    void ndjson_is_what_export_writes() {
        CommandLineRun run = read("--format", "ndjson", "--limit", "2");

        assertThat(run.outLines()).hasSize(2);
        assertThat(CommandLineRun.of("export", "--store", store).out()).startsWith(run.out());
    }

    @Test
    void selections_narrow_each_other() {
        assertThat(positions("--category", "order")).isEqualTo("0 1 2");
        assertThat(positions("--type", "OrderPaid", "--type", "Counted")).isEqualTo("2 3");
        assertThat(positions("--tag", "customer:alice")).isEqualTo("0 2");
        assertThat(positions("--tag", "customer:alice", "--tag", "shop:berlin")).isEqualTo("0");
        assertThat(positions("--category", "order", "--type", "OrderPlaced", "--tag", "customer:bob"))
                .isEqualTo("1");
        assertThat(positions("--type", "Unknown")).isEmpty();
    }

    @Test
    void ranges_are_half_open_and_direction_only_orders() {
        assertThat(positions("--from", "1", "--to", "3")).isEqualTo("1 2");
        assertThat(positions("--from", "1", "--to", "3", "--backwards")).isEqualTo("2 1");
        assertThat(positions("--from", "1", "--backwards")).isEqualTo("3 2 1");
        assertThat(positions("--backwards", "--limit", "1")).isEqualTo("3");
        assertThat(positions("--limit", "3")).isEqualTo("0 1 2");
        assertThat(positions("--from", "4")).isEmpty();
    }

    @Test
    void as_of_looks_at_the_occurred_time() {
        assertThat(positions("--as-of", "2026-01-31T00:00:00Z")).isEqualTo("0 3");
        assertThat(positions("--as-of", "2026-02-01T01:00:00+01:00")).isEqualTo("0 1 3");
        assertThat(positions("--as-of", "2026-02-01T00:59:59+01:00")).isEqualTo("0 3");
        assertThat(positions("--as-of", "2026-12-31T00:00:00Z", "--limit", "1", "--backwards"))
                .isEqualTo("3");
        assertThat(positions("--as-of", "2026-01-31T00:00:00Z", "--limit", "1")).isEqualTo("0");
    }

    @Test
    void as_of_takes_the_recorded_time_where_an_event_does_not_say_when_it_occurred() {
        CommandLineRun.of("append", "--store", store, "--stream", "stock", "--type", "Counted", "--data", "[]");

        assertThat(positions("--as-of", "2026-01-31T00:00:00Z")).isEqualTo("0 3");
        assertThat(positions("--as-of", "9999-01-31T00:00:00Z")).isEqualTo("0 1 2 3 4");
    }

    @Test
    void known_at_looks_at_the_recorded_time() {
        String recorded = CommandLineRun.of("export", "--store", store)
                .outLines()
                .get(1)
                .replaceAll(".*\"recordedtime\":\"([^\"]+)\".*", "$1");

        assertThat(positions("--known-at", recorded)).startsWith("0 1").doesNotContain("3");
        assertThat(positions("--known-at", recorded, "--backwards"))
                .endsWith("1 0")
                .doesNotContain("3");
        assertThat(positions("--known-at", "2020-01-01T00:00:00Z")).isEmpty();
        assertThat(positions("--known-at", "9999-01-01T00:00:00Z")).isEqualTo("0 1 2 3");
    }

    @Test
    void a_stream_that_is_not_there_is_an_error() {
        CommandLineRun run = read("--stream", "order-71");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .isEqualTo("everfold: Stream \"order-71\" is not there: it has no events. Look for its name with"
                        + " everfold read --category, or correct it.\n");
    }

    @Test
    void a_stream_of_which_nothing_is_selected_is_no_error() {
        CommandLineRun run = read("--stream", "order-17", "--type", "Unknown");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out() + run.err()).isEmpty();
    }

    @Test
    void reading_beyond_the_end_is_refused() {
        CommandLineRun run = read("--from", "5");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("everfold: Read from position 5 refused: the log ends at next position 4. The position is of"
                        + " another store or from before a restore; compare the lineage.\n");
    }

    @Test
    void what_an_event_holds_cannot_steer_the_terminal() {
        append("evil-\u001b[2J", "T\u202e", "\"\\u001b\u009b\"", "2026-01-01T00:00:00Z", "a\tb");

        String out = read("--from", "4").out();

        assertThat(out).contains("evil-\\u001b[2J", "T\\u202e", "a\\tb", "\"\\u001b\\u009b\"");
        assertThat(out.replace("\n", "")).matches("\\P{Cntrl}*");
    }

    @Test
    void commands_that_read_never_create_a_store() {
        for (String command : new String[] {"read", "export", "tail", "audit", "stats", "verify"}) {
            CommandLineRun run = CommandLineRun.of(command, "--store", "log:" + folder.resolve("nowhere"));

            assertThat(run.exitCode()).as(command).isEqualTo(3);
            assertThat(run.err()).as(command).startsWith("everfold: ").hasLineCount(1);
            assertThat(Files.exists(folder.resolve("nowhere"))).isFalse();
        }
    }

    private CommandLineRun read(String... more) {
        String[] args = new String[more.length + 3];
        System.arraycopy(new String[] {"read", "--store", store}, 0, args, 0, 3);
        System.arraycopy(more, 0, args, 3, more.length);
        return CommandLineRun.of(args);
    }

    private String positions(String... more) {
        CommandLineRun run = read(more);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return String.join(
                " ",
                run.outLines().stream()
                        .skip(1)
                        .map(row -> row.strip().split(" ", -1)[0])
                        .toList());
    }

    private void append(String stream, String type, String data, String occurred, String... tags) {
        String[] args = new String[11 + 2 * tags.length];
        String[] fixed = {
            "append", "--store", store, "--stream", stream, "--type", type, "--data", data, "--occurred", occurred
        };
        System.arraycopy(fixed, 0, args, 0, fixed.length);
        for (int i = 0; i < tags.length; i++) {
            args[11 + 2 * i] = "--tag";
            args[12 + 2 * i] = tags[i];
        }
        CommandLineRun run = CommandLineRun.of(args);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }
}
