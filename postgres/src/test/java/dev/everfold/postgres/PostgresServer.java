package dev.everfold.postgres;

import dev.everfold.eventstore.StoreUri;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/// A PostgreSQL that is started when it is first asked for, and ends with the tests.
///
/// It syncs as it does in production, which its starter would turn off. One that cannot be started fails
/// every test that needs it.
enum PostgresServer {
    V18("postgres.new"),
    V15("postgres.old");

    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private final String property;

    /// Guarded by this.
    @SuppressWarnings("ImmutableEnumChecker") // one server for each JVM, whoever asks
    private @Nullable EmbeddedPostgres server;

    PostgresServer(String property) {
        this.property = property;
    }

    synchronized int port() {
        if (server == null) {
            server = start();
        }
        return server.getPort();
    }

    /// A store in a schema that no test has used.
    StoreUri newStore() {
        return store("store_" + SCHEMAS.incrementAndGet());
    }

    StoreUri store(String schema) {
        return StoreUri.parse("postgresql://postgres@localhost:" + port() + "/postgres?schema=" + schema);
    }

    /// A connection of the server's owner.
    Connection connect() throws SQLException {
        return connect("postgres");
    }

    Connection connect(String database) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://localhost:" + port() + "/" + database);
        source.setUser("postgres");
        return source.getConnection();
    }

    void run(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    List<String> strings(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> strings = new ArrayList<>();
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
            return strings;
        }
    }

    private EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.builder()
                    .setPgBinaryResolver((_, _) -> archive())
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "200")
                    .setPGStartupWait(START_MAX)
                    .setOverrideWorkingDirectory(
                            new File(System.getProperty("java.io.tmpdir"), name().toLowerCase(Locale.ROOT)))
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException("PostgreSQL " + this + " of " + System.getProperty(property), failed);
        }
    }

    /// The one archive of programs in the jar, in memory.
    private InputStream archive() throws IOException {
        Path jar = Path.of(System.getProperty(property));
        try (ZipFile files = new ZipFile(jar.toFile())) {
            ZipEntry archive = files.stream()
                    .filter(file -> file.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no .txz in " + jar));
            try (InputStream content = files.getInputStream(archive)) {
                return new ByteArrayInputStream(content.readAllBytes());
            }
        }
    }
}
