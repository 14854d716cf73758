package dev.everfold.jdbc;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelClaim;
import dev.everfold.eventsourcing.projection.ModelSnapshot;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.ReadModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;

/// A read model in tables of SQLite or PostgreSQL. What a step changes, its checkpoint and what it parks are one
/// transaction, so that each event is in the model exactly once, whatever fails and whenever.
///
/// The application says how its tables are created, with their names in braces:
///
/// ```java
/// JdbcReadModel model = JdbcReadModel.on(dataSource,
///         "create table {balances} (account text primary key, cents bigint not null)",
///         "create index {balances_by_cents} on {balances} (cents)");
/// ```
///
/// Each build has tables of its own, `balances_b1`. Applications read the view `balances`, which shows the build that
/// serves, and write nothing. Another build takes its place in one transaction. Schema and version of a projection
/// belong together: with other statements under the same version it is refused to start.
///
/// Tables and, with [#sqlite], the file may be deleted at any time. Found when a projection starts, or when a step
/// meets it: tables, views and checkpoints that are missing, checkpoints that are not as they were written, a file
/// that is not SQLite's or is malformed (set aside and begun anew), and, for projections of one partition, a table
/// that was emptied while the projection had nothing to do or was closed. The model is made again from the log then;
/// a view alone is just made again. Rows that somebody has changed, added or deleted are not found so, only by a
/// comparison with a build that is made anew.
///
/// Safe for many threads and processes. A claim keeps one connection as long as it is in force; other calls use one for
/// a short transaction. There is nothing to close.
public final class JdbcReadModel implements ReadModel<SqlModel> {

    private final ModelHome home;
    private final Database database;
    private final ModelBuilds builds;

    private JdbcReadModel(ModelHome home, List<String> schema) {
        ModelSchema parsed = ModelSchema.of(schema);
        this.home = home;
        this.database = new Database(home);
        Dialect dialect = orAnew(() -> database.transaction("Connecting to the database", connection -> {
            // Also reads the file, if it is one.
            Dialect found = Dialect.of(connection);
            found.tableExists(connection, BuildTable.NAME);
            return found;
        }));
        this.builds = new ModelBuilds(parsed, dialect);
        prepareTables();
    }

    /// In a database of the application. The data source stays the caller's; it must give connections whose
    /// transactions this may begin and end, and should bound how long connecting takes.
    ///
    /// @param schema statements that create tables and indexes, with their names in braces
    /// @throws IllegalArgumentException when a statement has no name in braces, or there is no table
    /// @throws UnsupportedDatabaseException when this version cannot use the database or its tables there
    /// @throws DatabaseFailedException when the database cannot be reached or says no
    public static JdbcReadModel on(DataSource dataSource, String... schema) {
        return new JdbcReadModel(new ModelHome.OfApplication(dataSource), List.of(schema));
    }

    /// In a file of SQLite for nothing but read models, which is created with its folders. Needs
    /// `org.xerial:sqlite-jdbc` at run time.
    ///
    /// It is written ahead, so that readers and the writer do not wait for each other, and not synced at each
    /// commit:
    /// when the power fails the newest steps can be lost, their checkpoints with them, and are done again.
    ///
    /// @param schema statements that create tables and indexes, with their names in braces
    /// @throws IllegalArgumentException when a statement has no name in braces, or there is no table
    /// @throws UnsupportedDatabaseException when the driver is missing, or this version cannot use the tables there
    /// @throws DatabaseFailedException when the file cannot be opened
    public static JdbcReadModel sqlite(Path file, String... schema) {
        try {
            return new JdbcReadModel(new ModelFile(file), List.of(schema));
        } catch (IOException failed) {
            throw DatabaseFailedException.noFolder(file, failed);
        }
    }

    /// A projection into this model that is carried out within the transactions that append, where this is the
    /// database of the log too.
    ///
    /// @param lineage of the log
    /// @throws IllegalArgumentException when the projection has several partitions
    public InlineProjection inline(Projection<SqlModel> projection, UUID lineage) {
        return new InlineProjection(builds, projection, lineage);
    }

    @Override
    public List<Build> builds(String projection) {
        return inTables(
                "Reading the builds of projection \"" + projection + "\"",
                connection -> builds.sound(connection, projection));
    }

    @Override
    public Build create(String projection, int version, int partitions, long after) {
        return inTables(
                "Beginning a build of projection \"" + projection + "\"",
                connection -> builds.create(connection, projection, version, partitions, after));
    }

    @Override
    public Optional<ModelClaim> claim(
            Build build, int partition, Projection<SqlModel> projection, String owner, Duration lease) {
        String token = UUID.randomUUID().toString();
        return inTables(
                        "Claiming projection \"" + build.projection() + "\"",
                        connection -> builds.claim(connection, build.number(), partition, token, owner, lease))
                .map(claimed -> new JdbcModelClaim(this, builds, claimed, projection));
    }

    @Override
    public void drop(Build build) {
        inTables(
                "Deleting a build of projection \"" + build.projection() + "\"",
                Database.doing(connection -> builds.drop(connection, build.number())));
    }

    @Override
    public void dropRetired(String projection) {
        String what = "Deleting retired builds of projection \"" + projection + "\"";
        List<Long> retired = inTables(what, connection -> builds.retired(connection, projection));
        for (long number : retired) {
            inTables(what, Database.doing(connection -> builds.drop(connection, number)));
        }
    }

    /// Rows of all tables, by their primary keys; where there is none, by all columns. A build with several
    /// partitions is that of one moment, in which some may be further than the position of all.
    @Override
    public ModelSnapshot snapshot(Build build) {
        return JdbcModelSnapshot.open(home, builds, build);
    }

    @Override
    public boolean isTransient(RuntimeException failure) {
        return failure instanceof DatabaseFailedException failed && failed.retryable();
    }

    // What claims need.

    ModelHome home() {
        return home;
    }

    Database database() {
        return database;
    }

    /// A transaction in our own tables; they, and a damaged file, are made anew when necessary.
    <T> T inTables(String what, Database.Work<T> work) {
        try {
            return orAnew(() -> database.transaction(what, work));
        } catch (DatabaseFailedException failed) {
            if (!failed.isOf(SqlFailures::isTableMissing)) {
                throw failed;
            }
        }
        prepareTables();
        return database.transaction(what, work);
    }

    private void prepareTables() {
        orAnew(() -> database.transaction("Preparing the tables of read models", Database.doing(builds::prepare)));
    }

    private <T> T orAnew(Supplier<T> work) {
        try {
            return work.get();
        } catch (DatabaseFailedException failed) {
            if (!failed.isOf(SqlFailures::isDamagedFile) || !home.setAside()) {
                throw failed;
            }
        }
        return work.get();
    }
}
