package dev.everfold.benchmarks.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/// A PostgreSQL server that syncs each commit, reached over TCP on this machine. Safe for many threads.
public final class PostgresServer implements AutoCloseable {

    /// What it was told, for the tables.
    public static final String SETTINGS =
            "PostgreSQL 18.6 over TCP on this machine with fsync and synchronous_commit on";

    /// Its superuser, who needs no password.
    public static final String USER = "postgres";

    private final EmbeddedPostgres server;

    private PostgresServer(EmbeddedPostgres server) {
        this.server = server;
    }

    /// Starts one with its data in the folder; its programs are unpacked beside it, once for all servers there.
    ///
    /// @throws IllegalStateException when it would not sync
    public static PostgresServer start(Path folder) throws IOException, SQLException {
        Files.createDirectories(folder);
        EmbeddedPostgres started = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setOverrideWorkingDirectory(folder.resolveSibling("postgresql").toFile())
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                // Pools of sessions that were closed a moment ago may linger.
                .setServerConfig("max_connections", "400")
                .setErrorRedirector(Redirect.DISCARD)
                .setOutputRedirector(Redirect.DISCARD)
                .start();
        PostgresServer server = new PostgresServer(started);
        // The embedded server's own defaults would trade durability for speed.
        server.requireOn("fsync");
        server.requireOn("synchronous_commit");
        return server;
    }

    /// Its port on localhost.
    public int port() {
        return server.getPort();
    }

    /// The URL of a database for the driver.
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://localhost:" + port() + "/" + database + "?user=" + USER;
    }

    /// Creates an empty database.
    public void createDatabase(String name) throws SQLException {
        execute("CREATE DATABASE " + name);
    }

    /// Removes a database, whoever is still connected to it.
    public void dropDatabase(String name) throws SQLException {
        execute("DROP DATABASE " + name + " WITH (FORCE)");
    }

    /// Writes out what earlier work left behind, so that it is not paid for by what is measured next.
    public void settle() throws SQLException {
        execute("CHECKPOINT");
    }

    /// A pool whose connections are all open, so that none is opened while something is measured.
    public HikariDataSource pool(String database, int connections, boolean autoCommit) throws SQLException {
        HikariConfig settings = new HikariConfig();
        settings.setDataSource(server.getDatabase(USER, database));
        settings.setMaximumPoolSize(connections);
        settings.setAutoCommit(autoCommit);
        HikariDataSource pool = new HikariDataSource(settings);
        openAll(pool, connections);
        return pool;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void openAll(DataSource pool, int count) throws SQLException {
        List<Connection> connections = new ArrayList<>();
        try {
            while (connections.size() < count) {
                connections.add(pool.getConnection());
            }
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    private void requireOn(String setting) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW " + setting)) {
            if (!result.next() || !result.getString(1).equals("on")) {
                throw new IllegalStateException("PostgreSQL has " + setting + " off; expected it to be on.");
            }
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
