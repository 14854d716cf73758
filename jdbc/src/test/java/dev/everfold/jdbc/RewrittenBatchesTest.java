package dev.everfold.jdbc;

import static dev.everfold.jdbc.Accounts.CODEC;
import static dev.everfold.jdbc.Accounts.SOON;
import static dev.everfold.jdbc.Accounts.deposit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventstore.InMemoryEventStore;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A driver that makes one statement of a batch of inserts, which may then name a row only once.
@Timeout(120)
class RewrittenBatchesTest {

    private static final String TOTALS = "create table {totals} (account text primary key, cents bigint not null)";
    private static final String ADD = """
            insert into {totals} values (?, ?)
            on conflict (account) do update set cents = {totals}.cents + excluded.cents""";

    @TempDir
    Path folder;

    /// Two upserts of the row of all, so that the event fails alone too where they are one statement.
    private static Projection<SqlModel> totals() {
        return Projection.<SqlModel, Accounts.AccountEvent>of("totals", CODEC, (model, event, _) -> {
                    if (event instanceof Accounts.Deposited deposited) {
                        model.update(ADD, deposited.account(), deposited.cents());
                        model.update(ADD, "all", deposited.cents());
                        model.update(ADD, "all", 0);
                    }
                })
                .options(Accounts.OPTIONS);
    }

    @Test
    void upserts_of_one_row_in_a_step_are_sent_one_by_one_when_the_driver_makes_one_statement_of_them()
            throws Exception {
        String url = TestDatabase.POSTGRESQL_18.emptyUrl(folder) + "&reWriteBatchedInserts=true";
        DataSource database = TestDatabase.dataSource(url, false);
        try (InMemoryEventStore store = new InMemoryEventStore();
                Everfold everfold = Everfold.on(store)) {
            for (int i = 0; i < 500; i++) {
                deposit(store, i % 2 == 0 ? "alice" : "bob", i);
            }

            RunningProjection<?> running = everfold.start(totals(), JdbcReadModel.on(database, TOTALS));

            assertThat(running.awaitCaughtUp(SOON)).isTrue();
            assertThat(running.parked()).isEmpty();
            assertThat(TestDatabase.strings(
                            database, "select account || ' ' || cast(cents as text) from totals order by account"))
                    .containsExactly("alice 62250", "all 124750", "bob 62500");
            assertThat(running.status().retries()).isEqualTo(1);
            assertThat(running.status()
                            .lastFailure()
                            .map(ConsumerStatus.Failure::message)
                            .orElseThrow())
                    .startsWith("DatabaseFailedException: A statement of projection \"totals\" failed:")
                    .contains("reWriteBatchedInserts");
        }
    }
}
