package dev.everfold.postgres;

import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.postgres.PostgresEventStore.Mode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Makes the tables of a store, brings older ones up to date, and refuses newer ones.
///
/// All steps to the newest version are one transaction; processes that open at once take turns. The last step makes
/// the functions anew: a process of an older version that is still running may miss one, and says so.
final class StoreSchema {

    /// How many steps there are.
    static final int VERSION = 7;

    /// All that a version before this one had.
    private static final List<String> FUNCTIONS =
            List.of("append", "store", "revisions", "find", "findings", "is_newest", "matches", "index_more");

    /// From the tables of the catalogue: a look-up by name may answer from before the wait for the lock.
    private static final String THERE = "select exists (select from pg_class c join pg_namespace n on n.oid ="
            + " c.relnamespace where n.nspname = '{name}' and c.relname = 'store')";

    private static final String NO_SCHEMA = "select not exists (select from pg_namespace where nspname = '{name}')";

    private final Sql sql;
    private final String store;

    /// What a store is.
    ///
    /// @param version how many steps were taken
    /// @param lineage identity of its history
    /// @param partitionEvents how many events a partition has
    record Identity(int version, UUID lineage, long partitionEvents) {}

    StoreSchema(Sql sql, String store) {
        this.sql = sql;
        this.store = store;
    }

    /// Opens the store for the mode, creating it when it may.
    ///
    /// @param lineage of a store that is created
    /// @throws StoreUnavailableException when it is missing, not a store, or newer
    Identity open(Connection connection, PostgresOptions options, Mode mode, UUID lineage) throws SQLException {
        requireUtf8(connection);
        Optional<Identity> there = find(connection);
        if (mode == Mode.READ) {
            return readable(usable(there.orElseThrow(this::missing)));
        }
        if (there.filter(found -> found.version() == VERSION).isPresent()) {
            return there.get();
        }
        if (there.isEmpty() && mode == Mode.EXISTING) {
            throw missing();
        }
        // To bring a large store up to date takes the time that it takes.
        connection.setNetworkTimeout(Runnable::run, 0);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock(" + sql.maintenance() + ")");
            Optional<Identity> meanwhile = find(connection);
            Identity identity = meanwhile.isPresent()
                    ? upgraded(connection, usable(meanwhile.get()))
                    : create(connection, options, lineage);
            connection.commit();
            return identity;
        } catch (SQLException | RuntimeException failure) {
            Database.rollBack(connection, failure);
            throw failure;
        }
    }

    private Identity create(Connection connection, PostgresOptions options, UUID lineage) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(sql.named(NO_SCHEMA))) {
                row.next();
                if (row.getBoolean(1)) {
                    statement.execute(sql.in("create schema {schema}"));
                }
            }
            statement.execute(sql.in(Sql.resource("schema.sql")));
            statement.execute(sql.in(functions()));
            Identity created = new Identity(VERSION, lineage, options.partitionEvents());
            statement.execute(sql.in("insert into {schema}.store values (" + VERSION + ", '" + created.lineage() + "', "
                    + created.partitionEvents() + ")"));
            Partitions.create(connection, sql, created.partitionEvents(), 0);
            return created;
        }
    }

    private Identity upgraded(Connection connection, Identity there) throws SQLException {
        if (there.version() < VERSION) {
            try (Statement statement = connection.createStatement()) {
                for (String function : FUNCTIONS) {
                    statement.execute(sql.in("drop function if exists {schema}." + function));
                }
                // Versions 1 to 5 have the same tables and other functions.
                if (there.version() <= 5) {
                    String entries = Partitions.like(connection, sql, there.partitionEvents(), "entry");
                    statement.execute(step("schema-6.sql").replace("{entry_partitions}", entries));
                }
                statement.execute(step("schema-7.sql"));
                statement.execute(sql.in(functions()));
                statement.execute(sql.in("update {schema}.store set version = " + VERSION));
            }
        }
        return new Identity(VERSION, there.lineage(), there.partitionEvents());
    }

    private String step(String resource) {
        return sql.in(Sql.resource(resource).replace("{key}", String.valueOf(sql.sequencer())));
    }

    private String functions() {
        StringBuilder kinds = new StringBuilder();
        String kind = Sql.resource("kind-1.sql");
        for (Kind each : Kind.values()) {
            if (each != Kind.ALL) {
                kinds.append(kind.replace("{number}", String.valueOf(each.number()))
                        .replace("{lowest_match}", "                    " + each.lowestMatch()));
            }
        }
        return Sql.resource("functions.sql")
                .replace("{kinds}", kinds.toString().stripTrailing())
                .replace("{key}", String.valueOf(sql.sequencer()))
                .replace("{indexing}", String.valueOf(sql.indexing()));
    }

    private Optional<Identity> find(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(sql.named(THERE))) {
                row.next();
                if (!row.getBoolean(1)) {
                    return Optional.empty();
                }
            }
            try (ResultSet row =
                    statement.executeQuery(sql.in("select version, lineage, partition_events from {schema}.store"))) {
                if (!row.next()) {
                    throw new StoreUnavailableException(
                            "What is in " + store + " is not a store: its table \"store\" has no row. Name another"
                                    + " schema, or restore a backup.",
                            false,
                            null);
                }
                return Optional.of(new Identity(row.getInt(1), row.getObject(2, UUID.class), row.getLong(3)));
            }
        }
    }

    private Identity usable(Identity identity) {
        if (identity.version() > VERSION) {
            throw new StoreUnavailableException(
                    "The store in " + store + " is of version " + identity.version() + "; this program knows version "
                            + VERSION + " and older. Use a newer one.",
                    false,
                    null);
        }
        return identity;
    }

    private Identity readable(Identity identity) {
        if (identity.version() < VERSION) {
            throw new StoreUnavailableException(
                    "The store in " + store + " is of version " + identity.version() + "; this program reads version "
                            + VERSION + ". Open it once for writing, which brings it up to date.",
                    false,
                    null);
        }
        return identity;
    }

    private StoreUnavailableException missing() {
        return new StoreUnavailableException(
                "There is no store in " + store + ". Correct the URI, or create a store by appending or importing.",
                false,
                null);
    }

    private void requireUtf8(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show server_encoding")) {
            row.next();
            if (!row.getString(1).equals("UTF8")) {
                throw new StoreUnavailableException(
                        "The database of " + store + " keeps text in " + row.getString(1)
                                + "; expected UTF8. Create one with encoding UTF8.",
                        false,
                        null);
            }
        }
    }
}
