package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventstore.EventStore;
import org.junit.jupiter.api.Nested;

/// All boundary suites for an engine, behind one method: extend it once for each engine.
abstract class BoundaryConformance {

    /// Opens an empty store; the suite closes it.
    abstract EventStore emptyStore();

    @Nested
    class CourseCases extends CourseSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class UsernameCases extends UsernameSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class InvoiceCases extends InvoiceSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class OptInCases extends OptInSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class PriceCases extends PriceSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class DuplicationCases extends DuplicationSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class AccountCases extends AccountSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class UniquenessCases extends UniquenessSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class StockCases extends StockSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class GuardCases extends GuardSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class CommandCases extends CommandSuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }

    @Nested
    class ReplayCases extends ReplaySuite {
        @Override
        EventStore openStore() {
            return emptyStore();
        }
    }
}
