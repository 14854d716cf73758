package dev.everfold.kurrent;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// Groups on the embedded engine.
class LogPersistentSubscriptionsTest extends PersistentSubscriptionsContract {

    @TempDir
    Path directory;

    @Override
    EventStore open() {
        return EventStores.open("log:" + directory);
    }
}
