package dev.everfold.testkit;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// A store that is right but for one thing, and the suites that must notice.
///
/// @param name what is wrong, as a sentence
/// @param noticedBy suites of which each must fail
/// @param fixture opens such stores
record PlantedFault(
        String name, List<Class<? extends ConformanceSuite>> noticedBy, Supplier<RestartableFixture> fixture) {

    /// Puts the fault around a store that is right.
    interface Decoration {
        EventStore around(EventStore store, Situation situation);
    }

    /// @param clock the clock of the test
    /// @param limits what the test asked for
    /// @param reopened whether the store was opened before
    record Situation(Clock clock, Limits limits, boolean reopened) {}

    /// A fault that needs no more than a store to be put around.
    static PlantedFault of(String name, UnaryOperator<EventStore> decoration) {
        return of(name, (store, situation) -> decoration.apply(store));
    }

    static PlantedFault of(String name, Decoration decoration) {
        return of(name, UnaryOperator.identity(), decoration);
    }

    /// A fault of a store that takes more or less than the test asked for.
    static PlantedFault of(String name, UnaryOperator<Limits> limits, Decoration decoration) {
        return new PlantedFault(name, List.of(), () -> new Fixture(limits, decoration));
    }

    /// The same fault, with one more suite that must notice it.
    PlantedFault noticedBy(Class<? extends ConformanceSuite> suite) {
        List<Class<? extends ConformanceSuite>> more = new ArrayList<>(noticedBy);
        more.add(suite);
        return new PlantedFault(name, List.copyOf(more), fixture);
    }

    @Override
    public String toString() {
        return name;
    }

    /// Keeps one store, and decorates each door to it.
    static final class Fixture implements RestartableFixture, CopyFixture {

        private final UnaryOperator<Limits> limitsOfStore;
        private final Decoration decoration;
        private EventStore kept = new InMemoryEventStore();

        Fixture(UnaryOperator<Limits> limitsOfStore, Decoration decoration) {
            this.limitsOfStore = limitsOfStore;
            this.decoration = decoration;
        }

        @Override
        public EventStore open(Clock clock, Limits limits) {
            kept = new InMemoryEventStore(clock, limitsOfStore.apply(limits));
            return decoration.around(new KeptStore(kept), new Situation(clock, limits, false));
        }

        @Override
        public EventStore openCopy(Clock clock, Limits limits, UUID lineage) {
            kept = new InMemoryEventStore(clock, limitsOfStore.apply(limits), lineage);
            return decoration.around(new KeptStore(kept), new Situation(clock, limits, false));
        }

        @Override
        public EventStore reopen(Clock clock, Limits limits) {
            return decoration.around(new KeptStore(kept), new Situation(clock, limits, true));
        }

        @Override
        public void close() {
            kept.close();
        }
    }
}
