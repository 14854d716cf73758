package dev.everfold.log;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.storage.FileStorage;
import java.nio.file.Path;
import java.time.Clock;

/// The embedded engine with a clock of the test's, which only its own package can open.
public final class ClockedLog {

    private ClockedLog() {}

    /// Opens the store in a directory, creating it where there is none.
    public static EventStore open(Path directory, Clock clock, Limits limits) {
        return LogEventStore.open(
                new FileStorage(directory), LogOptions.DEFAULTS.withLimits(limits), Mode.CREATE, clock);
    }
}
