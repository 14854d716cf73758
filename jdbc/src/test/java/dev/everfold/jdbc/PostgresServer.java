package dev.everfold.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL that is started when it is first asked for, and ends with the tests.
///
/// It syncs as it does in production, which its starter would turn off. One that cannot be started fails
/// every test that needs it.
enum PostgresServer {
    V18("postgres.new"),
    V15("postgres.old");

    private static final Duration START_MAX = Duration.ofSeconds(60);

    private final String property;

    /// Guarded by this.
    @SuppressWarnings("ImmutableEnumChecker") // one server for each JVM, whoever asks
    private @Nullable EmbeddedPostgres server;

    PostgresServer(String property) {
        this.property = property;
    }

    /// A JDBC URL with user and database.
    synchronized String url() {
        if (server == null) {
            server = start();
        }
        return server.getJdbcUrl("postgres", "postgres");
    }

    private EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.builder()
                    .setPgBinaryResolver((_, _) -> archive())
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
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
