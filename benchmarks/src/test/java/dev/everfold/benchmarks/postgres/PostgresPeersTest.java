package dev.everfold.benchmarks.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.benchmarks.postgres.EverfoldSession.Expecting;
import dev.everfold.cli.bench.BenchEvents;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A comparison is fair only when all of them store what they are given.
@Timeout(120)
@Tag("heavy")
class PostgresPeersTest {

    /// Those that open fast; each of all is tested by itself.
    private static final List<PostgresPeer> SOME = List.of(PostgresPeers.NAIVE, PostgresPeers.PEKKO);

    @TempDir
    static Path folder;

    static PostgresServer server;

    private static int databases;

    static List<PostgresPeer> peers() {
        return PostgresPeers.all();
    }

    @BeforeAll
    static void startServer() throws Exception {
        server = PostgresServer.start(folder.resolve("server"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @MethodSource("peers")
    void what_was_appended_is_read_also_after_the_peer_was_closed(PostgresPeer peer) throws Exception {
        String database = newDatabase();
        try (PostgresSession session = peer.opening().open(server, database)) {
            for (int revision = 0; revision < 3; revision++) {
                session.append(BenchEvents.event("bench-1", PostgresComparison.TAG, revision), revision);
            }
            session.append(BenchEvents.event("bench-2", PostgresComparison.TAG, 0), 0);
        }

        try (PostgresSession session = peer.opening().open(server, database)) {
            assertThat(session.readStream("bench-1")).isEqualTo(3);
            assertThat(session.readStream("bench-2")).isEqualTo(1);
            assertThat(session.scan(4)).isEqualTo(4);
        }
    }

    @Test
    void an_append_to_axon_that_expects_another_revision_is_refused() throws Exception {
        try (PostgresSession session = PostgresPeers.AXON.opening().open(server, newDatabase())) {
            session.append(BenchEvents.event("bench-1", PostgresComparison.TAG, 0), 0);

            assertThatThrownBy(() -> session.append(BenchEvents.event("bench-1", PostgresComparison.TAG, 0), 0))
                    .hasStackTraceContaining("AppendEventsTransactionRejectedException");
        }
    }

    @ParameterizedTest
    @EnumSource
    void ours_expects_what_its_row_says(Expecting expecting) {
        try (EventStore store = new InMemoryEventStore();
                EverfoldSession first = new EverfoldSession(store, expecting);
                EverfoldSession second = new EverfoldSession(store, expecting)) {
            first.append(BenchEvents.event("bench-1", PostgresComparison.TAG, 0), 0);
            first.append(BenchEvents.event("bench-1", PostgresComparison.TAG, 1), 1);

            if (expecting == Expecting.NOTHING) {
                second.append(BenchEvents.event("bench-1", PostgresComparison.TAG, 0), 0);
                assertThat(first.scan(3)).isEqualTo(3);
            } else {
                assertThatThrownBy(() -> second.append(BenchEvents.event("bench-1", PostgresComparison.TAG, 0), 0))
                        .isInstanceOf(AppendConflictException.class);
                assertThat(first.readStream("bench-1")).isEqualTo(2);
            }
        }
    }

    @Test
    void the_comparison_measures_everything_and_leaves_a_table_for_each_figure() throws Exception {
        String tables = new PostgresComparison(server, 1, Duration.ofMillis(20), 4, SOME).run();

        assertThat(tables)
                .startsWith("1 rounds of 0.0 s; ")
                .contains(
                        "**Events a second, median**\n\n| | 1 client | 16 clients | 64 clients | load of a stream of 20"
                                + " | full scan |\n",
                        "**Events a second, lowest .. highest**",
                        "**Latency of a call, p50 / p99 in µs**",
                        "**Share of \"bigserial (unsafe)\", median of the rounds' ratios (lowest .. highest)**",
                        "| bigserial (unsafe) | 100 % (100 .. 100) | 100 % (100 .. 100) | 100 % (100 .. 100) |");
        assertThat(tables.lines().filter(line -> line.startsWith("| Pekko, JDBC | ")))
                .hasSize(5);
        assertThat(tables).doesNotContain("| 0 |");
    }

    private static String newDatabase() throws Exception {
        String name = "test_" + databases++;
        server.createDatabase(name);
        return name;
    }
}
