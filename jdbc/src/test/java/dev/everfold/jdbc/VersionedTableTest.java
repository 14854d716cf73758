package dev.everfold.jdbc;

import static dev.everfold.jdbc.TestDatabase.run;
import static dev.everfold.jdbc.TestDatabase.strings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
@ParameterizedClass
@EnumSource
class VersionedTableTest {

    private static final int THREADS = 8;

    @TempDir
    Path folder;

    private final TestDatabase kind;
    private final String name = TestDatabase.newTable();
    private final String create = "create table " + name + " (name {text} not null){end}";
    private final String addSize = "alter table " + name + " add column size {number} not null default 1";
    private DataSource database;

    VersionedTableTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void connect() {
        database = kind.dataSource(folder);
    }

    private void prepare(String... steps) {
        Database connections = new Database(database::getConnection);
        Dialect dialect = connections.transaction("Connecting", Dialect::of);
        VersionedTable table = new VersionedTable(name, List.of(steps));
        connections.transaction("Preparing", connection -> {
            table.prepare(connection, dialect);
            return true;
        });
    }

    @Test
    void a_table_of_an_older_version_is_upgraded_with_what_is_in_it() throws SQLException {
        prepare(create);
        run(database, "insert into " + name + " values ('alice')");

        prepare(create, addSize);
        prepare(create, addSize);

        assertThat(strings(database, "select name || size from " + name)).containsExactly("alice1");
        assertThat(strings(database, "select version from " + name + "_version"))
                .containsExactly("2");
    }

    @Test
    void an_upgrade_that_fails_changes_nothing() throws SQLException {
        prepare(create);

        assertThatThrownBy(() -> prepare(create, addSize, "no such statement"))
                .isInstanceOf(DatabaseFailedException.class)
                .hasMessageStartingWith("Preparing failed: ")
                .hasMessageEndingWith(" Nothing was changed; trying again does not help before the cause is removed.");

        assertThat(strings(database, "select version from " + name + "_version"))
                .containsExactly("1");
        prepare(create, addSize);
        assertThat(strings(database, "select size from " + name)).isEmpty();
    }

    @Test
    void many_may_create_and_upgrade_it_at_once() throws Exception {
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                all.add(threads.submit(() -> prepare(create, addSize)));
            }
        }

        for (Future<?> one : all) {
            one.get();
        }
        assertThat(strings(database, "select version from " + name + "_version"))
                .containsExactly("2");
    }

    @Test
    void a_name_that_needs_quoting_is_refused() {
        for (String wrong : List.of("", "Snapshots", "9lives", "a b", "a;b", "a\"b", "schema.table", "a".repeat(41))) {
            assertThatThrownBy(() -> JdbcSnapshotStore.on(database, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Table name \"" + wrong
                            + "\" is not allowed; expected a lower-case letter, then up to 39 of a-z, 0-9 and _.");
        }
    }
}
