package dev.everfold.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.cloudevents.CloudEvents;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The examples run and are right.
final class ExamplesTest {

    private static final Path LOG = Path.of("data/repository-history.ndjson.gz");

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

    @Test
    void the_files_alive_at_any_instant_are_those_of_the_repository(@TempDir Path folder) throws IOException {
        Map<String, Integer> known = Map.of(
                "2012-01-01T00:00:00Z", 813,
                "2016-07-01T00:00:00Z", 1_345,
                "2020-01-01T00:00:00Z", 1_440,
                "2024-02-29T12:00:00Z", 2_058,
                "2999-01-01T00:00:00Z", 3_015);

        try (EventStore store = EventStores.open("log:" + folder)) {
            append(store);

            known.forEach((instant, files) -> assertThat(FilesAlive.asOf(store, Instant.parse(instant)))
                    .as(instant)
                    .hasSize(files));
        }
    }

    private static void append(EventStore store) throws IOException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(LOG)), StandardCharsets.UTF_8))) {
            List<NewEvent> batch = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                batch.add(CloudEvents.parse(line));
                if (batch.size() == 1_000) {
                    store.append(Append.of(batch));
                    batch.clear();
                }
            }
            store.append(Append.of(batch));
        }
    }
}
