package dev.everfold.log;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreProvider;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.eventstore.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes `log:DIRECTORY` known.
///
/// Parameters:
/// - `mode` = `create`, `existing` or `read` ([LogEventStore.Mode]);
/// - `segment` = length of a segment before the next one is begun, 64 KiB to 1 GiB, such as `32MiB`
///   ([LogOptions#segmentBytes]). A store may be opened with another one each time.
public final class LogEventStoreProvider implements EventStoreProvider {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,10})(KiB|MiB|GiB|)");
    private static final Map<String, Integer> SHIFTS = Map.of("KiB", 10, "MiB", 20, "GiB", 30);

    /// For [java.util.ServiceLoader].
    public LogEventStoreProvider() {}

    @Override
    public String scheme() {
        return "log";
    }

    @Override
    public void check(StoreUri uri) {
        directory(uri);
        settings(uri);
    }

    @Override
    public EventStore open(StoreUri uri) {
        Settings settings = settings(uri);
        return LogEventStore.open(directory(uri), settings.options(), settings.mode());
    }

    @Override
    public EventStore openCopy(StoreUri uri, UUID lineage) {
        Settings settings = settings(uri);
        return LogEventStore.openCopy(directory(uri), settings.options(), settings.mode(), lineage);
    }

    /// Follows links, and knows `data` and `./data/` for the same.
    @Override
    public boolean isSameStore(StoreUri one, StoreUri other) {
        Path first = directory(one);
        Path second = directory(other);
        try {
            return Files.isSameFile(first, second);
        } catch (IOException notThere) {
            return first.toAbsolutePath()
                    .normalize()
                    .equals(second.toAbsolutePath().normalize());
        }
    }

    /// What a URI says beside the directory.
    private record Settings(LogEventStore.Mode mode, LogOptions options) {}

    private static Settings settings(StoreUri uri) {
        LogEventStore.Mode mode = LogEventStore.Mode.CREATE;
        LogOptions options = LogOptions.DEFAULTS;
        for (Map.Entry<String, String> parameter : uri.parameters().entrySet()) {
            String value = parameter.getValue();
            switch (parameter.getKey()) {
                case "mode" -> mode = mode(uri, value);
                case "segment" -> options = options.withSegmentBytes(segmentBytes(uri, value));
                default -> throw unexpected(uri, parameter.getKey() + "=" + value, "mode or segment");
            }
        }
        return new Settings(mode, options);
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

    private static LogEventStore.Mode mode(StoreUri uri, String value) {
        return switch (value) {
            case "create" -> LogEventStore.Mode.CREATE;
            case "existing" -> LogEventStore.Mode.EXISTING;
            case "read" -> LogEventStore.Mode.READ;
            default -> throw unexpected(uri, "mode=" + value, "mode=create, mode=existing or mode=read");
        };
    }

    private static long segmentBytes(StoreUri uri, String value) {
        Matcher size = SIZE.matcher(value);
        if (size.matches()) {
            long bytes = Long.parseLong(size.group(1)) << SHIFTS.getOrDefault(size.group(2), 0);
            if (bytes >= LogOptions.SEGMENT_BYTES_MIN && bytes <= LogOptions.SEGMENT_BYTES_MAX) {
                return bytes;
            }
        }
        throw unexpected(uri, "segment=" + value, "a size of 64KiB to 1GiB, such as segment=32MiB");
    }

    private static IllegalArgumentException unexpected(StoreUri uri, String parameter, String expected) {
        return new IllegalArgumentException(
                "Store URI \"" + uri + "\" has the parameter " + parameter + "; expected " + expected + ".");
    }
}
