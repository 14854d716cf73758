package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Bytes come back exactly as they went in, data and metadata alike, whatever the content type.
///
/// Leaves open: compression and encryption at rest, as long as nobody who reads notices.
public abstract class ContentConformance extends ConformanceSuite {

    @Test
    void bytes_that_are_not_text_come_back_also_where_the_content_type_says_json() {
        Bytes everyByte = everyByte();

        append(
                event("file-1", "stored").withContent(NewEvent.JSON, everyByte),
                event("file-1", "stored").withContent("text/plain", everyByte),
                event("file-1", "stored").withContent(NewEvent.BINARY, everyByte));

        assertThat(log()).extracting(RecordedEvent::data).containsExactly(everyByte, everyByte, everyByte);
        assertThat(log())
                .extracting(RecordedEvent::contentType)
                .containsExactly("application/json", "text/plain", "application/octet-stream");
    }

    @Test
    void metadata_that_is_not_text_comes_back() {
        append(event("file-1", "stored").withMetadata(everyByte()));

        assertThat(log().getFirst().metadata()).isEqualTo(everyByte());
        assertThat(log().getFirst().data().utf8()).isEqualTo("{}");
    }

    @Test
    void json_is_not_normalised() {
        List<String> texts = List.of(
                " { \"b\" : 1.0 , \"a\" : 1e2,\n\t\"a\" : \"\\u00e9\" } ",
                "{\"big\":12345678901234567890.000}",
                "null",
                "\"\\/\"",
                "not json at all",
                "\uFEFF{}",
                "{}\r\n");

        for (String text : texts) {
            append(NewEvent.of("file-1", "stored", text).withMetadata(Bytes.utf8(text)));
        }

        assertThat(log()).extracting(event -> event.data().utf8()).isEqualTo(texts);
        assertThat(log()).extracting(event -> event.metadata().utf8()).isEqualTo(texts);
    }

    @Test
    void no_data_and_no_metadata_are_contents_too() {
        append(
                event("file-1", "emptied").withContent(NewEvent.JSON, Bytes.empty()),
                event("file-1", "emptied")
                        .withContent(NewEvent.BINARY, Bytes.empty())
                        .withMetadata(Bytes.utf8("by alice")),
                event("file-1", "emptied").withContent("text/plain", Bytes.empty()));

        assertThat(log()).extracting(event -> event.data().length()).containsExactly(0, 0, 0);
        assertThat(log()).extracting(event -> event.metadata().utf8()).containsExactly("", "by alice", "");
    }

    @Test
    void data_and_metadata_are_not_mixed_up_at_any_length() {
        NewEvent[] events = new NewEvent[200];
        for (int i = 0; i < events.length; i++) {
            events[i] = event("file-" + i, "stored", "tag".repeat(1 + i % 3))
                    .withContent(NewEvent.BINARY, Bytes.of(filled(i % 19, 'd')))
                    .withMetadata(Bytes.of(filled(i % 17, 'm')));
        }

        append(events);

        assertThat(log())
                .extracting(event -> event.data().utf8())
                .isEqualTo(IntStream.range(0, 200)
                        .mapToObj(i -> "d".repeat(i % 19))
                        .toList());
        assertThat(log())
                .extracting(event -> event.metadata().utf8())
                .isEqualTo(IntStream.range(0, 200)
                        .mapToObj(i -> "m".repeat(i % 17))
                        .toList());
    }

    @Test
    void an_event_as_large_as_the_limit_comes_back() {
        NewEvent empty = event("file-1", "stored").withContent(NewEvent.BINARY, Bytes.empty());
        Bytes data = random(limits().eventBytesMax() - EventFormat.encodedBytes(empty));

        append(empty.withContent(NewEvent.BINARY, data), event("file-1", "closed"));

        assertThat(log().getFirst().data()).isEqualTo(data);
        assertThat(log().getFirst().recordBytes()).isEqualTo(limits().eventBytesMax());
        assertThat(log().getLast().type()).isEqualTo("closed");
    }

