package dev.everfold.testkit;

import static dev.everfold.testkit.Planting.appends;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendIdReusedException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.OutcomeUnknownException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Faults in recognising repeats.
final class RepeatFaults {

    private RepeatFaults() {}

    static List<PlantedFault> all() {
        return Stream.of(ofRecognition(), ofMemory(), ofAnswers())
                .flatMap(List::stream)
                .map(fault -> fault.noticedBy(RepeatConformance.class))
                .toList();
    }

    private static List<PlantedFault> ofRecognition() {
        return List.of(
                appends("repeats are not recognised", append -> append.withId(Planting.freshId()))
                        .noticedBy(ConcurrencyConformance.class),
                appends(
                        "repeats are recognised only of appends with conditions",
                        append -> append.conditions().isEmpty() ? append.withId(Planting.freshId()) : append),
                appends(
                        "repeats are recognised only of appends with events",
                        append -> append.events().isEmpty() ? append.withId(Planting.freshId()) : append),
                PlantedFault.of(
                        "conditions are checked before repeats are recognised",
                        store -> new ForwardingEventStore(store) {
                            @Override
                            public Appended append(Append append) {
                                if (append.conditions().stream().noneMatch(RepeatFaults::isOfEverything)) {
                                    var failures = Planting.failures(delegate, append.conditions());
                                    if (!failures.isEmpty()) {
                                        throw new AppendConflictException(failures);
                                    }
                                }
                                return delegate.append(append);
                            }
                        }),
                PlantedFault.of(
                        "other events under a used id are stored anew", store -> new ForwardingEventStore(store) {
                            @Override
                            public Appended append(Append append) {
                                try {
                                    return delegate.append(append);
                                } catch (AppendIdReusedException reused) {
                                    return delegate.append(append.withId(Planting.freshId()));
                                }
                            }
                        }),
                new Remembering("other events under a used id are taken for a repeat", (first, again) -> true).fault(),
                new Remembering(
                                "fewer events under a used id are taken for a repeat",
                                (first, again) -> ids(first).containsAll(ids(again)))
                        .fault(),
                new Remembering(
                                "events in another order are taken for a repeat",
                                (first, again) -> ids(first).stream()
                                        .sorted()
                                        .toList()
                                        .equals(ids(again).stream().sorted().toList()))
                        .fault());
    }

    private static List<PlantedFault> ofMemory() {
        return List.of(
                remembering("one append more is remembered", +1),
                remembering("one append fewer is remembered", -1),
                remembering("appends are remembered for ever", 1_000),
                PlantedFault.of("repeats are counted", Counting::new),
                PlantedFault.of("refusals are counted", store -> new ForwardingEventStore(store) {
                    @Override
                    public Appended append(Append append) {
                        try {
                            return delegate.append(append);
                        } catch (AppendConflictException conflict) {
                            takeOnePlace(delegate);
                            throw conflict;
                        }
                    }
                }),
                PlantedFault.of(
                        "appends without events are not counted",
                        Limitless.LIMITS,
                        (store, situation) -> new Limitless(store, situation.limits(), false, true)),
                PlantedFault.of(
                        "a repeat is remembered anew",
                        Limitless.LIMITS,
                        (store, situation) -> new Limitless(store, situation.limits(), true, false)),
                PlantedFault.of("refusals are remembered", store -> new ForwardingEventStore(store) {
                    private final Map<UUID, AppendConflictException> refusals = new LinkedHashMap<>();

                    @Override
                    public Appended append(Append append) {
                        AppendConflictException before = refusals.get(append.id());
                        if (before != null) {
                            throw new AppendConflictException(before.failures());
                        }
                        try {
                            return delegate.append(append);
                        } catch (AppendConflictException conflict) {
                            refusals.put(append.id(), conflict);
                            throw conflict;
                        }
                    }
                }));
    }

