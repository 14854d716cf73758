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
import java.util.function.Supplier;

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
        return whileOpen(() -> {
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
        });
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
        return whileOpen(() -> switch (read.source()) {
            case Read.Source.Matching matching -> {
                if (matching.fromPosition() > log.size()) {
                    throw new PositionAheadException("Read", matching.fromPosition(), log.size());
                }
                long end = Math.min(matching.toPosition(), log.size());
                yield cursor(read, matching.query().predicate(), matching.fromPosition(), end);
            }
            case Read.Source.Revisions revisionsOf -> {
                Predicate<RecordedEvent> ofStream =
                        Query.stream(revisionsOf.stream()).predicate();
                Predicate<RecordedEvent> inRange = event ->
                        event.revision() >= revisionsOf.fromRevision() && event.revision() < revisionsOf.toRevision();
                yield cursor(read, ofStream.and(inRange), 0, log.size());
            }
        });
    }

    private EventCursor cursor(Read read, Predicate<RecordedEvent> matches, long fromPosition, long end) {
        return new InMemoryCursor(this, log, read, matches, fromPosition, end);
    }

    @Override
    public long nextPosition() {
        return whileOpen(() -> (long) log.size());
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
        return whileOpen(() -> {
            Long position = tracked.get(source);
            return position == null ? OptionalLong.empty() : OptionalLong.of(position);
        });
    }

    @Override
    public SortedMap<String, Long> trackedPositions() {
        return whileOpen(() -> Collections.unmodifiableSortedMap(new TreeMap<>(tracked)));
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
        return whileOpen(() -> {
            SortedMap<String, Long> types = new TreeMap<>();
            long bytes = 0;
            for (RecordedEvent event : log) {
                types.merge(event.type(), 1L, Long::sum);
                bytes += event.recordBytes();
            }
            return new StoreStats(log.size(), revisions.size(), types, bytes, 1);
        });
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

    /// Does something alone, if the store is open.
    <T> T whileOpen(Supplier<T> work) {
        lock.lock();
        try {
            requireOpen();
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreClosedException("store");
        }
    }
}
