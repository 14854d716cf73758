package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// A store that does nothing must not pass a single suite.
class NothingStoreTest {

    @Test
    void every_suite_fails_on_a_store_that_does_nothing() {
        List<Class<? extends ConformanceSuite>> suites = SuiteRunner.allSuites();

        Map<Class<? extends ConformanceSuite>, List<String>> failures =
                SuiteRunner.failures(NothingFixture::new, suites);

        assertThat(suites).hasSizeGreaterThanOrEqualTo(19);
        assertThat(failures.keySet()).containsExactlyInAnyOrderElementsOf(suites);
    }

    /// Opens nothing.
    private static final class NothingFixture implements RestartableFixture, CopyFixture {

        @Override
        public EventStore open(Clock clock, Limits limits) {
            return new NothingStore();
        }

        @Override
        public EventStore reopen(Clock clock, Limits limits) {
            return new NothingStore();
        }

        @Override
        public EventStore openCopy(Clock clock, Limits limits, UUID lineage) {
            return new NothingStore();
        }

        @Override
        public void close() {}
    }
}
