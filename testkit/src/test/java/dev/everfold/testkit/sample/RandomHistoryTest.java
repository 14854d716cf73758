package dev.everfold.testkit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.testkit.MutableClock;
import dev.everfold.testkit.Operation;
import dev.everfold.testkit.RandomOperations;
import org.junit.jupiter.api.Test;

/// Drawn operations in a harness of one's own, for example one that pulls the plug in between.
class RandomHistoryTest {

    @Test
    void a_thousand_operations_are_answered_alike() throws Exception {
        MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");
        try (EventStore engine = new InMemoryEventStore(clock, Limits.DEFAULTS);
                EventStore model = new InMemoryEventStore(clock, Limits.DEFAULTS)) {
            RandomOperations operations = new RandomOperations(17, model, clock);
            for (int step = 0; step < 1_000; step++) {
                Operation operation = operations.next();
                if (operation instanceof Operation.MoveClock(var by)) {
                    clock.advance(by);
                }

                assertThat(operation.applyTo(engine)).isEqualTo(operation.applyTo(model));
            }
        }
    }
}
