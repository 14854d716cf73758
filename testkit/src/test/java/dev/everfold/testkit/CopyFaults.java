package dev.everfold.testkit;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.PositionAheadException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Faults of stores that are to become copies of others.
final class CopyFaults {

    private CopyFaults() {}

    static List<PlantedFault> all() {
        return Stream.of(
                        tracked("no tracked position is listed", _ -> new TreeMap<>()),
                        tracked("sources of the system are not listed", all -> all.tailMap("%")),
                        tracked("tracked positions at 0 are not listed", all -> {
                            all.values().removeIf(position -> position == 0);
                            return all;
                        }),
                        PlantedFault.of("what was listed goes on changing", Watching::new),
                        PlantedFault.of("a copy has a lineage of its own", store -> new ForwardingEventStore(store) {
                            private final UUID own = UUID.randomUUID();

                            @Override
                            public UUID lineage() {
                                return own;
                            }
                        }),
                        PlantedFault.of("a copy is recorded anew", store -> new ForwardingEventStore(store) {
                            @Override
                            public Appended append(Append append) {
                                return delegate.append(Planting.withEvents(
                                        append,
                                        append.events().stream()
                                                .map(CopyFaults::recordedAnew)
                                                .toList()));
                            }
                        }),
                        PlantedFault.of(
                                "conditions of what is on its way are checked before what is ahead of it", Hasty::new))
                .map(fault -> fault.noticedBy(CopyConformance.class))
                .toList();
    }

    private static NewEvent recordedAnew(NewEvent event) {
        return new NewEvent(
                event.stream(),
                event.id(),
                event.type(),
                event.contentType(),
                event.data(),
                event.metadata(),
                event.tags(),
                event.occurred(),
                Optional.empty());
    }

    private static PlantedFault tracked(String name, UnaryOperator<SortedMap<String, Long>> change) {
        return PlantedFault.of(name, store -> new ForwardingEventStore(store) {
            @Override
            public SortedMap<String, Long> trackedPositions() {
                return change.apply(new TreeMap<>(delegate.trackedPositions()));
            }
        });
    }

    /// Hands out one map, and keeps it up to date.
    private static final class Watching extends ForwardingEventStore {

        private final SortedMap<String, Long> listed = new TreeMap<>();

        Watching(EventStore store) {
            super(store);
        }

        @Override
        public Appended append(Append append) {
            Appended appended = delegate.append(append);
            listed.putAll(delegate.trackedPositions());
            return appended;
        }

        @Override
        public SortedMap<String, Long> trackedPositions() {
            return listed;
        }
    }

    /// Checks conditions against what was stored before the last append was made.
    private static final class Hasty extends ForwardingEventStore {

        private long seen;

        Hasty(EventStore store) {
            super(store);
        }

        @Override
        public CompletableFuture<Appended> appendAsync(Append append) {
            for (AppendCondition condition : append.conditions()) {
                if (condition instanceof AppendCondition.NothingMatching nothing && nothing.fromPosition() > seen) {
                    return CompletableFuture.failedFuture(
                            new PositionAheadException("Condition", nothing.fromPosition(), seen));
                }
            }
            seen = delegate.nextPosition();
            return delegate.appendAsync(append);
        }
    }
}
