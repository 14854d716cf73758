package dev.everfold.log;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.index.CorruptIndexException;
import dev.everfold.log.index.IndexOptions;
import dev.everfold.log.index.LogIndex;
import dev.everfold.log.segment.LogEnd;
import dev.everfold.log.segment.OpenSegment;
import dev.everfold.log.segment.RecordReader;
import dev.everfold.log.segment.Segment;
import dev.everfold.log.segment.SegmentWriter;
import dev.everfold.log.segment.Segments;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.storage.Storage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Puts a store together from its files, and takes it apart again.
///
/// For writing: lock the directory, recover the log, index what the runs do not cover, make the segment
/// to write to, and only then mark the store as open. A crash anywhere before leaves it as it was.
final class LogOpening {

    static final String LOCK = "LOCK";

    private static final System.Logger LOGGER = System.getLogger("dev.everfold.log");
    private static final int ATTEMPTS_MAX = 10;

    private final Storage storage;
    private final LogOptions options;
    private final Supplier<ExecutorService> executors;
    private final Supplier<UUID> newLineage;

    LogOpening(Storage storage, LogOptions options) {
        this(storage, options, LogOpening::background);
    }

    /// With an executor for the work in the background: for tests that bring their own.
    LogOpening(Storage storage, LogOptions options, Supplier<ExecutorService> executors) {
        this(storage, options, executors, UUID::randomUUID);
    }

    private LogOpening(
            Storage storage, LogOptions options, Supplier<ExecutorService> executors, Supplier<UUID> newLineage) {
        this.storage = storage;
        this.options = options;
        this.executors = executors;
        this.newLineage = newLineage;
    }

    /// The same, but a store that is created gets this lineage.
    LogOpening creating(UUID lineage) {
        return new LogOpening(storage, options, executors, () -> lineage);
    }

