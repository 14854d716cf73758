package dev.everfold.postgres;

import dev.everfold.eventstore.StoreUri;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/// A PostgreSQL of one test alone, with passwords, to be killed and started again.
final class OwnServer implements AutoCloseable {

    private static final long START_SECONDS_MAX = 60;

    private final Path folder;
    private final Path programs;
    private final int port;
    private final boolean onSmallDisk;
    private Process postmaster;

    /// @param onSmallDisk whether its data lies on a disk of 200 MiB, which exists for the server alone
    OwnServer(Path folder, boolean onSmallDisk) throws Exception {
        this.folder = folder;
        this.onSmallDisk = onSmallDisk;
        this.programs = programs();
        try (ServerSocket free = new ServerSocket(0)) {
            this.port = free.getLocalPort();
        }
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("password"), "secret");
        start();
    }

    private static Path programs() throws IOException {
        PostgresServer.V18.port();
        try (Stream<Path> unpacked = Files.list(Path.of(System.getProperty("java.io.tmpdir"), "v18"))) {
            return unpacked.filter(
                            entry -> Files.isExecutable(entry.resolve("bin").resolve("initdb")))
                    .findFirst()
                    .orElseThrow()
                    .resolve("bin");
        }
    }

    /// Starts it, and waits until it answers.
    void start() throws Exception {
        String data = folder.resolve("data").toString();
        String initialize = programs + "/initdb -N -E UTF8 --locale=C -U postgres -A scram-sha-256 --pwfile="
                + folder.resolve("password") + " -D " + data + " >" + folder.resolve("initdb.log") + " 2>&1";
        String serve = "exec " + programs + "/postgres -D " + data + " -p " + port
                + " -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on -c shared_buffers=16MB"
                + " -c max_wal_size=32MB -c min_wal_size=32MB -c wal_init_zero=off";
        String script =
                "test -f " + data + "/PG_VERSION || { chmod 700 " + data + " && " + initialize + "; } && " + serve;
        List<String> command = new ArrayList<>();
        if (onSmallDisk) {
            String mount =
                    "mount -t tmpfs -o size=200m,mode=700 small " + data + " && exec unshare -U sh -c '" + script + "'";
            command.addAll(List.of("unshare", "-Um", "--map-root-user", "sh", "-c", mount));
        } else if (ProcessHandle.current().info().user().orElse("").equals("root")) {
            command.addAll(List.of("unshare", "-U", "sh", "-c", script));
        } else {
            command.addAll(List.of("sh", "-c", script));
        }
        // Children of a killed server may live on for a moment, and keep the next one from starting.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (System.nanoTime() < deadline) {
            postmaster = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("server.log").toFile()))
                    .start();
            while (System.nanoTime() < deadline && !postmaster.waitFor(50, TimeUnit.MILLISECONDS)) {
                if (answers()) {
                    return;
                }
            }
        }
        throw new IllegalStateException("No server: " + Files.readString(folder.resolve("server.log")));
    }

    private boolean answers() {
        try (Connection _ = connect()) {
            return true;
        } catch (SQLException notYet) {
            return false;
        }
    }

    /// Kills the server as a machine that loses power would, but for what the system has in memory.
    void kill() throws InterruptedException {
        List<ProcessHandle> children = postmaster.descendants().toList();
        postmaster.destroyForcibly().waitFor();
        children.forEach(child -> child.onExit().orTimeout(10, TimeUnit.SECONDS).join());
    }

    StoreUri store(String schema) {
        return uri("postgres:secret@", "postgres", schema);
    }

    StoreUri uri(String login, String database, String schema) {
        return StoreUri.parse("postgresql://" + login + "127.0.0.1:" + port + "/" + database + "?schema=" + schema);
    }

    int port() {
        return port;
    }

    Connection connect() throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://127.0.0.1:" + port + "/postgres");
        source.setUser("postgres");
        source.setPassword("secret");
        return source.getConnection();
    }

    void run(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// The processes that serve an application.
    List<Long> processes(String application) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement =
                        connection.prepareStatement("select pid from pg_stat_activity where application_name = ?")) {
            statement.setString(1, application);
            List<Long> processes = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    processes.add(rows.getLong(1));
                }
            }
            return processes;
        }
    }

    @Override
    public void close() {
        try {
            kill();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
