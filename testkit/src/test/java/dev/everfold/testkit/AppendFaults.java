package dev.everfold.testkit;

import static dev.everfold.testkit.Planting.appends;
import static dev.everfold.testkit.Planting.conflicts;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure.TrackingNotRising;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreStats;
import dev.everfold.eventstore.Tracking;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Faults of what is stored and answered, and of tracked positions.
final class AppendFaults {

    private AppendFaults() {}

    static List<PlantedFault> all() {
        return Stream.of(
                        ofEvents().stream().map(fault -> fault.noticedBy(AppendConformance.class)),
                        ofAnswers().stream().map(fault -> fault.noticedBy(AppendConformance.class)),
                        ofTracking().stream().map(fault -> fault.noticedBy(TrackingConformance.class)))
                .flatMap(faults -> faults)
                .toList();
    }

    private static List<PlantedFault> ofEvents() {
        return List.of(
                PlantedFault.of("the last event of a batch is lost", store -> new ForwardingEventStore(store) {
                    @Override
                    public Appended append(Append append) {
                        if (append.events().size() < 2) {
                            return delegate.append(append);
                        }
                        int last = append.events().size() - 1;
                        Appended appended = delegate.append(
                                Planting.withEvents(append, append.events().subList(0, last)));
                        List<Long> revisions = new ArrayList<>(appended.revisions());
                        revisions.add(revisions.getLast() + 1);
                        return new Appended(appended.fromPosition(), revisions);
                    }
                }),
                appends(
                        "events of an append are sorted by stream",
                        append -> Planting.withEvents(
                                append,
                                append.events().stream()
                                        .sorted(Comparator.comparing(NewEvent::stream))
                                        .toList())),
                PlantedFault.of(
                        "an event with a known id is taken for a duplicate", store -> new ForwardingEventStore(store) {
                            private final Set<UUID> ids = new HashSet<>();

                            @Override
                            public Appended append(Append append) {
                                List<NewEvent> fresh = append.events().stream()
                                        .filter(event -> ids.add(event.id()))
                                        .toList();
                                return delegate.append(Planting.withEvents(append, fresh));
                            }
                        }),
                Planting.recorded(
                        "a missing occurred time is the recorded time",
                        event -> Planting.replaced(
                                event,
                                event.toNewEvent().occurredAt(event.occurred().orElse(event.recorded())),
                                event.recordedMicros())),
                appends(
                        "the occurred time is lost",
                        append -> Planting.withEvents(
                                append,
                                append.events().stream()
                                        .map(event -> new NewEvent(
                                                event.stream(),
                                                event.id(),
                                                event.type(),
                                                event.contentType(),
                                                event.data(),
                                                event.metadata(),
                                                event.tags(),
                                                Optional.empty(),
                                                event.recorded()))
                                        .toList())));
    }

    private static List<PlantedFault> ofAnswers() {
        return List.of(
                answers(
                        "revisions are counted by append",
                        appended -> new Appended(
                                appended.fromPosition(),
                                LongStream.range(0, appended.revisions().size())
                                        .map(i -> appended.revisions().getFirst() + i)
                                        .boxed()
                                        .toList())),
                answers(
                        "an append without events is answered with 0",
                        appended -> appended.revisions().isEmpty() ? new Appended(0, List.of()) : appended),
                answers(
                        "the last position of a batch is answered for its first",
                        appended -> new Appended(
                                Math.max(appended.fromPosition(), appended.toPosition() - 1), appended.revisions())),
                PlantedFault.of("every store has the same lineage", store -> new ForwardingEventStore(store) {
                    @Override
                    public UUID lineage() {
                        return new UUID(0, 0);
                    }
                }),
                PlantedFault.of("the lineage changes with every append", store -> new ForwardingEventStore(store) {
                    @Override
                    public UUID lineage() {
                        return new UUID(delegate.lineage().getMostSignificantBits(), delegate.nextPosition());
                    }
                }),
                PlantedFault.of("streams of the system are not counted", store -> new ForwardingEventStore(store) {
                    @Override
                    public StoreStats stats() {
                        StoreStats stats = delegate.stats();
                        return new StoreStats(
                                stats.events(),
                                stats.streams(),
                                stats.types().tailMap("%"),
                                stats.bytes(),
                                stats.segments());
                    }
                }),
                PlantedFault.of("an asynchronous refusal is thrown at once", store -> new ForwardingEventStore(store) {
                    @Override
                    public CompletableFuture<Appended> appendAsync(Append append) {
                        return CompletableFuture.completedFuture(append(append));
                    }
                }),
                PlantedFault.of(
                        "an asynchronous append is answered and lost", store -> new ForwardingEventStore(store) {
                            @Override
                            public CompletableFuture<Appended> appendAsync(Append append) {
                                return CompletableFuture.completedFuture(new Appended(
                                        delegate.nextPosition(),
                                        LongStream.rangeClosed(
                                                        1, append.events().size())
                                                .boxed()
                                                .toList()));
                            }
                        }));
    }

