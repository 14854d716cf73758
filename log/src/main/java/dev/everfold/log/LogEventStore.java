package dev.everfold.log;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.IoReason;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.eventstore.StoreStats;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.index.CorruptIndexException;
import dev.everfold.log.segment.RecordReader;
import dev.everfold.log.segment.Segment;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// An event store in a directory of files.
///
/// ```java
/// try (EventStore store = LogEventStore.open(Path.of("data"))) {
///     store.append(Append.of(NewEvent.of("order-17", "order.placed", "{\"lines\":2}")));
/// }
/// ```
///
/// One process writes to a directory at a time; any number read beside it ([Mode#READ]). An append is
/// durable when it returns: written and synced, many appends per sync. Memory does not grow with the
/// number of events or streams, except by 4 bytes an event of the newest segment and by what
/// [LogOptions] bounds. Safe for use by many threads.
public final class LogEventStore implements EventStore {

    /// How a store is opened.
    public enum Mode {
        /// For writing; the store is created where there is none, in a directory that is missing or empty
        /// (`lost+found` does not count).
        CREATE,
        /// For writing; there must be a store.
        EXISTING,
        /// For reading only, also beside a process that writes; shows what is proven durable.
        READ
    }

    private final OpenLog opened;
    private final Clock clock;
    private volatile boolean closed;

    private LogEventStore(OpenLog opened, Clock clock) {
        this.opened = opened;
        this.clock = clock;
    }

    /// Opens the store in a directory for writing, creating it where there is none, with default options.
    ///
    /// @throws StoreUnavailableException when the directory holds something else, a newer format, or is
    ///     in use
    /// @throws CorruptStoreException when acknowledged events are damaged or missing
    /// @throws dev.everfold.eventstore.StorageFullException when there is no room to create it
    public static LogEventStore open(Path directory) {
        return open(directory, LogOptions.DEFAULTS, Mode.CREATE);
    }

    /// Opens the store in a directory.
    ///
    /// @throws StoreUnavailableException when it is missing (unless created), not a store, of a newer
    ///     format, or in use
    /// @throws CorruptStoreException when acknowledged events are damaged or missing
    /// @throws dev.everfold.eventstore.StorageFullException when there is no room to create it
    public static LogEventStore open(Path directory, LogOptions options, Mode mode) {
        return open(StoreFolder.toOpen(directory, mode), options, mode, Clock.systemUTC());
    }

    /// Opens a store that is to become a copy of another one: where there is none, and the mode allows it, it
    /// is created with the other's lineage.
    ///
    /// @param lineage of the other store
    /// @throws RuntimeException as [#open(Path, LogOptions, Mode)]
    public static LogEventStore openCopy(Path directory, LogOptions options, Mode mode, UUID lineage) {
        LogOpening opening = new LogOpening(StoreFolder.toOpen(directory, mode), options);
        return open(opening.creating(lineage), mode, Clock.systemUTC());
    }

    /// Opens the store behind a storage, with a clock: for tests that bring their own.
    static LogEventStore open(Storage storage, LogOptions options, Mode mode, Clock clock) {
        return new LogEventStore(new LogOpening(storage, options).open(mode), clock);
    }

    /// The same with a way of opening that was prepared, for example with an executor of its own.
    static LogEventStore open(LogOpening opening, Mode mode, Clock clock) {
        return new LogEventStore(opening.open(mode), clock);
    }

    @Override
    public Appended append(Append append) {
        limits().check(append);
        OpenLog.Writing writing = writing();
        PendingAppend pending = PendingAppend.waitedForBy(
                Thread.currentThread(), append, opened.index().terms(), stampMicros());
        put(writing, pending);
        return pending.await();
    }

    @Override
    public CompletableFuture<Appended> appendAsync(Append append) {
        limits().check(append);
        CompletableFuture<Appended> future = new CompletableFuture<>();
        try {
            OpenLog.Writing writing = writing();
            put(writing, PendingAppend.completing(future, append, opened.index().terms(), stampMicros()));
        } catch (EventStoreException refused) {
            future.completeExceptionally(refused);
        }
        return future;
    }

