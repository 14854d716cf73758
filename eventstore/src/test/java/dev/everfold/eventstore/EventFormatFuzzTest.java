package dev.everfold.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Any bytes are no record, or one whose every field can be read; and what is encoded is decoded the same.
class EventFormatFuzzTest {

    /// The bytes as they are, and once more with length and checksum made right, so that what lies behind the
    /// checksum is tried too.
    @FuzzTest(maxDuration = "60s")
    void any_bytes_are_no_record_or_one_whose_every_field_can_be_read(byte[] input) {
        readIfWhole(input);
        byte[] sealed = new byte[Math.max(EventFormat.HEADER_BYTES, (input.length + 7) & -8)];
        System.arraycopy(input, 0, sealed, 0, input.length);
        seal(sealed);
        readIfWhole(sealed);
    }

    private static void readIfWhole(byte[] bytes) {
        if (!EventFormat.isWhole(bytes, 0, bytes.length)) {
            return;
        }
        RecordedEvent event = RecordedEvent.view(bytes, 0);
        int names = event.stream().length()
                + event.type().length()
                + event.contentType().length();
        assertThat(names).isLessThanOrEqualTo(bytes.length + NewEvent.BINARY.length());
        assertThat(event.tags()).hasSize(EventFormat.getShort(bytes, EventFormat.TAG_COUNT));
        assertThat(event.metadata().length() + event.data().length()).isLessThan(bytes.length);
        assertThat(event.detached()).isEqualTo(event);
        assertThat(event.toString()).contains("position=" + event.position());
        event.recorded();
        event.occurred();
        NewEvent again;
        try {
            again = event.toNewEvent();
        } catch (IllegalArgumentException notANameOfOurs) {
            return;
        }
        assertThat(decode(EventFormat.encode(again))).isEqualTo(again);
    }

    @FuzzTest(maxDuration = "60s")
    void an_event_that_is_encoded_is_decoded_the_same(FuzzedDataProvider input) {
        NewEvent event;
        try {
            event = event(input);
        } catch (IllegalArgumentException notANameOfOurs) {
            return;
        }

        byte[] record = EventFormat.encode(event);
        assertThat(record).hasSize(EventFormat.encodedBytes(event));
        assertThat(decode(record)).isEqualTo(event);

        record[EventFormat.HEADER_BYTES] ^= 1;
        assertThat(EventFormat.isWhole(record, 0, record.length)).isFalse();
    }

    private static NewEvent event(FuzzedDataProvider input) {
        UUID id = new UUID(input.consumeLong(), input.consumeLong());
        Optional<Instant> occurred =
                input.consumeBoolean() ? Optional.of(Micros.toInstant(input.consumeLong())) : Optional.empty();
        String contentType =
                input.pickValue(List.of(NewEvent.JSON, NewEvent.BINARY, "text/plain", input.consumeAsciiString(20)));
        List<String> tags = new ArrayList<>();
        for (int left = input.consumeInt(0, 5); left > 0; left--) {
            tags.add(input.consumeString(40));
        }
        return new NewEvent(
                input.consumeString(60),
                id,
                input.consumeString(60),
                contentType,
                Bytes.of(input.consumeBytes(300)),
                Bytes.of(input.consumeRemainingAsBytes()),
                tags,
                occurred,
                Optional.empty());
    }

    private static NewEvent decode(byte[] record) {
        EventFormat.place(record, 0, new EventFormat.Place(3, 1, 7));
        assertThat(EventFormat.isWhole(record, 0, record.length)).isTrue();
        RecordedEvent event = RecordedEvent.view(record, 0);
        assertThat(event.position()).isEqualTo(3);
        assertThat(event.revision()).isEqualTo(1);
        assertThat(event.recordedMicros()).isEqualTo(7);
        return event.toNewEvent();
    }

    private static void seal(byte[] record) {
        ByteBuffer buffer = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(0, record.length);
        CRC32C crc = new CRC32C();
        crc.update(record, EventFormat.POSITION, record.length - EventFormat.POSITION);
        buffer.putInt(EventFormat.CHECKSUM, (int) crc.getValue());
    }
}