    private static List<PlantedFault> ofTracking() {
        return List.of(
                trackings(
                                "a tracked position may stay",
                                tracking -> tracking.failure().found()
                                        == tracking.failure().tracking().position())
                        .noticedBy(RestartConformance.class),
                trackings("a tracked position may fall", tracking -> true).noticedBy(ConcurrencyConformance.class),
                PlantedFault.of("a tracking is moved by a refused append", store -> new ForwardingEventStore(store) {
                            @Override
                            public Appended append(Append append) {
                                try {
                                    return delegate.append(append);
                                } catch (AppendConflictException conflict) {
                                    append.tracking()
                                            .filter(tracking -> conflict.failures().stream()
                                                    .noneMatch(TrackingNotRising.class::isInstance))
                                            .ifPresent(tracking -> delegate.append(
                                                    Append.track(tracking.source(), tracking.position())));
                                    throw conflict;
                                }
                            }
                        })
                        .noticedBy(ConflictConformance.class),
                appends(
                        "a tracking is lost where there are events",
                        append -> append.events().isEmpty() ? append : Planting.withoutTracking(append)),
                appends(
                        "a tracking is lost where there are none",
                        append -> append.events().isEmpty() && append.tracking().isPresent()
                                ? Planting.withoutTracking(append)
                                : append),
                tracked("all sources share one position", source -> "all"),
                tracked("sources are told apart by their first letter", source -> source.substring(0, 1)),
                conflicts(
                        "a tracking that does not rise tells what was asked for",
                        failures -> failures.stream()
                                .map(failure -> failure instanceof TrackingNotRising(Tracking asked, long _)
                                        ? new TrackingNotRising(asked, asked.position())
                                        : failure)
                                .toList()),
                PlantedFault.of("a source that nobody tracked is at 0", store -> new ForwardingEventStore(store) {
                    @Override
                    public OptionalLong trackedPosition(String source) {
                        return OptionalLong.of(delegate.trackedPosition(source).orElse(0));
                    }
                }),
                PlantedFault.of("tracked position 0 counts as none", store -> new ForwardingEventStore(store) {
                    @Override
                    public OptionalLong trackedPosition(String source) {
                        OptionalLong position = delegate.trackedPosition(source);
                        return position.orElse(0) == 0 ? OptionalLong.empty() : position;
                    }
                }));
    }

    private static PlantedFault answers(String name, UnaryOperator<Appended> change) {
        return PlantedFault.of(name, store -> new ForwardingEventStore(store) {
            @Override
            public Appended append(Append append) {
                return change.apply(delegate.append(append));
            }
        });
    }

    /// One refusal of a tracking.
    private record Refusal(Append append, TrackingNotRising failure) {}

    /// Lets a tracking pass, without moving it, where the predicate says so.
    private static PlantedFault trackings(String name, Predicate<Refusal> passes) {
        return PlantedFault.of(name, store -> new ForwardingEventStore(store) {
            @Override
            public Appended append(Append append) {
                try {
                    return delegate.append(append);
                } catch (AppendConflictException conflict) {
                    if (conflict.failures().size() == 1
                            && conflict.failures().getFirst() instanceof TrackingNotRising failure
                            && passes.test(new Refusal(append, failure))) {
                        return delegate.append(Planting.withoutTracking(append));
                    }
                    throw conflict;
                }
            }
        });
    }

    private static PlantedFault tracked(String name, UnaryOperator<String> source) {
        return PlantedFault.of(name, store -> new Renaming(store, source));
    }

    /// Keeps sources under other names.
    private static final class Renaming extends ForwardingEventStore {

        private final UnaryOperator<String> renamed;

        Renaming(EventStore store, UnaryOperator<String> renamed) {
            super(store);
            this.renamed = renamed;
        }

        @Override
        public Appended append(Append append) {
            return delegate.append(append.tracking()
                    .map(tracking -> append.tracking(renamed.apply(tracking.source()), tracking.position()))
                    .orElse(append));
        }

        @Override
        public OptionalLong trackedPosition(String source) {
            return delegate.trackedPosition(renamed.apply(source));
        }
    }
}
