package dev.everfold.testkit;

import java.util.function.Supplier;

/// All suites for the engine that [SuiteRunner] is running them for. Not a test by itself.
class FaultyEngine extends RestartableConformance {

    static final ScopedValue<Supplier<RestartableFixture>> FIXTURE = ScopedValue.newInstance();

    @Override
    protected RestartableFixture fixture() {
        return FIXTURE.get().get();
    }
}
