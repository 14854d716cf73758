package dev.everfold.jdbc;

import static dev.everfold.jdbc.Accounts.SOON;
import static dev.everfold.jdbc.Accounts.deposit;
import static dev.everfold.jdbc.Accounts.fold;
import static dev.everfold.jdbc.Accounts.open;
import static dev.everfold.jdbc.Accounts.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.subscription.FailurePolicy;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventstore.Query;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Many statements of one step, some of which a database executes together.
@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"SQLITE_WAL", "POSTGRESQL_18", "POSTGRESQL_15"})
class ManyRowsTest extends AccountsModelTest {

    private static final long SEED = Long.getLong("everfold.seed", 5);
    private static final int EVENTS = 3_000;
    private static final int ACCOUNTS = 200;

    private static final String UPSERT = "insert into {balances} (account, cents, events) values (?, ?, 1)"
            + " on conflict (account) do update set cents = {balances}.cents + excluded.cents,"
            + " events = {balances}.events + 1";

    private final Random random = new Random(SEED);

    ManyRowsTest(TestDatabase kind) {
        super(kind);
    }

    /// A few accounts have most of the events.
    private void append() {
        for (int i = 0; i < ACCOUNTS; i++) {
            open(store, "a" + i);
        }
        for (int i = 0; i < EVENTS; i++) {
            deposit(store, "a" + random.nextInt(1 + random.nextInt(ACCOUNTS)), random.nextInt(1_000));
        }
    }

    private static Projection<SqlModel> upserting(String account) {
        return Projection.<SqlModel, Accounts.AccountEvent>of("balances", Accounts.CODEC, (rows, event, _) -> {
                    switch (event) {
                        case Accounts.Opened opened -> rows.update(UPSERT, account(account, opened.account()), 0);
                        case Accounts.Deposited deposited ->
                            rows.update(UPSERT, account(account, deposited.account()), deposited.cents());
                    }
                })
                .options(Accounts.OPTIONS);
    }

    private static String account(String all, String one) {
        return all.isEmpty() ? one : all;
    }

    @Test
    void rows_of_many_accounts_are_what_their_events_make_of_them() throws Exception {
        append();

        everfold.start(upserting(""), model).awaitCaughtUp(SOON);

        assertThat(rows(database)).as("seed %s", SEED).isEqualTo(fold(store, store.nextPosition()));
    }

    @Test
    void events_of_different_accounts_may_change_the_same_row() throws Exception {
        append();

        everfold.start(upserting("total"), model).awaitCaughtUp(SOON);

        assertThat(rows(database)).hasSize(1);
        assertThat(rows(database).getFirst()).startsWith("total ").endsWith(" " + (ACCOUNTS + EVENTS));
    }

    @Test
    void of_many_rows_only_the_one_that_is_refused_is_parked() throws Exception {
        append();
        Projection<SqlModel> refusing = Projection.<SqlModel>raw("balances", Query.all(), (rows, event) -> {
                    boolean isRefused = event.position() == ACCOUNTS / 2;
                    rows.update(UPSERT, isRefused ? null : event.stream(), 1);
                })
                .options(Accounts.OPTIONS.onFailure(2, FailurePolicy.PARK));

        RunningProjection<?> running = everfold.start(refusing, model);
        running.awaitCaughtUp(SOON);

        assertThat(running.parked()).extracting(ParkedEvent::key).containsOnly("account-a" + ACCOUNTS / 2);
        assertThat(running.parked()).extracting(ParkedEvent::position).startsWith((long) ACCOUNTS / 2);
        assertThat(rows(database)).hasSize(ACCOUNTS - 1);
    }
}
