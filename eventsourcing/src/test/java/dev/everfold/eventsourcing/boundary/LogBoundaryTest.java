package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// Boundaries on the embedded engine.
final class LogBoundaryTest extends BoundaryConformance {

    @TempDir
    Path folder;

    @Override
    EventStore emptyStore() {
        return EventStores.open("log:" + folder.resolve("store"));
    }
}
