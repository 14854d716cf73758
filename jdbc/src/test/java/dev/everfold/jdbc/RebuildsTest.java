package dev.everfold.jdbc;

import static dev.everfold.jdbc.Accounts.CODEC;
import static dev.everfold.jdbc.Accounts.SOON;
import static dev.everfold.jdbc.Accounts.deposit;
import static dev.everfold.jdbc.Accounts.fold;
import static dev.everfold.jdbc.Accounts.open;
import static dev.everfold.jdbc.Accounts.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelClaim;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"SQLITE_WAL", "POSTGRESQL_18", "POSTGRESQL_15"})
class RebuildsTest extends AccountsModelTest {

    private static final int CENTS = 7;

    RebuildsTest(TestDatabase kind) {
        super(kind);
    }

    @BeforeEach
    void openAccounts() {
        open(store, "alice");
        open(store, "bob");
    }

    private void append(int deposits) {
        for (int i = 0; i < deposits; i++) {
            deposit(store, i % 2 == 0 ? "alice" : "bob", CENTS);
        }
    }

    @Test
    void who_reads_while_a_model_is_rebuilt_under_writes_never_sees_less_than_before() throws Exception {
        append(500);
        RunningProjection<?> projection = everfold.start(Accounts.projection(), model);
        projection.awaitCaughtUp(SOON);
        AtomicBoolean done = new AtomicBoolean();

        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<?> writer = threads.submit(() -> {
                while (!done.get()) {
                    projection.awaitHandled(deposit(store, "alice", CENTS), SOON);
                }
                return true;
            });
            Future<Integer> reader = threads.submit(() -> watch(done));
            try {
                for (int i = 0; i < 3; i++) {
                    projection.rebuild();
                    assertThat(projection.awaitRebuilt(SOON)).isTrue();
                }
            } finally {
                done.set(true);
            }
            writer.get();
            assertThat(reader.get()).isGreaterThan(1);
        }