    /// Opens the store, or frees everything and says why it cannot be opened.
    OpenLog open(Mode mode) {
        // An interruption would close the files that this thread writes to.
        boolean interrupted = Thread.interrupted();
        try {
            return mode == Mode.READ ? openForReading() : openForWriting(mode);
        } catch (IOException failure) {
            closeStorage();
            throw LogFailures.unavailable(storage.description(), failure);
        } catch (CorruptIndexException damage) {
            closeStorage();
            throw new CorruptStoreException(damage.getMessage());
        } catch (InternalError failure) {
            closeStorage();
            throw LogFailures.unreadable(failure);
        } catch (RuntimeException | Error failure) {
            closeStorage();
            throw failure;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private OpenLog openForWriting(Mode mode) throws IOException {
        boolean isStore = isStore();
        if (!isStore && mode == Mode.EXISTING) {
            throw LogFailures.missing(storage.description());
        }
        if (!storage.tryLock(LOCK)) {
            throw new StoreUnavailableException(
                    "The store in " + storage.description()
                            + " is open for writing already; one writer at a time. Close the other one, or open this"
                            + " one with mode=read.",
                    true,
                    null);
        }
        if (!isStore()) {
            StoreFile.create(UUID.randomUUID(), newLineage.get()).writeNew(storage);
        }
        while (true) {
            Optional<OpenLog> opened = tryWriting(StoreFile.read(storage));
            if (opened.isPresent()) {
                return opened.get();
            }
        }
    }

    /// Recovers the log and starts its writer.
    ///
    /// @return empty when a damaged file of the index was set aside, so that another attempt builds it anew
    private Optional<OpenLog> tryWriting(StoreFile found) throws IOException {
        RecoveryEvent event = new RecoveryEvent();
        event.begin();
        Recovery.Result recovered = Recovery.run(storage, found, true);
        Segments segments = new Segments(recovered.segments());
        ExecutorService background = executors.get();
        @Nullable LogIndex index = null;
        try {
            index = openIndex(found, recovered.end(), true, background);
            OpenLog opened = startWriting(found, recovered, segments, index, background, event);
            event.commit();
            return Optional.of(opened);
        } catch (CorruptIndexException damage) {
            boolean setAside = index != null && index.quarantine(damage);
            abandon(index, segments, background);
            if (setAside) {
                return Optional.empty();
            }
            throw damage;
        } catch (IOException | RuntimeException | Error failure) {
            abandon(index, segments, background);
            throw failure;
        }
    }

    private static void abandon(@Nullable LogIndex index, Segments segments, ExecutorService background)
            throws IOException {
        if (index != null) {
            index.close();
        }
        OpenLog.terminate(background);
        segments.close();
    }

    private OpenLog startWriting(
            StoreFile found,
            Recovery.Result recovered,
            Segments segments,
            LogIndex index,
            ExecutorService background,
            RecoveryEvent event)
            throws IOException {
        LogDirectory directory = new LogDirectory(storage, found.storeId(), options, segments, background);
        Map<String, Long> tracked = new ConcurrentHashMap<>(index.trackings());
        long indexed = Replay.run(recovered.segments(), recovered.end(), index, tracked);
        AppendDecisions decisions = new AppendDecisions(
                index, new RecordReader(segments), remembered(index), tracked, lastRecordedMicros(segments, recovered));
        SegmentWriter segment = segmentToWrite(directory, recovered);
        StoreFile store = found.opened();
        store.write(storage);
        Failpoint.STORE_OPENED.pass();
        for (Segment older : segments.all()) {
            if (older instanceof OpenSegment open && open != segment.segment()) {
                directory.sealLater(open);
            }
        }
        Published published = new Published();
        published.raise(recovered.end().nextPosition());
        AppendQueue queue = new AppendQueue(options.queueBytesMax());
        Answers answers = new Answers();
        LogWriter writer = new LogWriter(
                directory, options, queue, decisions, index, published, tracked, answers, segment, store.epoch());
        Thread thread = new Thread(writer, "everfold-log-writer");
        thread.setDaemon(true);
        thread.start();
        event.events = recovered.end().nextPosition();
        event.clean = found.closed().isPresent();
        event.tornBytes = recovered.tornBytes();
        event.indexedEvents = indexed;
        LOGGER.log(
                System.Logger.Level.DEBUG,
                "opened log dir={0} events={1} tornBytes={2} indexedEvents={3}",
                storage.description(),
                event.events,
                event.tornBytes,
                indexed);
        return new OpenLog(
                storage,
                options,
                store,
                segments,
                index,
                published,
                tracked,
                background,
                new OpenLog.Writing(queue, writer, thread, directory, answers));
    }

    private OpenLog openForReading() throws IOException {
        if (!isStore()) {
            throw LogFailures.missing(storage.description());
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return startFollowing();
            } catch (NoSuchFileException sealedMeanwhile) {
                if (attempt == ATTEMPTS_MAX) {
                    throw sealedMeanwhile;
                }
            }
        }
    }

    private OpenLog startFollowing() throws IOException {
        StoreFile store = StoreFile.read(storage);
        Recovery.Result recovered = Recovery.run(storage, store, false);
        Segments segments = new Segments(recovered.segments());
        ExecutorService background = executors.get();
        @Nullable LogIndex index = null;
        try {
            index = openIndex(store, recovered.end(), false, background);
            Map<String, Long> tracked = new ConcurrentHashMap<>(index.trackings());
            Replay.run(recovered.segments(), recovered.end(), index, tracked);
            Published published = new Published();
            published.raise(recovered.end().nextPosition());
            LogFollower follower = new LogFollower(storage, store, segments, index, published, tracked);
            return new OpenLog(
                    storage,
                    options,
                    store,
                    segments,
                    index,
                    published,
                    tracked,
                    background,
                    new OpenLog.Following(follower));
        } catch (IOException | RuntimeException | Error failure) {
            abandon(index, segments, background);
            throw failure;
        }
    }

    private LogIndex openIndex(StoreFile store, LogEnd end, boolean writable, ExecutorService background)
            throws IOException {
        IndexOptions indexOptions = IndexOptions.defaults()
                .withMemtable(options.memtableEvents(), 8 * options.memtableEvents(), options.memtableEvents())
                .withRememberedAppendsMax(options.limits().rememberedAppends())
                .withWriteBytesPerSecond(options.backgroundBytesPerSecond())
                .withFlushOnCloseEventsMin(Math.max(1, options.memtableEvents() / 16));
        return LogIndex.open(storage, indexOptions, store.storeId(), end.frames(), writable, background);
    }

    private SegmentWriter segmentToWrite(LogDirectory directory, Recovery.Result recovered) throws IOException {
        List<Segment> found = recovered.segments();
        if (!found.isEmpty() && found.getLast() instanceof OpenSegment open) {
            return directory.resumeSegment(open);
        }
        SegmentWriter created = directory.createSegment(recovered.end());
        directory.segments().add(created.segment());
        return created;
    }

    private RememberedAppends remembered(LogIndex index) {
        RememberedAppends remembered = new RememberedAppends(options.limits().rememberedAppends());
        index.forEachAppend(options.limits().rememberedAppends(), remembered::add);
        return remembered;
    }

    private static long lastRecordedMicros(Segments segments, Recovery.Result recovered) {
        long next = recovered.end().nextPosition();
        return next == 0
                ? Long.MIN_VALUE
                : new RecordReader(segments).read(next - 1).recordedMicros();
    }

    /// Whether the directory is a store; something else in it is refused, so that nothing of others is
    /// touched.
    private boolean isStore() throws IOException {
        List<String> names = storage.list();
        if (names.contains(StoreFile.NAME)) {
            return true;
        }
        boolean foreign = names.stream().anyMatch(name -> !name.equals(LOCK) && !name.equals(StoreFile.NAME + ".tmp"));
        if (foreign) {
            throw new StoreUnavailableException(
                    storage.description() + " is not a store: it has no file " + StoreFile.NAME
                            + " and is not empty. Name the directory of a store, or an empty one.",
                    false,
                    null);
        }
        return false;
    }

    private void closeStorage() {
        try {
            storage.close();
        } catch (IOException failure) {
            LOGGER.log(System.Logger.Level.WARNING, "lock not released dir=" + storage.description(), failure);
        }
    }

    private static ExecutorService background() {
        return Executors.newCachedThreadPool(LogOpening::daemon);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "everfold-log-background");
        thread.setDaemon(true);
        return thread;
    }
}
