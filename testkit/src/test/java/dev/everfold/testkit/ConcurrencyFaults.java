package dev.everfold.testkit;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Tracking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Faults that need several threads, or an append in flight, to come to light.
final class ConcurrencyFaults {

    private static final long MOMENT_NANOS = 50_000;

    /// What the clients of a history do not do: append without waiting, or repeat while another one does.
    private static final Set<String> UNSEEN_BY_HISTORIES =
            Set.of("asynchronous appends are stored in any order", "recognising a repeat and storing are two steps");

    private ConcurrencyFaults() {}

    static List<PlantedFault> all() {
        return Stream.of(
                        ofWriters().stream().map(fault -> fault.noticedBy(ConcurrencyConformance.class)),
                        ofReaders().stream().map(fault -> fault.noticedBy(VisibilityConformance.class)))
                .flatMap(faults -> faults)
                .map(fault ->
                        UNSEEN_BY_HISTORIES.contains(fault.name()) ? fault : fault.noticedBy(HistoryConformance.class))
                .toList();
    }

    private static List<PlantedFault> ofWriters() {
        return List.of(
                PlantedFault.of("checking and storing are two steps", store -> new ForwardingEventStore(store) {
                    @Override
                    public Appended append(Append append) {
                        List<Failure> failures = Planting.failures(delegate, append.conditions());
                        if (!failures.isEmpty()) {
                            throw new AppendConflictException(failures);
                        }
                        LockSupport.parkNanos(MOMENT_NANOS);
                        return delegate.append(Planting.with(append, append.events(), List.of()));
                    }
                }),
                PlantedFault.of(
                        "recognising a repeat and storing are two steps", store -> new ForwardingEventStore(store) {
                            private final Map<UUID, UUID> idsOfStore = new ConcurrentHashMap<>();

                            @Override
                            public Appended append(Append append) {
                                UUID known = idsOfStore.get(append.id());
                                UUID idOfStore = known == null ? Planting.freshId() : known;
                                LockSupport.parkNanos(MOMENT_NANOS);
                                Appended appended = delegate.append(append.withId(idOfStore));
                                idsOfStore.put(append.id(), idOfStore);
                                return appended;
                            }
                        }),
                PlantedFault.of("events and tracking are two steps", store -> new ForwardingEventStore(store) {
                    @Override
                    public Appended append(Append append) {
                        if (append.tracking().isEmpty() || append.events().isEmpty()) {
                            return delegate.append(append);
                        }
                        Tracking tracking = append.tracking().get();
                        long found = delegate.trackedPosition(tracking.source()).orElse(-1);
                        if (tracking.position() <= found) {
                            throw new AppendConflictException(List.of(new Failure.TrackingNotRising(tracking, found)));
                        }
                        Appended appended = delegate.append(Planting.withoutTracking(append));
                        LockSupport.parkNanos(MOMENT_NANOS);
                        try {
                            delegate.append(Append.track(tracking.source(), tracking.position()));
                        } catch (AppendConflictException another) {
                            return appended;
                        }
                        return appended;
                    }
                }),
                Planting.conditions(
                                "boundaries that share nothing conflict",
                                (store, asked) ->
                                        asked instanceof NothingMatching(Query _, long fromPosition) && fromPosition > 0
                                                ? new NothingMatching(Query.all(), fromPosition)
                                                : asked)
                        .noticedBy(QueryConditionConformance.class),
                PlantedFault.of(
                        "asynchronous appends are stored in any order", store -> new ForwardingEventStore(store) {
                            private final AtomicInteger number = new AtomicInteger();

                            @Override
                            public CompletableFuture<Appended> appendAsync(Append append) {
                                delegate.limits().check(append);
                                long delayMicros = number.incrementAndGet() % 3 * 300L;
                                Executor later = CompletableFuture.delayedExecutor(delayMicros, TimeUnit.MICROSECONDS);
                                return CompletableFuture.supplyAsync(() -> delegate.append(append), later);
                            }
                        }),
                PlantedFault.of("a refusal is answered before what it found is stored", LatePublishing::new));
    }

