package dev.everfold.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Records as they travel: nothing that was changed on the way is taken for an event.
class WireEventsTest {

    @Test
    void records_come_as_they_were() {
        List<RecordedEvent> events = recorded();

        assertThat(WireEvents.records(ByteString.copyFrom(bytes(events)))).hasValue(events);
    }

    @Test
    void a_record_with_any_bit_changed_is_noticed() {
        byte[] bytes = bytes(recorded());

        for (int i = 0; i < 8 * bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i / 8] ^= (byte) (1 << i % 8);

            assertThat(WireEvents.records(ByteString.copyFrom(changed)))
                    .as("bit %s changed", i)
                    .isEmpty();
        }
    }

    @Test
    void a_record_that_is_cut_short_is_noticed() {
        byte[] bytes = bytes(recorded().subList(0, 1));

        for (int length = 1; length < bytes.length; length++) {
            assertThat(WireEvents.records(ByteString.copyFrom(bytes, 0, length)))
                    .as("first %s bytes", length)
                    .isEmpty();
        }
    }

    private static List<RecordedEvent> recorded() {
        try (InMemoryEventStore store = new InMemoryEventStore()) {
            store.append(Append.of(
                    NewEvent.of("order-17", "order.placed", "{\"lines\":2}").withTags("order:17"),
                    NewEvent.of("order-17", "order.paid", "{}")));
            return store.read(Read.all()).toList();
        }
    }

    private static byte[] bytes(List<RecordedEvent> events) {
        byte[] bytes =
                new byte[events.stream().mapToInt(RecordedEvent::recordBytes).sum()];
        int at = 0;
        for (RecordedEvent event : events) {
            event.copyTo(bytes, at);
            at += event.recordBytes();
        }
        return bytes;
    }
}
