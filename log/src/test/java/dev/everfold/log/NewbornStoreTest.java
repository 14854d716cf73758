package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store whose writer was killed right after it had created it, before there was a segment.
final class NewbornStoreTest {

    @TempDir
    Path directory;

    @Test
    void an_interrupted_thread_creates_a_store_and_stays_interrupted() {
        Thread.currentThread().interrupt();
        try (LogEventStore store = LogEventStore.open(directory.resolve("one/two"))) {
            assertThat(Thread.interrupted()).isTrue();
            assertThat(store.nextPosition()).isZero();
        } finally {
            Thread.interrupted();
        }
    }

    /// It belongs to the file system.
    @Test
    void a_disk_that_was_just_formatted_is_empty() throws IOException {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        Path other = Files.createDirectory(directory.resolve("other"));
        Files.createDirectory(disk.resolve("lost+found"));
        Files.createDirectory(other.resolve("lost+found"));

        try (LogEventStore store = LogEventStore.open(disk)) {
            store.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));
        }

        assertThat(LogBackup.backup(disk, other, _ -> {})).isEqualTo(1);
        assertThat(LogVerifier.verify(other, _ -> {}).passed()).isTrue();
    }

    @Test
    void a_reader_sees_an_empty_store_and_then_what_a_writer_appends() throws IOException, InterruptedException {
        StoreFile.create(UUID.randomUUID(), UUID.randomUUID()).writeNew(new FileStorage(directory));

        try (LogEventStore reader = LogEventStore.open(directory, LogOptions.DEFAULTS, Mode.READ)) {
            assertThat(reader.nextPosition()).isZero();
            assertThat(reader.stats().events()).isZero();
            assertThat(reader.read(Read.all()).toList()).isEmpty();

            try (LogEventStore writer = LogEventStore.open(directory)) {
                writer.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));

                assertThat(reader.awaitPosition(0, Duration.ofSeconds(10))).isTrue();
                assertThat(reader.read(Read.all()).toList()).hasSize(1);
            }
        }
    }
}