        assertThat(projection.awaitCaughtUp(SOON)).isTrue();
        assertThat(rows(database)).isEqualTo(fold(store, store.nextPosition()));
    }

    /// How often it has read.
    private int watch(AtomicBoolean done) throws SQLException {
        long before = 0;
        int reads = 0;
        for (; !done.get(); reads++) {
            String[] row = TestDatabase.strings(
                            database,
                            "select cast(sum(events) as text) || ' ' || cast(sum(cents) as text) || ' '"
                                    + " || cast(count(*) as text) from balances")
                    .getFirst()
                    .split(" ", -1);
            long events = Long.parseLong(row[0]);
            assertThat(row[2]).isEqualTo("2");
            assertThat(Long.parseLong(row[1])).isEqualTo(CENTS * (events - 2));
            assertThat(events).isGreaterThanOrEqualTo(before);
            before = events;
        }
        return reads;
    }

    @Test
    void a_build_that_is_always_a_little_ahead_waits_for_the_one_that_is_to_take_its_place() throws Exception {
        append(10);
        ModelClaim old = claim(model.create("balances", 1, 1, 0), "old", Duration.ofMinutes(1));
        ModelClaim next = claim(model.create("balances", 1, 1, 1), "next", Duration.ofMillis(200));
        commit(next, 0, 8);
        commit(old, 0, 9);

        assertThat(next.serve()).isFalse();

        assertThatThrownBy(() -> commit(old, 9, 10))
                .hasMessage(
                        "Consumer \"balances/1/0\" does not go on here: \"next\" has claimed it. Nothing of this step"
                                + " was changed; whoever runs it now does the step itself.");
        commit(next, 8, 9);
        assertThat(next.serve()).isTrue();
        assertThat(rows(database)).isEqualTo(fold(store, 9));
    }

    @Test
    void a_build_that_waits_goes_on_when_the_other_one_does_not_come() throws Exception {
        append(10);
        Build build = model.create("balances", 1, 1, 0);
        ModelClaim old = claim(build, "old", Duration.ofMinutes(1));
        ModelClaim next = claim(model.create("balances", 1, 1, 1), "next", Duration.ofMillis(200));
        commit(next, 0, 8);
        commit(old, 0, 9);
        next.serve();

        ModelClaim again = claim(build, "old", Duration.ofMinutes(1));
        commit(again, 9, 12);

        assertThat(rows(database)).isEqualTo(fold(store, 12));
    }

    @Test
    void a_build_that_is_far_behind_holds_nobody_back() throws Exception {
        append(10);
        ModelClaim old = claim(model.create("balances", 1, 1, 0), "old", Duration.ofMinutes(1));
        ModelClaim next = claim(model.create("balances", 1, 1, 1), "next", Duration.ofMinutes(1));
        commit(next, 0, 5);
        commit(old, 0, 12);
        move(old, 10_006);

        assertThat(next.serve()).isFalse();

        move(old, 10_007);
    }

    @Test
    void who_looks_at_builds_while_one_takes_the_place_of_another_finds_one_that_serves() throws Exception {
        ModelClaim old = claim(model.create("balances", 1, 1, 0), "old", Duration.ofMinutes(1));
        ModelClaim next = claim(model.create("balances", 1, 1, 1), "next", Duration.ofMinutes(1));
        commit(next, 0, 2);
        commit(old, 0, 2);
        AtomicBoolean serves = new AtomicBoolean();

        JdbcReadModel other = JdbcReadModel.on(
                afterQueries("from everfold_builds where projection", () -> serves.set(serves.get() || next.serve())),
                Accounts.SCHEMA);

        assertThat(other.builds("balances")).filteredOn(Build::serving).hasSize(1);
        assertThat(serves).isTrue();
    }

    /// Something happens after each query with such a text, before its transaction goes on.
    private DataSource afterQueries(String text, Runnable moment) {
        return FaultyDataSource.proxy(DataSource.class, (_, method, arguments) -> {
            Object connection = FaultyDataSource.invoke(database, method, arguments);
            return FaultyDataSource.proxy(Connection.class, (_, call, values) -> {
                Object result = FaultyDataSource.invoke(connection, call, values);
                boolean isMeant = call.getName().equals("prepareStatement")
                        && values[0].toString().contains(text);
                return !isMeant
                        ? result
                        : FaultyDataSource.proxy(PreparedStatement.class, (_, execution, given) -> {
                            Object rows = FaultyDataSource.invoke(result, execution, given);
                            if (execution.getName().equals("executeQuery")) {
                                moment.run();
                            }
                            return rows;
                        });
            });
        });
    }

    private ModelClaim claim(Build build, String owner, Duration lease) {
        Optional<ModelClaim> claim = Optional.empty();
        while (claim.isEmpty()) {
            claim = model.claim(build, 0, Accounts.projection(), owner, lease);
        }
        return claim.get();
    }

    private void commit(ModelClaim claim, long from, long to) {
        Read read = Read.matching(Query.all()).fromPosition(from).toPosition(to);
        commit(claim, store.read(read).toList(), to);
    }

    private void move(ModelClaim claim, long to) {
        commit(claim, List.of(), to);
    }

    private void commit(ModelClaim claim, List<RecordedEvent> events, long to) {
        claim.commit(new Step(events, new Checkpoint(store.lineage(), to), List.of(), List.of()));
    }

    @Test
    void a_rebuild_that_was_killed_goes_on_where_it_was() throws Exception {
        append(10);
        RunningProjection<?> projection = everfold.start(Accounts.projection(), model);
        projection.awaitCaughtUp(SOON);
        projection.close();
        Build build = model.create("balances", 1, 1, 1);
        commit(claim(build, "killed", Duration.ofMillis(1)), 0, 6);

        RunningProjection<?> again = everfold.start(Accounts.projection(), model);
        again.awaitCaughtUp(SOON);
        assertThat(again.awaitRebuilt(SOON)).isTrue();

        assertThat(model.builds("balances")).extracting(Build::number).containsExactly(build.number());
        assertThat(again.status().handled()).isEqualTo(6);
        assertThat(rows(database)).isEqualTo(fold(store, store.nextPosition()));
    }

    @Test
    void a_new_version_takes_over_from_an_old_program_that_still_runs() throws Exception {
        append(10);
        RunningProjection<?> old = everfold.start(Accounts.projection(), model);
        old.awaitCaughtUp(SOON);
        JdbcReadModel wider = JdbcReadModel.on(
                database,
                "create table {balances} (account text not null primary key, cents bigint not null,"
                        + " events bigint not null, note text)");

        try (Everfold other = Everfold.on(store)) {
            RunningProjection<?> newer = other.start(Accounts.projection().version(2), wider);
            long last = deposit(store, "alice", CENTS);
            Accounts.await(
                    () -> model.builds("balances").stream().anyMatch(build -> build.serving() && build.version() == 2));
            assertThat(newer.awaitHandled(last, SOON)).isTrue();
            assertThat(TestDatabase.strings(database, "select note from balances"))
                    .containsExactly(null, null);
            assertThat(rows(database)).isEqualTo(fold(store, store.nextPosition()));
            assertThatThrownBy(() -> {
                        long later = deposit(store, "alice", CENTS);
                        old.awaitHandled(later + 1, SOON);
                    })
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Projection \"balances\" is version 1 here, but version 2 is serving.");
        }
    }

    @Test
    void other_statements_under_the_same_version_are_refused() throws Exception {
        everfold.start(Accounts.projection(), model).awaitCaughtUp(SOON);
        JdbcReadModel changed = JdbcReadModel.on(database, "create table {balances} (account text)");

        try (Everfold other = Everfold.on(store)) {
            assertThatThrownBy(() -> other.start(Accounts.projection(), changed).awaitHandled(Long.MAX_VALUE - 1, SOON))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageEndingWith("Version 1 of projection \"balances\" was built with other statements than"
                            + " those that are given here. Raise the version, so that it is built anew.");
        }
    }

    @Test
    void a_model_of_another_log_and_one_that_is_ahead_are_refused() throws Exception {
        everfold.start(Accounts.projection(), model).awaitCaughtUp(SOON);
        everfold.close();

        try (InMemoryEventStore another = new InMemoryEventStore();
                Everfold other = Everfold.on(another)) {
            assertThatThrownBy(() -> other.start(Accounts.projection(), model).awaitHandled(9, SOON))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("CheckpointRefusedException");
        }
    }

    @Test
    void a_statement_that_fails_parks_its_event_alone_until_it_is_tried_again_or_given_up() throws Exception {
        append(6);
        open(store, "carol");
        deposit(store, "carol", CENTS);
        long last = deposit(store, "alice", CENTS);
        TestDatabase.run(database, "create table blocked (account text not null primary key)");
        TestDatabase.run(database, "insert into blocked values ('carol')");
        Projection<SqlModel> projection = Projection.<SqlModel, Accounts.AccountEvent>of(
                        "balances", CODEC, (rows, event, _) -> {
                            switch (event) {
                                case Accounts.Opened opened -> {
                                    boolean isBlocked = !rows.query(
                                                    "select account from blocked where account = ?",
                                                    row -> row.getString(1),
                                                    opened.account())
                                            .isEmpty();
                                    rows.update(Accounts.INSERT, isBlocked ? null : opened.account());
                                }
                                case Accounts.Deposited deposited ->
                                    rows.update(Accounts.UPDATE, deposited.cents(), deposited.account());
                            }
                        })
                .options(Accounts.OPTIONS);

        RunningProjection<?> running = everfold.start(projection, model);
        assertThat(running.awaitHandled(last, SOON)).isTrue();

        assertThat(running.parked()).extracting(ParkedEvent::position).containsExactly(8L, 9L);
        assertThat(running.parked().getFirst().failure().orElseThrow())
                .startsWith("DatabaseFailedException: A statement of projection \"balances\" failed: ");
        assertThat(rows(database)).hasSize(2);

        TestDatabase.run(database, "delete from blocked");
        assertThat(running.redrive("account-carol")).isEqualTo(2);
        assertThat(running.parked()).isEmpty();
        assertThat(rows(database)).isEqualTo(fold(store, last + 1));
    }
}
