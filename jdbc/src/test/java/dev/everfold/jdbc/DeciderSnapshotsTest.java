package dev.everfold.jdbc;

import static dev.everfold.eventsourcing.Decision.accept;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.snapshot.SnapshotStore;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A decider with snapshots, from the command down to the row, over the ends of its processes.
@Timeout(120)
@ParameterizedClass
@EnumSource
class DeciderSnapshotsTest {

    private static final EventCodec<Event> CODEC = EventCodec.of(Event.class);

    sealed interface Event {}

    @EventType("account.deposited")
    record Deposited(long cents) implements Event {}

    record Deposit(long cents) {}

    record Balance(long cents) {}

    record BalanceAndCount(long cents, int deposits) {}

    @TempDir
    Path folder;

    private final TestDatabase kind;
    private final String table = TestDatabase.newTable();
    private final AtomicInteger folded = new AtomicInteger();
    private final Logger log = Logger.getLogger("dev.everfold");

    private final Decider<Deposit, Balance, Event> balances =
            Decider.of(new Balance(0), (deposit, _) -> accept(new Deposited(deposit.cents())), (balance, event) -> {
                folded.incrementAndGet();
                return new Balance(balance.cents() + ((Deposited) event).cents());
            });
    private final Decider<Deposit, BalanceAndCount, Event> balancesAndCounts = Decider.of(
            new BalanceAndCount(0, 0), (deposit, _) -> accept(new Deposited(deposit.cents())), (balance, event) -> {
                folded.incrementAndGet();
                return new BalanceAndCount(balance.cents() + ((Deposited) event).cents(), balance.deposits() + 1);
            });

    DeciderSnapshotsTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void silenceWarnings() {
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void letWarningsThrough() {
        log.setLevel(null);
    }

    /// A process that begins, does its work and ends, so that all its snapshots are stored.
    private interface Work {
        void with(Everfold everfold);
    }

    private void process(Work work) {
        folded.set(0);
        SnapshotStore snapshots = kind == TestDatabase.SQLITE_WAL
                ? JdbcSnapshotStore.sqlite(folder.resolve("snapshots.db"))
                : JdbcSnapshotStore.on(kind.dataSource(folder), table);
        try (EventStore store = EventStores.open("log:" + folder.resolve("log"));
                Everfold everfold =
                        Everfold.on(store, EverfoldOptions.defaults().withSnapshots(snapshots))) {
            work.with(everfold);
        }
    }

    private void deposit(int times) {
        process(everfold -> {
            var accounts = everfold.decider("account", balances, CODEC).snapshotEvery(10);
            for (int i = 0; i < times; i++) {
                accounts.handle("42", new Deposit(1));
            }
        });
    }

    private void assertLoaded(Balance expected, int eventsFolded) {
        process(everfold -> assertThat(everfold.decider("account", balances, CODEC)
                        .snapshotEvery(10)
                        .state("42"))
                .isEqualTo(expected));
        assertThat(folded).hasValue(eventsFolded);
    }

    @Test
    void the_next_process_loads_from_the_snapshot() {
        deposit(24);

        assertLoaded(new Balance(24), 4);

        deposit(10);
        assertLoaded(new Balance(34), 4);
    }

    @Test
    void without_its_rows_all_events_are_folded_and_a_snapshot_is_taken_again() throws Exception {
        deposit(24);

        TestDatabase.run(
                kind.dataSource(folder),
                "delete from " + (kind == TestDatabase.SQLITE_WAL ? JdbcSnapshotStore.TABLE_DEFAULT : table));

        assertLoaded(new Balance(24), 24);
        deposit(1);
        assertLoaded(new Balance(25), 0);
    }

    @Test
    void a_changed_state_class_never_reads_what_the_old_one_wrote_and_both_go_on_side_by_side() {
        deposit(24);

        process(everfold -> {
            var counting = everfold.decider("account", balancesAndCounts, CODEC).snapshotEvery(10);
            assertThat(counting.state("42")).isEqualTo(new BalanceAndCount(24, 24));
            assertThat(folded).hasValue(24);
            counting.handle("42", new Deposit(1));
        });

        assertLoaded(new Balance(25), 5);
        process(everfold -> {
            assertThat(everfold.decider("account", balancesAndCounts, CODEC)
                            .snapshotEvery(10)
                            .state("42"))
                    .isEqualTo(new BalanceAndCount(25, 25));
            assertThat(folded).hasValue(0);
        });
    }

    @Test
    void a_database_that_goes_away_under_a_running_process_costs_time_and_nothing_else() throws Exception {
        deposit(24);

        process(everfold -> {
            var accounts = everfold.decider("account", balances, CODEC)
                    .snapshotEvery(1)
                    .cache(0);
            breakTable();
            accounts.handle("42", new Deposit(1));
            assertThat(accounts.state("42")).isEqualTo(new Balance(25));
        });

        assertThat(folded.get()).isGreaterThanOrEqualTo(49);
    }

    /// In its place is something that no statement fits.
    private void breakTable() {
        try {
            if (kind == TestDatabase.SQLITE_WAL) {
                Files.writeString(folder.resolve("snapshots.db"), "not a database, ".repeat(1_000));
            } else {
                TestDatabase.run(kind.dataSource(folder), "drop table " + table);
                TestDatabase.run(kind.dataSource(folder), "create table " + table + " (name text)");
            }
        } catch (IOException | SQLException failed) {
            throw new AssertionError(failed);
        }
    }
}
