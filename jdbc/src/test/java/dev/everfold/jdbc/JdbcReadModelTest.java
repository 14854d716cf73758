package dev.everfold.jdbc;

import static dev.everfold.jdbc.Accounts.SOON;
import static dev.everfold.jdbc.Accounts.deposit;
import static dev.everfold.jdbc.Accounts.fold;
import static dev.everfold.jdbc.Accounts.open;
import static dev.everfold.jdbc.Accounts.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventstore.InMemoryEventStore;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
@ParameterizedClass
@EnumSource
class JdbcReadModelTest {

    @TempDir
    Path folder;

    private final TestDatabase kind;
    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Everfold everfold = Everfold.on(store);
    private DataSource database;
    private JdbcReadModel model;

    JdbcReadModelTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void connect() throws Exception {
        database = kind.emptyDatabase(folder);
        model = JdbcReadModel.on(database, Accounts.SCHEMA);
    }

    @AfterEach
    void close() {
        everfold.close();
        store.close();
    }

    @Test
    void events_that_are_there_and_events_that_come_are_in_the_view() throws Exception {
        open(store, "alice");
        deposit(store, "alice", 100);

        RunningProjection<?> projection = everfold.start(Accounts.projection(), model);
        open(store, "bob");
        long last = deposit(store, "alice", 5);

        assertThat(projection.awaitHandled(last, SOON)).isTrue();
        assertThat(rows(database)).containsExactly("alice 105 3", "bob 0 1").isEqualTo(fold(store, last + 1));
    }

    @Test
    void of_two_processes_that_begin_at_once_one_makes_the_build() {
        Build first = model.create("balances", 1, 1, 0);

        assertThat(JdbcReadModel.on(database, Accounts.SCHEMA).create("balances", 1, 1, 0))
                .isEqualTo(first);
        assertThat(model.create("balances", 1, 1, first.number()).number()).isGreaterThan(first.number());
    }

    @Test
    void a_projection_goes_on_where_it_was() throws Exception {
        open(store, "alice");
        RunningProjection<?> projection = everfold.start(Accounts.projection(), model);
        projection.awaitCaughtUp(SOON);
        projection.close();
        long last = deposit(store, "alice", 5);

        RunningProjection<?> again = everfold.start(Accounts.projection(), JdbcReadModel.on(database, Accounts.SCHEMA));

        assertThat(again.awaitHandled(last, SOON)).isTrue();
        assertThat(rows(database)).containsExactly("alice 5 2");
        assertThat(again.status().handled()).isEqualTo(1);
    }

    @Test
    void a_model_is_rebuilt_beside_the_one_that_serves_and_the_old_one_goes() throws Exception {
        open(store, "alice");
        RunningProjection<?> projection = everfold.start(Accounts.projection(), model);
        projection.awaitCaughtUp(SOON);
        Accounts.rows(database);

        projection.rebuild();

        assertThat(projection.awaitRebuilt(SOON)).isTrue();
        long last = deposit(store, "alice", 5);
        assertThat(projection.awaitHandled(last, SOON)).isTrue();
        assertThat(rows(database)).containsExactly("alice 5 2");
        assertThat(model.builds("balances")).extracting(Build::number).containsExactly(2L);
        assertThat(model.builds("balances")).extracting(Build::serving).containsExactly(true);
    }

    @Test
    void a_model_is_rebuilt_in_place() throws Exception {
        open(store, "alice");
        deposit(store, "alice", 5);
        RunningProjection<?> projection = everfold.start(Accounts.projection(), model);
        projection.awaitCaughtUp(SOON);
        TestDatabase.run(database, "update balances_b1 set cents = 999");

        projection.rebuildInPlace();

        assertThat(projection.awaitCaughtUp(SOON)).isTrue();
        assertThat(rows(database)).containsExactly("alice 5 2");
    }
}
