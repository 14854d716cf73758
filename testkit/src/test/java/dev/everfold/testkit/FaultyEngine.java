package dev.everfold.testkit;

import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;

/// All suites for the engine that [SuiteRunner] is running them for. Not a test by itself.
class FaultyEngine extends RestartableConformance {

    static final ScopedValue<Supplier<RestartableFixture>> FIXTURE = ScopedValue.newInstance();

    @Override
    protected RestartableFixture fixture() {
        return FIXTURE.get().get();
    }

    /// Not among the suites that every engine runs.
    @Nested
    class CopySuite extends CopyConformance {
        @Override
        protected CopyFixture createFixture() {
            return (CopyFixture) fixture();
        }
    }
}
