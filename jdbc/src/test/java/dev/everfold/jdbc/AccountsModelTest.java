package dev.everfold.jdbc;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventstore.InMemoryEventStore;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Accounts, and a read model of them in a database of its own for each test.
abstract class AccountsModelTest {

    @TempDir
    Path folder;

    final TestDatabase kind;
    final InMemoryEventStore store = new InMemoryEventStore();
    final Everfold everfold = Everfold.on(store);
    DataSource database;
    JdbcReadModel model;

    AccountsModelTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    final void connect() throws Exception {
        database = kind.emptyDatabase(folder);
        model = JdbcReadModel.on(database, Accounts.SCHEMA);
    }

    @AfterEach
    final void closeStore() {
        everfold.close();
        store.close();
    }
}
