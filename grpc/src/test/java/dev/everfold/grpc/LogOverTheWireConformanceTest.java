package dev.everfold.grpc;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.log.ClockedLog;
import dev.everfold.testkit.RestartableConformance;
import dev.everfold.testkit.RestartableFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The contract over real sockets, with the options that everybody gets: the embedded engine, events as records. A
/// restart is one of client, server and store.
final class LogOverTheWireConformanceTest extends RestartableConformance {

    @Override
    protected RestartableFixture fixture() {
        return new ServedLog();
    }

    private static final class ServedLog implements RestartableFixture {

        private final List<Path> directories = new ArrayList<>();
        private final List<ServedStore> served = new ArrayList<>();

        @Override
        public EventStore open(Clock clock, Limits limits) {
            try {
                directories.add(Files.createTempDirectory("everfold-grpc-"));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return serve(clock, limits);
        }

        @Override
        public EventStore reopen(Clock clock, Limits limits) {
            served.removeLast().close();
            return serve(clock, limits);
        }

        private EventStore serve(Clock clock, Limits limits) {
            served.add(ServedStore.of(ClockedLog.open(directories.getLast(), clock, limits)));
            return served.getLast().client(GrpcOptions.DEFAULTS);
        }

        @Override
        public boolean requestsArriveAtOnce() {
            return false;
        }

        @Override
        public void close() {
            served.forEach(ServedStore::close);
            directories.forEach(ServedLog::delete);
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
}
