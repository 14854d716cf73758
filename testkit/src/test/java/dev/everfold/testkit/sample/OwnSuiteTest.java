package dev.everfold.testkit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.testkit.ConformanceSuite;
import dev.everfold.testkit.EventStoreFixture;
import org.junit.jupiter.api.Test;

/// What only this engine promises, in the words of the kit.
class OwnSuiteTest extends ConformanceSuite {

    @Override
    protected EventStoreFixture createFixture() {
        return new InMemoryConformanceTest.InMemoryFixture();
    }

    @Test
    void the_log_is_kept_in_one_part() {
        append(event("order-17", "order.placed", "customer:alice"), event("order-17", "order.paid"));

        assertThat(store.stats().segments()).isEqualTo(1);
    }
}
