package dev.everfold.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// Connections to a file of SQLite, one a call: nothing is held between calls, so the file may go at any time.
final class SqliteFile implements Database.Connections {

    /// Write-ahead: readers and the writer do not wait for each other. Synchronous NORMAL: a crash of the
    /// machine can cost the newest snapshots, and never the file.
    private static final String JOURNAL_MODE = "WAL";

    private static final String SYNCHRONOUS = "NORMAL";
    private static final String BUSY_MILLIS_MAX = "10000";

    private final String url;

    /// @throws UnsupportedDatabaseException when there is no driver
    SqliteFile(Path file) {
        // As a URI, since in a plain name the driver would take what follows a '?' for settings.
        url = "jdbc:sqlite:" + file.toAbsolutePath().toUri();
        try {
            DriverManager.getDriver(url);
        } catch (SQLException missing) {
            throw UnsupportedDatabaseException.sqliteDriverMissing(missing);
        }
    }

    static SqliteFile in(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        return new SqliteFile(file);
    }

    @Override
    public Connection open() throws SQLException {
        Properties settings = new Properties();
        settings.setProperty("journal_mode", JOURNAL_MODE);
        settings.setProperty("synchronous", SYNCHRONOUS);
        settings.setProperty("busy_timeout", BUSY_MILLIS_MAX);
        return DriverManager.getConnection(url, settings);
    }
}
