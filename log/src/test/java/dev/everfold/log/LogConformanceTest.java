package dev.everfold.log;

import dev.everfold.testkit.RestartableConformance;
import dev.everfold.testkit.RestartableFixture;

/// The contract, with the options that everybody gets.
final class LogConformanceTest extends RestartableConformance {

    @Override
    protected RestartableFixture fixture() {
        return new LogFixture(LogOptions.DEFAULTS);
    }
}
