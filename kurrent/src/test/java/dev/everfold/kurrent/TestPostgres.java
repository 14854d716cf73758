package dev.everfold.kurrent;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;

/// A PostgreSQL server of the test's own, with a schema for each store.
final class TestPostgres implements AutoCloseable {

    private final EmbeddedPostgres server;
    private int schemas;

    private TestPostgres(EmbeddedPostgres server) {
        this.server = server;
    }

    /// Started in a folder that it has for itself.
    static TestPostgres start(Path folder) throws IOException {
        return new TestPostgres(EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setOverrideWorkingDirectory(folder.resolve("programs").toFile())
                .setErrorRedirector(Redirect.DISCARD)
                .setOutputRedirector(Redirect.DISCARD)
                .start());
    }

    /// A new store.
    EventStore open() {
        schemas++;
        return EventStores.open(
                "postgresql://postgres@localhost:" + server.getPort() + "/postgres?schema=client_" + schemas);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
