package dev.everfold.log;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.IoReason;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.Verification;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.segment.LogEnd;
import dev.everfold.log.segment.Segment;
import dev.everfold.log.segment.SegmentFormat;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.storage.NoSpaceException;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;

/// Copies a log: as it is proven durable now, segment by segment, without its index.
///
/// A backup is a store that was closed. The file `STORE` is written last, so a backup that was cut off
/// is none.
final class LogBackup {

    private static final int CHUNK_BYTES = 1 << 20;

    private final LongConsumer progress;
    private long copied;

    private LogBackup(LongConsumer progress) {
        this.progress = progress;
    }

    /// Copies a store, also beside a running writer; the backup is of the same lineage.
    ///
    /// @return how many events the backup holds
    static long backup(Path source, Path target, LongConsumer progress) {
        return new LogBackup(progress).copy(source, target, Optional.empty());
    }

    /// Makes a new store of a new lineage from a backup, after verifying it.
    ///
    /// @return how many events the store holds
    static long restore(Path source, Path target, LongConsumer progress) {
        Verification verification = LogVerifier.verify(source, events -> {});
        if (!verification.passed()) {
            throw new CorruptStoreException("The backup in " + source + " is damaged: "
                    + verification.damages().getFirst() + ". Restore another one.");
        }
        return new LogBackup(progress).copy(source, target, Optional.of(UUID.randomUUID()));
    }

    private long copy(Path sourceDirectory, Path targetDirectory, Optional<UUID> newLineage) {
        Storage source = StoreFolder.toOpen(sourceDirectory, Mode.READ);
        OpenLog opened = new LogOpening(source, LogOptions.DEFAULTS).open(Mode.READ);
        try (Storage target = StoreFolder.toCopyInto(targetDirectory)) {
            if (!target.list().isEmpty()) {
                throw new StoreUnavailableException(
                        targetDirectory + " is not empty; expected a new or empty directory. Name another one.",
                        false,
                        null);
            }
            LogEnd end = copySegments(opened.segments().all(), target);
            StoreFile store = opened.store();
            new StoreFile(
                            store.storeId(),
                            newLineage.orElse(store.lineage()),
                            store.epoch(),
                            0,
                            Optional.of(new StoreFile.Closed(end.frames(), end.checksum())))
                    .writeNew(target);
            return end.nextPosition();
        } catch (IOException failure) {
            throw unmade(targetDirectory.toString(), failure);
        } finally {
            opened.close();
        }
    }

    private static EventStoreException unmade(String target, IOException failure) {
        if (failure instanceof ClosedByInterruptException) {
            return LogFailures.unavailable(target, failure);
        }
        if (failure instanceof NoSpaceException) {
            return new StoreUnavailableException(
                    "No space left for the copy in " + target + "; it is not finished. Remove it, make room there, and"
                            + " make it again.",
                    false,
                    failure);
        }
        IoReason reason = IoReason.of(failure, target);
        return new StoreUnavailableException(
                "The copy in " + target + " cannot be made: " + reason.words() + ". " + reason.advice(),
                false,
                failure);
    }

    private LogEnd copySegments(List<Segment> segments, Storage target) throws IOException {
        LogEnd end = LogEnd.EMPTY;
        for (Segment segment : segments) {
            end = segment.end();
            boolean sealed = segment.name().endsWith(".log");
            long bytes = sealed ? segment.bytes() : segment.framesEnd();
            try (StorageFile file = target.create(segment.name())) {
                copy(segment, bytes, file);
                file.sync();
            }
        }
        target.syncDirectory();
        return end;
    }

    private void copy(Segment segment, long bytes, StorageFile file) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        for (long at = 0; at < bytes; ) {
            int length = segment.read(at, chunk, 0, (int) Math.min(chunk.length, bytes - at));
            if (length == 0) {
                throw SegmentFormat.corrupt(segment.name(), at, bytes + " bytes expected, " + at + " found");
            }
            file.write(at, ByteBuffer.wrap(chunk, 0, length));
            at += length;
            copied += length;
            progress.accept(copied);
        }
    }
}
