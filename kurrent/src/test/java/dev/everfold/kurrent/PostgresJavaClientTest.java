package dev.everfold.kurrent;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// KurrentDB's client for Java on PostgreSQL: one server, a schema for each test.
class PostgresJavaClientTest extends JavaClientContract {

    private static EmbeddedPostgres server;
    private static int schemas;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setOverrideWorkingDirectory(folder.resolve("programs").toFile())
                .setErrorRedirector(Redirect.DISCARD)
                .setOutputRedirector(Redirect.DISCARD)
                .start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Override
    EventStore open() {
        schemas++;
        return EventStores.open(
                "postgresql://postgres@localhost:" + server.getPort() + "/postgres?schema=client_" + schemas);
    }
}
