package dev.everfold.kurrent;

import dev.everfold.eventstore.EventStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// KurrentDB's client for Java on PostgreSQL: one server, a schema for each test.
class PostgresJavaClientTest extends JavaClientContract {

    private static TestPostgres server;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws IOException {
        server = TestPostgres.start(folder);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Override
    EventStore open() {
        return server.open();
    }
}
