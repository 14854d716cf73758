package dev.everfold.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Read;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The examples run and are right.
final class ExamplesTest {

    @Test
    void first_steps_leave_three_events_in_two_streams(@TempDir Path folder) {
        FirstSteps.run(folder.toString());

        try (EventStore store = EventStores.open("log:" + folder + "?mode=read")) {
            assertThat(store.nextPosition()).isEqualTo(3);
            assertThat(store.read(Read.stream("order-18")).toList()).hasSize(1);
        }
    }

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
