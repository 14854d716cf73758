package dev.everfold.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import org.junit.jupiter.api.Test;

/// The examples run and are right.
final class ExamplesTest {

    @Test
    void no_seat_is_sold_twice_and_nobody_gets_more_than_two() {
        try (EventStore store = EventStores.open("memory:")) {
            assertThat(Seats.reserve(store, "A1", "alice")).isTrue();
            assertThat(Seats.reserve(store, "A1", "bob")).isFalse();
            assertThat(Seats.reserve(store, "A2", "alice")).isTrue();
            assertThat(Seats.reserve(store, "A3", "alice")).isFalse();
            assertThat(Seats.reserve(store, "A3", "bob")).isTrue();
        }
    }
}
