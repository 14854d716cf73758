package dev.everfold.eventsourcing.history;

import dev.everfold.eventstore.EventStore;
import org.junit.jupiter.api.Nested;

/// All suites of time travel for an engine, behind one method: extend it once for each engine.
abstract class TimeTravelConformance {

    /// Opens an empty store; the suite closes it.
    abstract EventStore emptyStore();

    @Nested
    class Points extends PointSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class Histories extends HistorySuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class ManyStates extends StatesSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class EveryPoint extends EveryPointSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }
}