    private static List<PlantedFault> ofAnswers() {
        return List.of(
                PlantedFault.of("a repeat is answered as of now", store -> new ForwardingEventStore(store) {
                    @Override
                    public Appended append(Append append) {
                        Appended appended = delegate.append(append);
                        return append.events().isEmpty() && appended.fromPosition() != delegate.nextPosition()
                                ? new Appended(delegate.nextPosition(), List.of())
                                : appended;
                    }
                }),
                PlantedFault.of("a repeat moves the tracking", store -> new ForwardingEventStore(store) {
                    @Override
                    public Appended append(Append append) {
                        Appended appended = delegate.append(append);
                        append.tracking().ifPresent(tracking -> {
                            if (delegate.trackedPosition(tracking.source()).orElse(-1) < tracking.position()) {
                                delegate.append(Append.track(tracking.source(), tracking.position()));
                            }
                        });
                        return appended;
                    }
                }),
                PlantedFault.of(
                        "an append of an interrupted thread is not remembered",
                        store -> new ForwardingEventStore(store) {
                            @Override
                            public Appended append(Append append) {
                                if (!Thread.currentThread().isInterrupted()) {
                                    return delegate.append(append);
                                }
                                delegate.append(append.withId(Planting.freshId()));
                                throw new OutcomeUnknownException("The thread was interrupted", null);
                            }
                        }),
                PlantedFault.of("an interruption is swallowed", store -> new ForwardingEventStore(store) {
                    @Override
                    public Appended append(Append append) {
                        boolean swallowed = Thread.interrupted();
                        return delegate.append(swallowed ? Planting.withEvents(append, append.events()) : append);
                    }
                }),
                PlantedFault.of("repeats in flight are not recognised", store -> new ForwardingEventStore(store) {
                    @Override
                    public CompletableFuture<Appended> appendAsync(Append append) {
                        return super.appendAsync(append.withId(Planting.freshId()));
                    }
                }));
    }

    private static PlantedFault remembering(String name, int more) {
        return PlantedFault.of(
                name,
                limits -> limits.withRememberedAppends(limits.rememberedAppends() + more),
                (store, situation) -> new ForwardingEventStore(store) {
                    @Override
                    public Limits limits() {
                        return situation.limits();
                    }
                });
    }

    private static boolean isOfEverything(AppendCondition condition) {
        return condition instanceof AppendCondition.NothingMatching nothing
                && nothing.query().matchesEverything();
    }

    private static List<UUID> ids(Append append) {
        return append.events().stream().map(NewEvent::id).toList();
    }

    private static void takeOnePlace(EventStore store) {
        store.append(Append.check(new AppendCondition.StreamAt("nowhere", Expected.any())));
    }

    /// Takes more for a repeat than it should.
    private record Remembering(String name, BiPredicate<Append, Append> alike) {

        PlantedFault fault() {
            return PlantedFault.of(name, store -> new ForwardingEventStore(store) {
                private final Map<UUID, Append> firsts = new LinkedHashMap<>();

                @Override
                public Appended append(Append append) {
                    try {
                        Appended appended = delegate.append(append);
                        firsts.putIfAbsent(append.id(), append);
                        return appended;
                    } catch (AppendIdReusedException reused) {
                        Append first = firsts.get(append.id());
                        if (first == null || !alike.test(first, append)) {
                            throw reused;
                        }
                        return delegate.append(first);
                    }
                }
            });
        }
    }

    /// Lets a repeat take a place among those remembered.
    private static final class Counting extends ForwardingEventStore {

        private final Map<UUID, Appended> known = new LinkedHashMap<>();

        Counting(EventStore store) {
            super(store);
        }

        @Override
        public Appended append(Append append) {
            Appended appended = delegate.append(append);
            if (appended.equals(known.put(append.id(), appended))) {
                takeOnePlace(delegate);
            }
            return appended;
        }
    }

    /// Keeps the window of remembered appends itself, in a way of its own, over a store that forgets
    /// nothing.
    private static final class Limitless extends ForwardingEventStore {

        static final UnaryOperator<Limits> LIMITS = limits -> limits.withRememberedAppends(100_000);

        private final Limits limits;
        private final boolean countsEmpty;
        private final Map<UUID, UUID> idsOfStore;

        Limitless(EventStore store, Limits limits, boolean renews, boolean ignoresEmpty) {
            super(store);
            this.limits = limits;
            this.countsEmpty = !ignoresEmpty;
            this.idsOfStore = new LinkedHashMap<>(16, 0.75f, renews) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<UUID, UUID> eldest) {
                    return size() > limits.rememberedAppends();
                }
            };
        }

        @Override
        public Appended append(Append append) {
            UUID idOfStore = idsOfStore.get(append.id());
            if (idOfStore != null) {
                return delegate.append(append.withId(idOfStore));
            }
            UUID fresh = Planting.freshId();
            Appended appended = delegate.append(append.withId(fresh));
            if (countsEmpty || !append.events().isEmpty()) {
                idsOfStore.put(append.id(), fresh);
            }
            return appended;
        }

        @Override
        public Limits limits() {
            return limits;
        }
    }
}
