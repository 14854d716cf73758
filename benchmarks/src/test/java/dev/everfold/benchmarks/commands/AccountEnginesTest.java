package dev.everfold.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.benchmarks.commands.AccountCommand.Deposit;
import dev.everfold.benchmarks.commands.AccountCommand.Open;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A comparison is fair only when all of them do the same work.
@Timeout(120)
class AccountEnginesTest {

    /// Of all tests, so that PostgreSQL's programs are unpacked once.
    @TempDir
    static Path folder;

    private static final AtomicInteger OPENED = new AtomicInteger();

    private static Path unused() {
        return folder.resolve("store-" + OPENED.incrementAndGet());
    }

    static List<AccountEngine> engines() {
        return AccountEngines.ALL;
    }

    static List<AccountEngine> loadingEngines() {
        return AccountEngines.ALL.stream().filter(AccountEngine::loads).toList();
    }

    @ParameterizedTest
    @MethodSource("loadingEngines")
    void what_was_paid_in_is_there_when_the_account_is_loaded(AccountEngine engine) throws Exception {
        try (AccountSession session = engine.opening().open(unused())) {
            session.handle(new Open("alice"), 0);
            session.handle(new Open("bob"), 0);
            session.handle(new Deposit("alice", 500), 1);
            session.handle(new Deposit("alice", 70), 2);

            assertThat(session.balance("alice")).isEqualTo(570);
            assertThat(session.balance("bob")).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_command_that_the_account_does_not_allow_is_refused(AccountEngine engine) throws Exception {
        try (AccountSession session = engine.opening().open(unused())) {
            session.handle(new Open("alice"), 0);

            assertThatThrownBy(() -> session.handle(new Open("alice"), 0)).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void the_comparison_measures_everything_and_leaves_a_table_for_each_figure() throws Exception {
        String tables = new CommandComparison(folder, 1, Duration.ofMillis(20), AccountEngines.ALL).run();

        assertThat(tables)
                .startsWith("1 rounds of 0.0 s; ")
                .contains(
                        "**Commands a second, median**\n\n| | 1 client | 64 clients | load of 20 events |\n",
                        "**Commands a second, lowest .. highest**",
                        "**Latency of a call, p50 / p99 in µs**",
                        "**Share of \"Everfold, appends alone\", median of the rounds' ratios (lowest .. highest)**",
                        "| Everfold, appends alone | 100 % (100 .. 100) | 100 % (100 .. 100) |  |\n",
                        "**CPU time of this process for one, median in µs; PostgreSQL's is not in it**");
        assertThat(tables.lines().filter(line -> line.startsWith("| Axon, JPA on PostgreSQL | ")))
                .hasSize(5);
        assertThat(tables).doesNotContain("| 0 |");
    }
}
