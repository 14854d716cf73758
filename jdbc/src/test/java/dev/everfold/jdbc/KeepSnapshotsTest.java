package dev.everfold.jdbc;

import static dev.everfold.eventsourcing.Decision.accept;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.snapshot.SnapshotPolicy;
import dev.everfold.eventsourcing.snapshot.StateCodec;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.testkit.DocumentedCode;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The code of docs/how-to/keep-snapshots.md, which is compiled and does what the guide says.
@Timeout(60)
class KeepSnapshotsTest {

    sealed interface AccountEvent {
        @EventType("account.deposited")
        record Deposited(long cents) implements AccountEvent {}
    }

    record Deposit(long cents) {}

    record Account(long cents) {
        static final Decider<Deposit, Account, AccountEvent> DECIDER = Decider.of(
                new Account(0),
                (deposit, account) -> accept(new AccountEvent.Deposited(deposit.cents())),
                (account, event) -> switch (event) {
                    case AccountEvent.Deposited deposited -> new Account(account.cents() + deposited.cents());
                });
    }

    @TempDir
    Path folder;

    @Test
    void in_a_file_of_sqlite() {
        Path file = folder.resolve("snapshots.db");
        String uri = "log:" + folder.resolve("data");

        var snapshots = JdbcSnapshotStore.sqlite(file);
        try (var store = EventStores.open(uri);
                var everfold = Everfold.on(store, EverfoldOptions.defaults().withSnapshots(snapshots))) {
            var accounts = everfold.decider("account", Account.DECIDER).snapshotEvery(100);
            accounts.handle("42", new Deposit(500));
        }

        assertThat(file).isRegularFile();
    }

    @Test
    void in_postgresql_with_other_times_to_take_them() {
        DataSource dataSource = TestDatabase.POSTGRESQL_18.dataSource(folder);
        EventStore store = new InMemoryEventStore();

        var snapshots = JdbcSnapshotStore.on(dataSource, "account_snapshots");
        try (var everfold = Everfold.on(store, EverfoldOptions.defaults().withSnapshots(snapshots))) {
            var accounts = everfold.decider("account", Account.DECIDER)
                    .snapshots(SnapshotPolicy.<Account>every(500).or(SnapshotPolicy.olderThan(Duration.ofDays(1))))
                    .keepSnapshots(3);
            accounts.handle("42", new Deposit(500));

            var codec = StateCodec.json(Account.class).withSchemaVersion(2);
            var recounted = accounts.stateCodec(codec);
            assertThat(recounted.state("42")).isEqualTo(new Account(500));

            snapshots.deleteAll("account");
            assertThat(accounts.state("42")).isEqualTo(new Account(500));
        }
    }

    @Test
    void the_code_of_the_guide_is_the_code_above() {
        DocumentedCode guide = DocumentedCode.of(Path.of("../docs/how-to/keep-snapshots.md"));

        assertThat(guide.blocks()).hasSize(5);
        guide.assertThatBlocksAreIn(Path.of("src/test/java/dev/everfold/jdbc/KeepSnapshotsTest.java"));
    }
}
