package dev.everfold.eventstore;

import dev.everfold.eventstore.AppendConflictException.Failure;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The contract in its plainest form: one list of events, searched from end to end.
///
/// It is the oracle that engines are compared with, and good for tests of applications. Everything is
/// gone when it is closed. Cost: an append looks through the events that its conditions ask for; a read
/// looks at every event in its range.
///
/// ```
/// log       0 account-1 r0 | 1 account-2 r0 | 2 account-1 r1     the truth; the rest is derived
/// revisions account-1 → 1, account-2 → 0                         last revision of each stream
/// tracked   orders → 41                                          last tracked position of each source
/// accepted  append id → first answer                             the remembered appends, oldest first
/// ```
public final class InMemoryEventStore implements EventStore {

    private final Clock clock;
    private final Limits limits;
    private final UUID lineage;

    // Guarded by lock.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<RecordedEvent> log = new ArrayList<>();
    private final Map<String, Long> revisions = new HashMap<>();
    private final Map<String, Long> tracked = new HashMap<>();
    private final Map<UUID, Appended> accepted = new LinkedHashMap<>();
    private long recordedMicros = Micros.NONE;
    private boolean closed;

    /// An empty store with the system's clock and the default limits.
    public InMemoryEventStore() {
        this(Clock.systemUTC(), Limits.DEFAULTS);
    }

    /// An empty store.
    ///
    /// @param clock gives the time when a request arrives
    /// @param limits what it takes at once
    public InMemoryEventStore(Clock clock, Limits limits) {
        this(clock, limits, UUID.randomUUID());
    }

    /// An empty store that is to become a copy of another one.
    ///
    /// @param clock gives the time when a request arrives
    /// @param limits what it takes at once
    /// @param lineage of the other store
    public InMemoryEventStore(Clock clock, Limits limits, UUID lineage) {
        this.clock = clock;
        this.limits = limits;
        this.lineage = lineage;
    }

