package dev.everfold.log;

import dev.everfold.testkit.CopyConformance;
import dev.everfold.testkit.CopyFixture;

/// A directory can become a copy of any other store.
final class LogCopyConformanceTest extends CopyConformance {

    @Override
    protected CopyFixture createFixture() {
        return new LogFixture(LogOptions.DEFAULTS);
    }
}
