package dev.everfold.cli;

import static dev.everfold.cli.CommandLineRun.line;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.cli.bench.Benchmark;
import dev.everfold.cli.bench.Row;
import dev.everfold.eventstore.StoreUri;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The commands on PostgreSQL: they say what they say of a log.
@Timeout(120)
class PostgresCommandsTest {

    private static final String HISTORY =
            line("1", "order-17", "OrderPlaced", ",\"tags\":\"customer:42\",\"data\":{\"cents\":1250}")
                    + line("2", "order-18", "OrderPlaced", ",\"time\":\"2026-03-01T09:30:00Z\"")
                    + line("3", "order-17", "OrderPaid", "");

    private static EmbeddedPostgres server;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setOverrideWorkingDirectory(folder.resolve("programs").toFile())
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setErrorRedirector(Redirect.DISCARD)
                .setOutputRedirector(Redirect.DISCARD)
                .start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static String store(String schema) {
        return database() + "?schema=" + schema;
    }

    private static String database() {
        return "postgresql://postgres@localhost:" + server.getPort() + "/postgres";
    }

    private static CommandLineRun run(String command, String store, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command, "--store", store));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private static String answer(String command, String store, String... more) {
        CommandLineRun run = run(command, store, more);
        assertThat(run.err()).as(command).isEmpty();
        assertThat(run.exitCode()).as(command).isZero();
        return run.out();
    }

    private static void importHistory(String store) {
        CommandLineRun run = CommandLineRun.withInput(HISTORY, "import", "--store", store, "-");
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @Test
    void a_history_reads_and_exports_as_from_a_log_it_was_copied_to() {
        String original = store("history");
        String copied = "log:" + folder.resolve("copied");
        importHistory(original);

        CommandLineRun copy = CommandLineRun.of("copy", "--from", original, "--to", copied);

        assertThat(copy.exitCode()).as(copy.err()).isZero();
        assertThat(answer("read", original))
                .isEqualTo(answer("read", copied))
                .contains("order-17", "OrderPaid", "customer:42");
        assertThat(answer("read", original, "--stream", "order-17", "--format", "ndjson"))
                .isEqualTo(answer("read", copied, "--stream", "order-17", "--format", "ndjson"))
                .hasLineCount(2);
        assertThat(answer("export", original))
                .isEqualTo(answer("export", copied))
                .hasLineCount(3);
        assertThat(answer("audit", original, "--stream", "order-17"))
                .isEqualTo(answer("audit", copied, "--stream", "order-17"))
                .contains("OrderPlaced");
    }

    @Test
    void statistics_and_verification_speak_of_the_schema() {
        String store = store("figures");
        importHistory(store);

        assertThat(answer("stats", store)).contains("3");
        assertThat(answer("verify", store)).contains("3 events", "the newest remembered append ends the log");
    }

    @Test
    void an_append_that_expected_another_revision_is_refused_and_stores_nothing() {
        String store = store("refusals");
        importHistory(store);

        CommandLineRun accepted = append(store, "1");
        CommandLineRun refused = append(store, "1");

        assertThat(accepted.exitCode()).as(accepted.err()).isZero();
        assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED.number());
        assertThat(refused.err()).contains("order-17");
        assertThat(answer("export", store)).hasLineCount(4);
    }

    private static CommandLineRun append(String store, String revision) {
        return run(
                "append", store, "--stream", "order-17", "--type", "OrderSent", "--data", "{}", "--expect", revision);
    }

    @Test
    void a_backup_is_left_to_the_server() {
        String store = store("history_of_backups");
        importHistory(store);

        CommandLineRun refused = run("backup", store, folder.resolve("backup").toString());

        assertThat(refused.exitCode()).isEqualTo(ExitCode.UNAVAILABLE.number());
        assertThat(refused.err())
                .isEqualTo("everfold: A store on PostgreSQL is backed up with its database. Use pg_basebackup or"
                        + " pg_dump --schema; to copy its events, use everfold copy.\n");
    }

    @Test
    @Tag("heavy") // a hundred thousand events a row
    void a_bench_measures_beside_commits_of_single_rows_and_leaves_nothing() throws Exception {
        List<Row> rows = new Benchmark(StoreUri.parse(database()), 1, Duration.ofMillis(10), 11_000).run(_ -> {});

        assertThat(rows).extracting(Row::name).contains("insert one row + commit", "1024 × 100", "full scan");
        assertThat(rows.getFirst().section())
                .isEqualTo("Raw commits: one thread stores rows of 256 bytes in a bare table, a commit each");
        assertThat(rows).allSatisfy(row -> assertThat(row.perSecond()).isPositive());
        assertThat(schemas()).noneMatch(schema -> schema.startsWith("everfold_scratch_"));
    }

    @Test
    void a_bench_that_names_a_schema_is_refused() {
        CommandLineRun refused = run("bench", store("mine"), "--quick");

        assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE.number());
        assertThat(refused.err())
                .isEqualTo("everfold: The store URI postgresql://localhost:" + server.getPort()
                        + "/postgres names a schema; expected none, since schemas of their own are made and"
                        + " removed.\n");
    }

    private static List<String> schemas() throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select nspname from pg_namespace")) {
            List<String> schemas = new ArrayList<>();
            while (rows.next()) {
                schemas.add(rows.getString(1));
            }
            return schemas;
        }
    }
}