    @Override
    public Appended append(Append append) {
        limits.check(append);
        long stampMicros = Micros.of(clock.instant());
        lock.lock();
        try {
            requireOpen();
            Appended first = accepted.get(append.id());
            if (first != null) {
                return repeated(append, first);
            }
            requireNotAhead(append);
            List<Failure> failures = failures(append, stampMicros);
            if (!failures.isEmpty()) {
                throw new AppendConflictException(failures);
            }
            return accept(append, stampMicros);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletableFuture<Appended> appendAsync(Append append) {
        limits.check(append);
        try {
            return CompletableFuture.completedFuture(append(append));
        } catch (EventStoreException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    @Override
    public EventCursor read(Read read) {
        limits.check(read);
        lock.lock();
        try {
            requireOpen();
            return switch (read.source()) {
                case Read.Source.Matching matching -> {
                    if (matching.fromPosition() > log.size()) {
                        throw new PositionAheadException("Read", matching.fromPosition(), log.size());
                    }
                    long end = Math.min(matching.toPosition(), log.size());
                    yield new Cursor(read, matching.query().predicate(), matching.fromPosition(), end);
                }
                case Read.Source.Revisions revisionsOf -> {
                    Predicate<RecordedEvent> ofStream =
                            Query.stream(revisionsOf.stream()).predicate();
                    Predicate<RecordedEvent> inRange = event -> event.revision() >= revisionsOf.fromRevision()
                            && event.revision() < revisionsOf.toRevision();
                    yield new Cursor(read, ofStream.and(inRange), 0, log.size());
                }
            };
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long nextPosition() {
        lock.lock();
        try {
            requireOpen();
            return log.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
        long nanosLeft = TimeUnit.NANOSECONDS.convert(timeout);
        lock.lockInterruptibly();
        try {
            requireOpen();
            while (log.size() <= position) {
                if (nanosLeft <= 0) {
                    return false;
                }
                nanosLeft = changed.awaitNanos(nanosLeft);
                requireOpen();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public OptionalLong trackedPosition(String source) {
        lock.lock();
        try {
            requireOpen();
            Long position = tracked.get(source);
            return position == null ? OptionalLong.empty() : OptionalLong.of(position);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public SortedMap<String, Long> trackedPositions() {
        lock.lock();
        try {
            requireOpen();
            return Collections.unmodifiableSortedMap(new TreeMap<>(tracked));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public UUID lineage() {
        return lineage;
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public StoreStats stats() {
        lock.lock();
        try {
            requireOpen();
            SortedMap<String, Long> types = new TreeMap<>();
            long bytes = 0;
            for (RecordedEvent event : log) {
                types.merge(event.type(), 1L, Long::sum);
                bytes += event.recordBytes();
            }
            return new StoreStats(log.size(), revisions.size(), types, bytes, 1);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Appended repeated(Append append, Appended first) {
        List<UUID> before = log.subList((int) first.fromPosition(), (int) first.toPosition()).stream()
                .map(RecordedEvent::id)
                .toList();
        if (!before.equals(append.events().stream().map(NewEvent::id).toList())) {
            throw new AppendIdReusedException(append.id(), first);
        }
        return first;
    }

    private void requireNotAhead(Append append) {
        for (AppendCondition condition : append.conditions()) {
            if (condition instanceof AppendCondition.NothingMatching nothing && nothing.fromPosition() > log.size()) {
                throw new PositionAheadException("Condition", nothing.fromPosition(), log.size());
            }
        }
    }

    private List<Failure> failures(Append append, long stampMicros) {
        List<Failure> failures = new ArrayList<>();
        for (AppendCondition condition : append.conditions()) {
            failure(condition).ifPresent(failures::add);
        }
        append.tracking().ifPresent(tracking -> {
            Long found = tracked.get(tracking.source());
            if (found != null && tracking.position() <= found) {
                failures.add(new Failure.TrackingNotRising(tracking, found));
            }
        });
        long last = recordedMicros;
        for (NewEvent event : append.events()) {
            long recorded = event.recorded().map(Micros::of).orElse(Math.max(last, stampMicros));
            if (recorded < last) {
                failures.add(new Failure.RecordedTimeFalling(Micros.toInstant(recorded), Micros.toInstant(last)));
                break;
            }
            last = recorded;
        }
        return failures;
    }

    private Optional<Failure> failure(AppendCondition condition) {
        return switch (condition) {
            case AppendCondition.StreamAt streamAt -> {
                long last = revisions.getOrDefault(streamAt.stream(), -1L);
                yield streamAt.expected().holdsFor(last)
                        ? Optional.empty()
                        : Optional.of(new Failure.StreamMoved(
                                streamAt, last < 0 ? OptionalLong.empty() : OptionalLong.of(last)));
            }
            case AppendCondition.NothingMatching nothing -> {
                Predicate<RecordedEvent> matches = nothing.query().predicate();
                yield log.subList((int) nothing.fromPosition(), log.size()).stream()
                        .filter(matches)
                        .findFirst()
                        .map(event -> new Failure.QueryMatched(nothing, event.position()));
            }
        };
    }

    private Appended accept(Append append, long stampMicros) {
        long fromPosition = log.size();
        List<Long> given = new ArrayList<>();
        for (NewEvent event : append.events()) {
            long revision = revisions.getOrDefault(event.stream(), -1L) + 1;
            recordedMicros = event.recorded().map(Micros::of).orElse(Math.max(recordedMicros, stampMicros));
            byte[] record = EventFormat.encode(event);
            EventFormat.place(record, 0, new EventFormat.Place(log.size(), revision, recordedMicros));
            log.add(RecordedEvent.view(record, 0));
            revisions.put(event.stream(), revision);
            given.add(revision);
        }
        append.tracking().ifPresent(tracking -> tracked.put(tracking.source(), tracking.position()));
        Appended appended = new Appended(fromPosition, given);
        accepted.put(append.id(), appended);
        if (accepted.size() > limits.rememberedAppends()) {
            accepted.remove(accepted.keySet().iterator().next());
        }
        changed.signalAll();
        return appended;
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreClosedException("store");
        }
    }

    /// Walks the list between two positions. The list only grows, so positions below `end` never change.
    private final class Cursor implements EventCursor {

        private final Read read;
        private final Predicate<RecordedEvent> matches;
        private final long fromPosition;
        private final long end;
        private long candidate;
        private long returned;
        private long afterLast;
        private boolean exhausted;
        private boolean cursorClosed;
        private @Nullable RecordedEvent ready;

        Cursor(Read read, Predicate<RecordedEvent> matches, long fromPosition, long end) {
            this.read = read;
            this.matches = matches;
            this.fromPosition = fromPosition;
            this.end = end;
            this.candidate = isForwards() ? fromPosition : end - 1;
            this.afterLast = fromPosition;
        }

        @Override
        public boolean hasNext() {
            return peek() != null;
        }

        @Override
        public RecordedEvent next() {
            RecordedEvent event = peek();
            if (event == null) {
                throw new NoSuchElementException("The cursor is at its end; ask hasNext() first.");
            }
            ready = null;
            returned++;
            afterLast = event.position() + 1;
            return event;
        }

        @Override
        public long end() {
            return end;
        }

        @Override
        public long nextPosition() {
            return exhausted || !isForwards() ? end : afterLast;
        }

        @Override
        public void close() {
            cursorClosed = true;
        }

        private @Nullable RecordedEvent peek() {
            lock.lock();
            try {
                if (cursorClosed) {
                    throw new StoreClosedException("cursor");
                }
                requireOpen();
                if (ready == null && returned < read.limit()) {
                    ready = find();
                    exhausted = ready == null;
                }
                return ready;
            } finally {
                lock.unlock();
            }
        }

        private @Nullable RecordedEvent find() {
            while (candidate >= fromPosition && candidate < end) {
                RecordedEvent event = log.get((int) candidate);
                candidate += isForwards() ? 1 : -1;
                if (matches.test(event)) {
                    return event;
                }
            }
            return null;
        }

        private boolean isForwards() {
            return read.direction() == Read.Direction.FORWARDS;
        }
    }
}
