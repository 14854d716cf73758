package dev.everfold.log;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.Verification;
import dev.everfold.eventstore.Verification.Damage;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.segment.LogEnd;
import dev.everfold.log.segment.SegmentFormat;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.LongConsumer;

/// Reads every byte of a store and says what is not as it was written. Changes nothing.
///
/// Beside a running writer it checks what is proven durable. Memory: 32 bytes a stream, to see that
/// revisions are dense.
final class LogVerifier {

    private final Storage storage;
    private final LongConsumer progress;
    private final List<String> checked = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private long bytes;
    private boolean live;
    private Optional<StoreFile> before = Optional.empty();

    private LogVerifier(Storage storage, LongConsumer progress) {
        this.storage = storage;
        this.progress = progress;
    }

    /// Verifies the store in a directory.
    ///
    /// @throws StoreUnavailableException when there is none, or it is of a newer format
    static Verification verify(Path directory, LongConsumer progress) {
        try (Storage storage = StoreFolder.toOpen(directory, Mode.READ)) {
            return verify(storage, progress);
        } catch (IOException failure) {
            throw LogFailures.unavailable(directory.toString(), failure);
        }
    }

    /// Verifies the store behind a storage: for tests that bring their own.
    static Verification verify(Storage storage, LongConsumer progress) throws IOException {
        List<String> names = storage.list();
        if (!names.contains(StoreFile.NAME)) {
            throw new StoreUnavailableException(
                    names.isEmpty()
                            ? "There is no store in " + storage.description() + ". Correct the path."
                            : storage.description() + " is not a store: it holds files and no " + StoreFile.NAME
                                    + ", like a backup that was broken off. Name another one.",
                    false,
                    null);
        }
        LogVerifier first = new LogVerifier(storage, progress);
        Verification verification = first.verify();
        if (verification.passed() || first.live || !first.hasBeenOpenedMeanwhile()) {
            return verification;
        }
        // A writer that began meanwhile changes files as they are read: once more, beside it.
        LogVerifier second = new LogVerifier(storage, progress);
        second.live = true;
        return second.verify();
    }

    private Verification verify() throws IOException {
        live = live || isLocked();
        before = storeFile();
        if (live) {
            notes.add("The store is open for writing; what was appended since the verification began is not checked.");
        }
        Optional<StoreFile> store = verifyStoreFile();
        long events = store.isPresent() ? verifyLog(store.get()) : 0;
        noteOtherFiles();
        return new Verification(events, bytes, checked, notes, damages);
    }

    /// Whether somebody writes. Who wants to write meanwhile may.
    private boolean isLocked() throws IOException {
        return storage.isLocked(LogOpening.LOCK);
    }

    private boolean hasBeenOpenedMeanwhile() throws IOException {
        return isLocked() || !before.equals(storeFile());
    }

    private Optional<StoreFile> storeFile() throws IOException {
        List<StoreFile> whole = new ArrayList<>();
        StoreFile.inspect(storage, whole);
        return whole.stream().max(Comparator.comparingLong(StoreFile::generation));
    }

    private Optional<StoreFile> verifyStoreFile() throws IOException {
        List<StoreFile> whole = new ArrayList<>();
        for (StoreFile.DamagedSlot slot : StoreFile.inspect(storage, whole)) {
            String advice = whole.isEmpty()
                    ? "; restore a backup"
                    : "; the other copy is whole, open the store for writing to write it again";
            damages.add(new Damage(StoreFile.NAME, slot.offset(), slot.what() + advice));
        }
        bytes += 2L * StoreFile.SLOT_BYTES;
        checked.add("2 copies of the file " + StoreFile.NAME + ": checksum of each.");
        return whole.stream().max(Comparator.comparingLong(StoreFile::generation));
    }

    private long verifyLog(StoreFile store) throws IOException {
        try (IndexVerification index = IndexVerification.open(storage, store.storeId())) {
            SegmentVerification segments =
                    new SegmentVerification(storage, store, live, index, damages, notes, progress);
            NavigableMap<Long, String> names = Recovery.segmentNames(storage);
            List<String> frameless = OpenSegments.takeFrameless(storage, names);
            for (Map.Entry<Long, String> name : names.entrySet()) {
                segments.verify(name.getValue(), Optional.ofNullable(names.higherKey(name.getKey())));
            }
            for (String name : frameless) {
                verifyFrameless(name, store, segments);
            }
            LogEnd end = segments.end();
            requireClosedEnd(store, end, names);
            bytes += segments.bytes();
            checked.add(names.size() + " segments with " + end.frames() + " frames and " + end.appends()
                    + " appends: checksums, their chain, the zeros between them, tables of offsets.");
            checked.add(segments.events() + " events: checksum, position, revision in the stream, recorded time.");
            if (segments.complete()) {
                damages.addAll(index.finish());
                bytes += index.bytes();
                checked.add(index.runs() + " index runs: checksums, and each entry against the events.");
            } else {
                notes.add("The index was not checked, since events are missing to check it against.");
            }
            return segments.events();
        } catch (CorruptStoreException damage) {
            damages.add(new Damage(storage.description(), 0, damage.getMessage()));
            return 0;
        }
    }

    /// A segment without frames is the newest one, or it is left over.
    private void verifyFrameless(String name, StoreFile store, SegmentVerification segments) throws IOException {
        boolean newest =
                SegmentFormat.fromFrame(name).orElseThrow() == segments.end().frames();
        boolean closed = store.closed().isPresent() && !live;
        boolean whole;
        try {
            whole = closed || hasHeader(name, store);
        } catch (NoSuchFileException sealedMeanwhile) {
            if (live) {
                // By the writer, so its frames were appended since the verification began.
                return;
            }
            throw sealedMeanwhile;
        }
        if (newest && whole) {
            segments.verify(name, Optional.empty());
        } else {
            notes.add("File " + name + " has no frames and is left over, or is in the making; the next opening for"
                    + " writing removes it.");
        }
    }

    private boolean hasHeader(String name, StoreFile store) throws IOException {
        try (StorageFile file = storage.openForReading(name)) {
            return OpenSegments.open(file, store.storeId(), true).isPresent();
        }
    }

    private void requireClosedEnd(StoreFile store, LogEnd end, NavigableMap<Long, String> names) {
        if (live || store.closed().isEmpty()) {
            return;
        }
        StoreFile.Closed closed = store.closed().get();
        if (end.frames() != closed.frames() || end.checksum() != closed.checksum()) {
            damages.add(new Damage(
                    names.isEmpty() ? StoreFile.NAME : names.lastEntry().getValue(),
                    0,
                    "a log of " + closed.frames() + " frames expected, as it was closed, one of " + end.frames()
                            + " found"));
        }
    }

    private void noteOtherFiles() throws IOException {
        for (String name : storage.list()) {
            boolean known = name.equals(StoreFile.NAME)
                    || name.equals(LogOpening.LOCK)
                    || SegmentFormat.fromFrame(name).isPresent()
                    || (name.startsWith("index-") && name.endsWith(".run"));
            if (!known) {
                notes.add("File " + name + " is not part of the store, or is left over; it was not checked.");
            }
        }
    }
}
