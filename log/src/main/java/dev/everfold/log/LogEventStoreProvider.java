package dev.everfold.log;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreProvider;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.eventstore.Verification;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongConsumer;

/// Makes `log:DIRECTORY` known.
///
/// Parameters: `mode` = `create`, `existing` or `read` ([LogEventStore.Mode]).
public final class LogEventStoreProvider implements EventStoreProvider {

    /// For [java.util.ServiceLoader].
    public LogEventStoreProvider() {}

    @Override
    public String scheme() {
        return "log";
    }

    @Override
    public EventStore open(StoreUri uri) {
        return LogEventStore.open(directory(uri), LogOptions.DEFAULTS, mode(uri));
    }

    @Override
    public Verification verify(StoreUri uri, LongConsumer progress) {
        return LogVerifier.verify(directory(uri), progress);
    }

    @Override
    public long backup(StoreUri uri, Path directory, LongConsumer progress) {
        return LogBackup.backup(directory(uri), directory, progress);
    }

    @Override
    public long restore(Path directory, StoreUri uri, LongConsumer progress) {
        return LogBackup.restore(directory, directory(uri), progress);
    }

    private static Path directory(StoreUri uri) {
        if (uri.rest().isEmpty()) {
            throw new IllegalArgumentException("Store URI \"" + uri + "\" names no directory; expected log:DIRECTORY.");
        }
        return Path.of(uri.rest());
    }

    private static LogEventStore.Mode mode(StoreUri uri) {
        LogEventStore.Mode mode = LogEventStore.Mode.CREATE;
        for (Map.Entry<String, String> parameter : uri.parameters().entrySet()) {
            mode = switch (parameter.getKey() + "=" + parameter.getValue()) {
                case "mode=create" -> LogEventStore.Mode.CREATE;
                case "mode=existing" -> LogEventStore.Mode.EXISTING;
                case "mode=read" -> LogEventStore.Mode.READ;
                default ->
                    throw new IllegalArgumentException("Store URI \"" + uri + "\" has the parameter "
                            + parameter.getKey() + "=" + parameter.getValue()
                            + "; expected mode=create, mode=existing or mode=read.");
            };
        }
        return mode;
    }
}
