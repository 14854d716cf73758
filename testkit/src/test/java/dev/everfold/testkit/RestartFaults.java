package dev.everfold.testkit;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreStats;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Faults that come to light when a store is opened again.
final class RestartFaults {

    private RestartFaults() {}

    static List<PlantedFault> all() {
        return Stream.of(ofMemory(), ofEvents(), ofIndexes())
                .flatMap(List::stream)
                .map(fault -> fault.noticedBy(RestartConformance.class))
                .toList();
    }

    private static List<PlantedFault> ofMemory() {
        return List.of(
                PlantedFault.of("what is stored during the close is refused", store -> new ForwardingEventStore(store) {
                    private final AtomicInteger number = new AtomicInteger();

                    @Override
                    public Appended append(Append append) {
                        Appended appended = delegate.append(append);
                        // Unlike moments, so that not all writers are between two appends at once.
                        LockSupport.parkNanos(700_000L * (1 + number.incrementAndGet() % 7));
                        return delegate.nextPosition() < 0 ? new Appended(0, List.of()) : appended;
                    }
                }),
                reopened("the lineage is new after a restart", store -> new ForwardingEventStore(store) {
                    @Override
                    public UUID lineage() {
                        return new UUID(1, 1);
                    }
                }),
                reopened("tracked positions are forgotten by a restart", store -> new ForwardingEventStore(store) {
                    @Override
                    public OptionalLong trackedPosition(String source) {
                        return OptionalLong.empty();
                    }
                }),
                reopened("tracked positions need not rise after a restart", store -> new ForwardingEventStore(store) {
                    @Override
                    public Appended append(Append append) {
                        try {
                            return delegate.append(append);
                        } catch (AppendConflictException conflict) {
                            if (conflict.failures().getFirst() instanceof Failure.TrackingNotRising) {
                                return delegate.append(Planting.withoutTracking(append));
                            }
                            throw conflict;
                        }
                    }
                }),
                reopened(
                        "repeats are forgotten by a restart",
                        store -> appending(
                                store,
                                append -> append.withId(new UUID(
                                        append.id().getMostSignificantBits() + 1,
                                        append.id().getLeastSignificantBits())))),
                reopened(
                        "repeats without events are forgotten by a restart",
                        store -> appending(
                                store,
                                append -> append.events().isEmpty() ? append.withId(Planting.freshId()) : append)),
                reopened("what was refused is stored by the restart", store -> {
                    store.append(Append.of(ConformanceSuite.event("order-17", "order.placed")));
                    return store;
                }));
    }

    private static List<PlantedFault> ofEvents() {
        return List.of(
                changed(
                        "metadata is lost by a restart",
                        (event, before) -> event.position() < before
                                ? Planting.replaced(
                                        event, event.toNewEvent().withMetadata(Bytes.empty()), event.recordedMicros())
                                : event),
                changed(
                        "recorded times are those of the restart",
                        (event, before) -> event.position() < before
                                ? Planting.replaced(event, event.toNewEvent(), event.recordedMicros() + 1)
                                : event),
                PlantedFault.of("recorded time may fall after a restart", (store, situation) -> {
                    long before = store.nextPosition();
                    long micros = ChronoUnit.MICROS.between(
                            Instant.EPOCH, situation.clock().instant());
                    return !situation.reopened()
                            ? store
                            : changing(
                                    store,
                                    event -> event.position() < before
                                            ? event
                                            : Planting.replaced(event, event.toNewEvent(), micros));
                }),
                reopened("the last event cannot be read after a restart", store -> {
                    long last = store.nextPosition() - 1;
                    return new ForwardingEventStore(store) {
                        @Override
                        public EventCursor read(Read read) {
                            return new ListCursor(
                                    delegate.read(read),
                                    read,
                                    delegate.read(read).toList().stream()
                                            .filter(event -> event.position() != last)
                                            .toList());
                        }
                    };
                }));
    }

    private static List<PlantedFault> ofIndexes() {
        return List.of(
                reopened("conditions see only what came after the restart", store -> {
                    long before = store.nextPosition();
                    return appending(
                            store,
                            append -> Planting.with(
                                    append,
                                    append.events(),
                                    append.conditions().stream()
                                            .map(asked -> asked instanceof NothingMatching(Query query, long from)
                                                            && from < before
                                                    ? new NothingMatching(query, before)
                                                    : asked)
                                            .toList()));
                }),
                reopened("the statistics begin anew after a restart", store -> new ForwardingEventStore(store) {
                    @Override
                    public StoreStats stats() {
                        StoreStats stats = delegate.stats();
                        return new StoreStats(stats.events(), 0, new TreeMap<>(), stats.bytes(), 1);
                    }
                }),
                reopened("streams are mixed up after a restart", store -> new ForwardingEventStore(store) {
                    @Override
                    public EventCursor read(Read read) {
                        return read.source() instanceof Read.Source.Revisions(String stream, long _, long _)
                                ? delegate.read(new Read(
                                        new Read.Source.Matching(
                                                Query.category(Query.categoryOf(stream)), 0, Long.MAX_VALUE),
                                        read.direction(),
                                        read.limit()))
                                : delegate.read(read);
                    }
                }));
    }

    private static PlantedFault reopened(String name, UnaryOperator<EventStore> decoration) {
        return PlantedFault.of(name, (store, situation) -> situation.reopened() ? decoration.apply(store) : store);
    }

    /// Events are changed when they are read after a restart; the function is given how many there were
    /// before.
    private static PlantedFault changed(String name, BiFunction<RecordedEvent, Long, RecordedEvent> change) {
        return reopened(name, store -> {
            long before = store.nextPosition();
            return changing(store, event -> change.apply(event, before));
        });
    }

    private static EventStore appending(EventStore store, UnaryOperator<Append> change) {
        return new ForwardingEventStore(store) {
            @Override
            public Appended append(Append append) {
                return delegate.append(change.apply(append));
            }
        };
    }

    private static EventStore changing(EventStore store, UnaryOperator<RecordedEvent> change) {
        return new ForwardingEventStore(store) {
            @Override
            public EventCursor read(Read read) {
                return new ForwardingCursor(delegate.read(read)) {
                    @Override
                    public RecordedEvent next() {
                        return change.apply(delegate.next());
                    }
                };
            }
        };
    }
}