    private static List<PlantedFault> ofReaders() {
        return List.of(
                PlantedFault.of("an event may become visible after a later one", LateEvents::new),
                PlantedFault.of("the events of an append become visible one by one", PieceByPiece::new),
                PlantedFault.of("the next position runs ahead of the events", store -> new ForwardingEventStore(store) {
                    private final AtomicInteger inFlight = new AtomicInteger();

                    @Override
                    public Appended append(Append append) {
                        inFlight.incrementAndGet();
                        try {
                            LockSupport.parkNanos(MOMENT_NANOS);
                            return delegate.append(append);
                        } finally {
                            inFlight.decrementAndGet();
                        }
                    }

                    @Override
                    public long nextPosition() {
                        return delegate.nextPosition() + (inFlight.get() > 1 ? 1 : 0);
                    }
                }),
                Planting.results(
                        "a backwards read misses the newest while another is made",
                        (read, events) -> read.direction() == Read.Direction.BACKWARDS && events.size() > 50
                                ? events.subList(1, events.size())
                                : events));
    }

    /// Stores at once, but lets others see it, and answers, only after a moment; refusals are answered
    /// at once.
    private static final class LatePublishing extends ForwardingEventStore {

        // Guarded by this.
        private long published;

        LatePublishing(EventStore store) {
            super(store);
            published = store.nextPosition();
        }

        @Override
        public Appended append(Append append) {
            Appended appended = delegate.append(append);
            LockSupport.parkNanos(MOMENT_NANOS);
            publish(appended);
            return appended;
        }

        @Override
        public CompletableFuture<Appended> appendAsync(Append append) {
            delegate.limits().check(append);
            Appended appended;
            try {
                appended = delegate.append(append);
            } catch (AppendConflictException refused) {
                return CompletableFuture.failedFuture(refused);
            }
            Executor later = CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS);
            return CompletableFuture.supplyAsync(
                    () -> {
                        publish(appended);
                        return appended;
                    },
                    later);
        }

        @Override
        public synchronized long nextPosition() {
            return Math.min(published, delegate.nextPosition());
        }

        @Override
        public EventCursor read(Read read) {
            long visible = nextPosition();
            return new ListCursor(
                    delegate.read(read),
                    read,
                    delegate.read(read).toList().stream()
                            .filter(event -> event.position() < visible)
                            .toList());
        }

        @Override
        public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
            return delegate.awaitPosition(position, timeout);
        }

        private synchronized void publish(Appended appended) {
            published = Math.max(published, appended.toPosition());
        }
    }

    /// Hides an event for a moment while others are being stored.
    private static final class LateEvents extends ForwardingEventStore {

        private final Set<Long> hidden = ConcurrentHashMap.newKeySet();
        private final AtomicInteger inFlight = new AtomicInteger();

        LateEvents(EventStore store) {
            super(store);
        }

        @Override
        public Appended append(Append append) {
            boolean alone = inFlight.incrementAndGet() == 1;
            long position = delegate.nextPosition();
            if (!alone) {
                hidden.add(position);
            }
            try {
                return delegate.append(append);
            } finally {
                LockSupport.parkNanos(MOMENT_NANOS);
                hidden.remove(position);
                inFlight.decrementAndGet();
            }
        }

        @Override
        public EventCursor read(Read read) {
            EventCursor real = delegate.read(read);
            List<RecordedEvent> events = delegate.read(read).toList().stream()
                    .filter(event -> event.position() < real.end() && !hidden.contains(event.position()))
                    .toList();
            return new ListCursor(real, read, events);
        }
    }

    /// Stores the events of an append one after another.
    private static final class PieceByPiece extends ForwardingEventStore {

        private final Map<UUID, Appended> answers = new ConcurrentHashMap<>();

        PieceByPiece(EventStore store) {
            super(store);
        }

        @Override
        public Appended append(Append append) {
            Appended before = answers.get(append.id());
            if (before != null || append.events().size() < 2) {
                return before == null ? delegate.append(append) : before;
            }
            List<NewEvent> events = append.events();
            Appended first = delegate.append(Planting.withEvents(append, events.subList(0, 1)));
            List<Long> revisions = new ArrayList<>(first.revisions());
            for (NewEvent event : events.subList(1, events.size())) {
                LockSupport.parkNanos(MOMENT_NANOS);
                revisions.addAll(delegate.append(Append.of(event)).revisions());
            }
            Appended appended = new Appended(first.fromPosition(), revisions);
            answers.put(append.id(), appended);
            return appended;
        }
    }
}
