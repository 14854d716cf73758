package dev.everfold.log;

import dev.everfold.testkit.RestartableConformance;
import dev.everfold.testkit.RestartableFixture;

/// The contract, with segments, memtables and batches so small that every few appends begin a new one.
final class SmallLogConformanceTest extends RestartableConformance {

    @Override
    protected RestartableFixture fixture() {
        return new LogFixture(LogOptions.DEFAULTS.withSegmentBytes(64 << 10).withMemtableEvents(16));
    }
}
