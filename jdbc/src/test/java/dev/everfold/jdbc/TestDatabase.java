package dev.everfold.jdbc;

import dev.everfold.eventsourcing.snapshot.Snapshot;
import dev.everfold.eventsourcing.snapshot.SnapshotKey;
import dev.everfold.eventsourcing.testing.FixedClock;
import dev.everfold.eventsourcing.testing.FixedIds;
import dev.everfold.eventstore.Bytes;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// The databases that every test runs on.
enum TestDatabase {
    /// As [JdbcSnapshotStore#sqlite] opens it.
    SQLITE_WAL,
    /// As its driver opens it when nothing is said.
    SQLITE_JOURNAL,
    POSTGRESQL_18,
    POSTGRESQL_15;

    static final SnapshotKey KEY = new SnapshotKey(FixedIds.id(1), "account", 7, "account-42");

    private static final AtomicInteger TABLES = new AtomicInteger();

    /// A name that no test has used in this process.
    static String newTable() {
        return "snapshots_" + TABLES.incrementAndGet();
    }

    String url(Path folder) {
        return switch (this) {
            case SQLITE_WAL, SQLITE_JOURNAL -> "jdbc:sqlite:" + folder.resolve("snapshots.db");
            case POSTGRESQL_18 -> PostgresServer.V18.url();
            case POSTGRESQL_15 -> PostgresServer.V15.url();
        };
    }

    DataSource dataSource(Path folder) {
        return dataSource(url(folder), this == SQLITE_WAL);
    }

    /// One in which there is nothing: a new file, or a new schema of the server.
    DataSource emptyDatabase(Path folder) throws SQLException {
        String url = emptyUrl(folder);
        return dataSource(url, this == SQLITE_WAL);
    }

    String emptyUrl(Path folder) throws SQLException {
        if (this == SQLITE_WAL || this == SQLITE_JOURNAL) {
            return "jdbc:sqlite:" + folder.resolve("models-" + TABLES.incrementAndGet() + ".db");
        }
        String schema = "test_" + TABLES.incrementAndGet();
        run(dataSource(folder), "create schema " + schema);
        return url(folder) + "&currentSchema=" + schema;
    }

    static DataSource dataSource(String url, boolean writeAhead) {
        if (url.startsWith("jdbc:sqlite:")) {
            SQLiteConfig config = new SQLiteConfig();
            config.setJournalMode(writeAhead ? SQLiteConfig.JournalMode.WAL : SQLiteConfig.JournalMode.DELETE);
            SQLiteDataSource sqlite = new SQLiteDataSource(config);
            sqlite.setUrl(url);
            return sqlite;
        }
        PGSimpleDataSource postgres = new PGSimpleDataSource();
        postgres.setUrl(url);
        return postgres;
    }

    static void run(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static List<String> strings(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> strings = new ArrayList<>();
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
            return strings;
        }
    }

    static Snapshot snapshot(long revision) {
        return snapshot(KEY, revision);
    }

    static Snapshot snapshot(SnapshotKey key, long revision) {
        return new Snapshot(key, revision, revision + 100, FixedClock.NOON, Bytes.utf8("state " + revision));
    }
}
