package dev.everfold.testkit;

import org.junit.jupiter.api.Nested;

/// All suites for an engine, behind one method.
///
/// An engine's test extends this class, or [RestartableConformance] when its stores survive their closing:
///
/// ```java
/// class MyEngineConformanceTest extends EventStoreConformance {
///     @Override
///     protected EventStoreFixture fixture() {
///         return new MyEngineFixture();
///     }
/// }
/// ```
public abstract class EventStoreConformance {

    /// Makes the engine's fixture for one test.
    protected abstract EventStoreFixture fixture();

    @Nested
    class AppendSuite extends AppendConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class StreamConditionSuite extends StreamConditionConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class QueryConditionSuite extends QueryConditionConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class ConflictSuite extends ConflictConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class RepeatSuite extends RepeatConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class TrackingSuite extends TrackingConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class QuerySuite extends QueryConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class ReadSuite extends ReadConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class CursorSuite extends CursorConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class ContentSuite extends ContentConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class NameSuite extends NameConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class TimeSuite extends TimeConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class LimitsSuite extends LimitsConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class AwaitSuite extends AwaitConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class ConcurrencySuite extends ConcurrencyConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class VisibilitySuite extends VisibilityConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class HistorySuite extends HistoryConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class VolumeSuite extends VolumeConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class CloseSuite extends CloseConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }

    @Nested
    class DifferentialSuite extends DifferentialConformance {
        @Override
        protected EventStoreFixture createFixture() {
            return fixture();
        }
    }
}
