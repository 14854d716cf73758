package dev.everfold.log;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.storage.FileStorage;
import dev.everfold.testkit.CopyFixture;
import dev.everfold.testkit.RestartableFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// Stores in directories of their own, removed after the test.
final class LogFixture implements RestartableFixture, CopyFixture {

    private final LogOptions options;
    private final List<Path> directories = new ArrayList<>();

    LogFixture(LogOptions options) {
        this.options = options;
    }

    @Override
    public EventStore open(Clock clock, Limits limits) {
        newDirectory();
        return reopen(clock, limits);
    }

    @Override
    public EventStore openCopy(Clock clock, Limits limits, UUID lineage) {
        newDirectory();
        return LogEventStore.open(
                new LogOpening(new FileStorage(directories.getLast()), options.withLimits(limits)).creating(lineage),
                Mode.CREATE,
                clock);
    }

    private void newDirectory() {
        try {
            directories.add(Files.createTempDirectory("everfold-log-"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public EventStore reopen(Clock clock, Limits limits) {
        return LogEventStore.open(
                new FileStorage(directories.getLast()), options.withLimits(limits), Mode.CREATE, clock);
    }

    @Override
    public void close() {
        directories.forEach(LogFixture::delete);
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
