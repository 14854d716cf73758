package dev.everfold.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReadDataTest {

    private final ReadData data = new ReadData(2_000, 3);

    @Test
    void every_event_of_a_stream_lies_where_the_calculation_says() {
        try (EventStore store = EventStores.open("memory:")) {
            data.fill(store);

            assertThat(store.nextPosition()).isEqualTo(data.events()).isEqualTo(23_000);
            for (int stream = 0; stream < data.shortStreams(); stream += 37) {
                int number = stream;
                List<RecordedEvent> events = read(store, Read.stream(data.shortStream(stream)));
                assertThat(events)
                        .hasSize(10)
                        .allMatch(event -> event.position() == data.shortPosition(number, (int) event.revision()));
            }
            for (int stream = 0; stream < data.longStreams(); stream++) {
                int number = stream;
                List<RecordedEvent> events = read(store, Read.stream(data.longStream(stream)));
                assertThat(events)
                        .hasSize(1_000)
                        .allMatch(event -> event.position() == data.longPosition(number, (int) event.revision()));
            }
        }
    }

    @Test
    void every_id_is_that_of_one_event_and_every_event_takes_256_bytes() {
        try (EventStore store = EventStores.open("memory:")) {
            List<UUID> ids = data.fill(store);

            assertThat(ids).hasSize(228);
            assertThat(read(store, Read.matching(Query.ids(ids)))).hasSize(228);
            assertThat(read(store, Read.all())).allMatch(event -> event.recordBytes() == BenchEvents.EVENT_BYTES);
        }
    }

    @Test
    void one_event_of_ten_has_a_type_and_one_of_a_hundred_a_tag() {
        try (EventStore store = EventStores.open("memory:")) {
            data.fill(store);

            assertThat(read(store, Read.matching(Query.types(BenchEvents.type(7)))))
                    .hasSize(2_300);
            assertThat(read(store, Read.matching(Query.tags(BenchEvents.tenantTag(42)))))
                    .hasSize(230);
        }
    }

    private static List<RecordedEvent> read(EventStore store, Read read) {
        try (EventCursor cursor = store.read(read)) {
            return cursor.toList();
        }
    }
}