    @Override
    public EventCursor read(Read read) {
        limits().check(read);
        long next = nextPosition();
        if (read.source() instanceof Read.Source.Matching matching && matching.fromPosition() > next) {
            throw new PositionAheadException("Read", matching.fromPosition(), next);
        }
        LogCursor.Sources sources = new LogCursor.Sources(
                opened.index(), new RecordReader(opened.segments()), () -> closed, this::setAside);
        try {
            return new LogCursor(sources, read, next);
        } catch (CorruptIndexException damage) {
            throw setAside(damage);
        } catch (InternalError unreadable) {
            throw LogFailures.unreadable(unreadable);
        }
    }

    @Override
    public long nextPosition() {
        requireOpen();
        if (opened.role() instanceof OpenLog.Following(LogFollower follower)) {
            try {
                follower.poll();
            } catch (IOException failure) {
                throw unreadable(failure);
            }
        }
        return opened.published().nextPosition();
    }

    @Override
    public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
        requireOpen();
        return switch (opened.role()) {
            case OpenLog.Writing _ -> opened.published().await(position, timeout);
            case OpenLog.Following(LogFollower follower) -> {
                try {
                    yield follower.await(position, timeout);
                } catch (IOException failure) {
                    throw unreadable(failure);
                }
            }
        };
    }

    @Override
    public OptionalLong trackedPosition(String source) {
        nextPosition();
        Long position = opened.tracked().get(source);
        return position == null ? OptionalLong.empty() : OptionalLong.of(position);
    }

    @Override
    public SortedMap<String, Long> trackedPositions() {
        nextPosition();
        return Collections.unmodifiableSortedMap(new TreeMap<>(opened.tracked()));
    }

    @Override
    public UUID lineage() {
        return opened.store().lineage();
    }

    @Override
    public Limits limits() {
        return opened.options().limits();
    }

    @Override
    public StoreStats stats() {
        long events = nextPosition();
        try {
            long bytes = opened.index().bytes() + 2L * StoreFile.SLOT_BYTES;
            for (Segment segment : opened.segments().all()) {
                bytes += bytes(segment);
            }
            return new StoreStats(
                    events,
                    opened.index().streams(),
                    opened.index().types(),
                    bytes,
                    opened.segments().all().size());
        } catch (CorruptIndexException damage) {
            throw setAside(damage);
        } catch (InternalError unreadable) {
            throw LogFailures.unreadable(unreadable);
        } catch (IOException failure) {
            throw unreadable(failure);
        }
    }

    private static long bytes(Segment segment) throws IOException {
        try {
            return segment.bytes();
        } catch (ClosedChannelException | NoSuchFileException sealedMeanwhile) {
            return segment.framesEnd();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        opened.close();
    }

    /// The writing side, if there is one and it has not failed.
    private OpenLog.Writing writing() {
        requireOpen();
        return switch (opened.role()) {
            case OpenLog.Writing writing -> {
                requireNotFailed(writing);
                yield writing;
            }
            case OpenLog.Following _ ->
                throw new StoreUnavailableException(
                        "The store in " + opened.storage().description()
                                + " is open for reading only. Open it without mode=read to append.",
                        false,
                        null);
        };
    }

    private void put(OpenLog.Writing writing, PendingAppend pending) {
        try {
            writing.queue().put(pending);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OutcomeUnknownException(
                    "Append " + pending.append().id() + " was interrupted while it waited", interrupted);
        } catch (StoreClosedException refused) {
            requireNotFailed(writing);
            throw refused;
        }
    }

    private static void requireNotFailed(OpenLog.Writing writing) {
        @Nullable Throwable failure = writing.writer().failure();
        if (failure != null) {
            throw writing.writer().unavailable(failure);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreClosedException("store");
        }
    }

    private CorruptStoreException setAside(CorruptIndexException damage) {
        try {
            opened.index().quarantine(damage);
        } catch (IOException failure) {
            damage.addSuppressed(failure);
        }
        return new CorruptStoreException(damage.getMessage());
    }

    private EventStoreException unreadable(IOException failure) {
        if (closed) {
            return new StoreClosedException("store"); // while it was read
        }
        return new StoreUnavailableException(
                "The store in " + opened.storage().description() + " cannot be read: "
                        + IoReason.of(failure, opened.storage().description()).words() + ".",
                true,
                new UncheckedIOException(failure));
    }

    private long stampMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }
}
