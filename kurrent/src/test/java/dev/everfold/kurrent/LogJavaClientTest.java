package dev.everfold.kurrent;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// KurrentDB's client for Java on the embedded engine.
class LogJavaClientTest extends JavaClientContract {

    @TempDir
    Path directory;

    @Override
    EventStore open() {
        return EventStores.open("log:" + directory);
    }
}
