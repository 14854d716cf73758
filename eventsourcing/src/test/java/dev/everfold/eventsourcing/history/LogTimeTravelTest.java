package dev.everfold.eventsourcing.history;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// Time travel on the embedded engine.
final class LogTimeTravelTest extends TimeTravelConformance {

    @TempDir
    Path folder;

    @Override
    EventStore emptyStore() {
        return EventStores.open("log:" + folder.resolve("store"));
    }
}