    @Test
    void large_and_small_events_side_by_side_come_back_in_both_directions() {
        List<Bytes> contents = new ArrayList<>();
        for (int bytes : new int[] {100_000, 1, 300_000, 0, 262_144, 65_536, 7, 524_288}) {
            contents.add(random(bytes));
            append(event("file-1", "stored", "size:" + bytes).withContent(NewEvent.BINARY, contents.getLast()));
        }

        assertThat(log()).extracting(RecordedEvent::data).isEqualTo(contents);
        assertThat(read(Read.stream("file-1").backwards()))
                .extracting(RecordedEvent::data)
                .isEqualTo(contents.reversed());
        assertThat(read(Read.matching(Query.tags("size:7"))))
                .extracting(RecordedEvent::data)
                .containsExactly(contents.get(6));
    }

    @Test
    void content_types_come_back_as_they_are_spelled() {
        List<String> contentTypes = List.of(
                "application/json",
                "Application/JSON",
                "application/json; charset=utf-8",
                "application/octet-stream",
                "application/x-protobuf;messageType=\"shop.Order\"",
                "x");

        for (String contentType : contentTypes) {
            append(event("file-1", "stored").withContent(contentType, Bytes.utf8("{}")));
        }

        assertThat(log()).extracting(RecordedEvent::contentType).isEqualTo(contentTypes);
    }

    @Test
    void tags_come_back_in_the_order_given_each_once() {
        append(event("order-17", "order.placed", "zebra", "apple", "mango", "apple", "Zebra", "zebra"));

        assertThat(log().getFirst().tags()).containsExactly("zebra", "apple", "mango", "Zebra");
    }

    @Test
    void as_many_tags_as_the_limit_allows_come_back_and_each_is_found() {
        String[] tags = IntStream.range(0, limits().tagsMax())
                .mapToObj(i -> "seat:" + (99 - i))
                .toArray(String[]::new);

        append(event("hall-1", "hall.opened"), event("hall-1", "seats.sold", tags));

        assertThat(log().getLast().tags()).containsExactly(tags);
        assertThat(positions(Read.matching(Query.tags(tags)))).containsExactly(1L);
        assertThat(List.of(tags))
                .allSatisfy(tag ->
                        assertThat(positions(Read.matching(Query.tags(tag)))).containsExactly(1L));
    }

    @Test
    void every_id_comes_back_also_the_lowest_and_the_highest() {
        List<UUID> ids = List.of(
                new UUID(0, 0),
                new UUID(-1, -1),
                new UUID(Long.MIN_VALUE, Long.MAX_VALUE),
                new UUID(0, 1),
                new UUID(1, 0));

        ids.forEach(id -> append(event("order-17", "order.placed").withId(id)));

        assertThat(log()).extracting(RecordedEvent::id).isEqualTo(ids);
        assertThat(ids)
                .allSatisfy(id -> assertThat(positions(Read.matching(Query.ids(List.of(id)))))
                        .containsExactly((long) ids.indexOf(id)));
    }

    @Test
    void an_append_id_may_be_the_lowest_and_the_highest() {
        store.append(Append.of(event("order-17", "order.placed")).withId(new UUID(0, 0)));
        store.append(Append.of(event("order-17", "order.paid")).withId(new UUID(-1, -1)));

        assertThat(log()).hasSize(2);
    }

    private static Bytes everyByte() {
        byte[] bytes = new byte[512];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i < 256 ? i : 511 - i);
        }
        return Bytes.of(bytes);
    }

    private static byte[] filled(int length, char with) {
        return String.valueOf(with).repeat(length).getBytes(StandardCharsets.US_ASCII);
    }

    private static Bytes random(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(17 + length).nextBytes(bytes);
        return Bytes.of(bytes);
    }
}
