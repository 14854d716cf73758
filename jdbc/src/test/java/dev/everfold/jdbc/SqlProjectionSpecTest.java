package dev.everfold.jdbc;

import static dev.everfold.eventsourcing.projection.ModelRow.row;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.projection.ModelRow;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.testing.ProjectionSpec;
import dev.everfold.jdbc.Accounts.AccountEvent;
import dev.everfold.jdbc.Accounts.Deposited;
import dev.everfold.jdbc.Accounts.Opened;
import java.nio.file.Path;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Projections into SQL are specified by example as those into memory are, and killed in databases.
@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"SQLITE_WAL", "POSTGRESQL_18"})
class SqlProjectionSpecTest {

    @TempDir
    Path folder;

    private final TestDatabase kind;
    private DataSource database;
    private ProjectionSpec<SqlModel, AccountEvent> spec;

    SqlProjectionSpecTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void connect() throws Exception {
        database = kind.emptyDatabase(folder);
        spec = ProjectionSpec.of(Accounts.projection(), Accounts.CODEC, model());
    }

    private JdbcReadModel model() {
        return JdbcReadModel.on(database, Accounts.SCHEMA);
    }

    private static ModelRow balance(String account, long cents, long events) {
        return row("balances", account)
                .with("account", account)
                .with("cents", cents)
                .with("events", events);
    }

    @Test
    void rows_of_tables_are_compared_and_come_out_the_same_after_kills() {
        spec.thenNothing()
                .in("account-alice")
                .given(new Opened("alice"), new Deposited("alice", 5), new Deposited("alice", 7))
                .in("account-bob")
                .given(new Opened("bob"))
                .then(balance("bob", 0, 1), balance("alice", 12, 3))
                .thenSameAfterKill(2)
                .thenSameAfterKills(7);
    }

    @Test
    void a_row_that_is_wrong_is_named() {
        assertThatThrownBy(() -> spec.given(new Opened("alice"), new Deposited("alice", 5))
                        .then(balance("alice", 7, 2)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                        Projection "balances" after 2 events
                          balances alice: cents expected 7, found 5
                          given    events [Opened[account=alice], Deposited[account=alice, cents=5]]""");
    }

    @Test
    void a_statement_that_the_database_refuses_is_told_with_the_event() {
        assertThatThrownBy(() -> spec.given(new Opened("alice"), new Opened("bob"), new Opened("alice"))
                        .then())
                .isInstanceOf(AssertionError.class)
                .message()
                .startsWith("Projection \"balances\" fails at event 3 of 3, account.opened: DatabaseFailedException:");
    }

    /// It writes by a connection of its own what no transaction of the projection takes back.
    @Test
    void what_is_written_beside_the_transaction_is_found_by_a_kill() throws SQLException {
        TestDatabase.run(database, "create table deposits (cents bigint)");
        Projection<SqlModel> wrong = Projection.of("balances", Accounts.CODEC, (model, event, _) -> {
            switch (event) {
                case Opened opened -> {
                    run("delete from deposits");
                    model.update(Accounts.INSERT, opened.account());
                }
                case Deposited deposited -> {
                    run("insert into deposits values (" + deposited.cents() + ")");
                    model.update("delete from {balances}");
                    model.update("insert into {balances} select ?, sum(cents), 1 from deposits", deposited.account());
                }
            }
        });

        assertThatThrownBy(() -> ProjectionSpec.of(wrong, Accounts.CODEC, model())
                        .given(new Opened("alice"), new Deposited("alice", 5), new Deposited("alice", 7))
                        .then(balance("alice", 12, 1))
                        .thenSameAfterKill(3))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("Projection \"balances\" killed after event 3 of 3, in steps of 1,"
                        + " before the step was stored, and started again\n"
                        + "  balances alice: cents expected 12, found 19\n");
    }

    private void run(String sql) {
        try {
            TestDatabase.run(database, sql);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
