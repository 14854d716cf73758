package dev.everfold.cloudevents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTripTest {

    private static final int EVENTS = 20_000;
    private static final UUID ID = UUID.fromString("aab9e5a2-8250-572c-ae8b-43f3f8fd6d12");

    @Test
    void attributes_are_written_in_a_fixed_order() {
        String line = CloudEvents.format(recorded(CloudEvents.parse("""
                {"data":{"cents": 1250},"tags":"order:17,customer:42","z":1,"a":"ä",\
                "dataschema":"https://example.org/o",\
                "datacontenttype":"application/json","time":"2026-03-01T09:30:00Z","subject":"order-17",\
                "type":"OrderPlaced","source":"/shop","id":"1","specversion":"1.0"}
                """)));

        assertThat(line).isEqualTo("""
                        {"specversion":"1.0","id":"1","source":"/shop","type":"OrderPlaced","subject":"order-17",\
                        "time":"2026-03-01T09:30:00Z","datacontenttype":"application/json",\
                        "dataschema":"https://example.org/o","tags":"order:17,customer:42","z":1,"a":"ä","position":0,\
                        "revision":0,"recordedtime":"2026-04-01T00:00:00Z","data":{"cents": 1250}}""");
    }

    @Test
    void an_event_without_metadata_is_written_with_the_default_source_which_is_not_kept() {
        NewEvent event = event().withMetadata(Bytes.empty());

        String line = CloudEvents.format(recorded(event));

        assertThat(line).isEqualTo("""
                        {"specversion":"1.0","id":"aab9e5a2-8250-572c-ae8b-43f3f8fd6d12","source":"/everfold",\
                        "type":"OrderPlaced","subject":"order-17","datacontenttype":"application/json","position":0,\
                        "revision":0,"recordedtime":"2026-04-01T00:00:00Z","data":{"cents":1250}}""");
        assertThat(CloudEvents.parse(line)).isEqualTo(event);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"source\":\"/shop\"}",
                "{\"source\":\"\\/everfold\"}",
                "{\"dataschema\":\"urn:x:1\",\"z\":1,\"a\":\"\\u00e4\\ud800\",\"b\":false,\"c\":-1.50e3}"
            })
    void metadata_of_our_form_is_written_as_attributes(String metadata) {
        NewEvent event = event().withMetadata(Bytes.utf8(metadata));

        String line = CloudEvents.format(recorded(event));

        assertThat(line).doesNotContain("metadatabase64");
        assertThat(CloudEvents.parse(line)).isEqualTo(event);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "{",
                "{}",
                "[1]",
                "{\"a\": 1}",
                "{\"a\":1 }",
                "{\"\\u0061\":1}",
                "{\"a\":1,\"a\":1}",
                "{\"userId\":1}",
                "{\"a\":null}",
                "{\"a\":{}}",
                "{\"a\":\"x\",\"source\":\"/shop\"}",
                "{\"source\":\"/everfold\"}",
                "{\"source\":1}",
                "{\"source\":\"\"}",
                "{\"id\":\"1\"}",
                "{\"id\":\"aab9e5a2-8250-572c-ae8b-43f3f8fd6d12\"}",
                "{\"subject\":\"x\"}",
                "{\"tags\":\"x\"}",
                "{\"position\":1}",
                "{\"data\":1}",
                "{\"metadatabase64\":\"x\"}"
            })
    void metadata_of_another_form_is_written_in_base_64(String metadata) {
        NewEvent event = event().withMetadata(Bytes.utf8(metadata));

        String line = CloudEvents.format(recorded(event));

        assertThat(line).contains("\"metadatabase64\":\"");
        assertThat(CloudEvents.parse(line)).isEqualTo(event);
    }

    @Test
    void json_that_cannot_stand_in_a_line_as_it_is_is_written_in_base_64() {
        for (String data : List.of(
                "\ufeff{}",
                "{\n}",
                " {}",
                "{} ",
                "{",
                "1 2",
                "01",
                "{\"a\":\"\u0001\"}",
                "{\"a\":\r1}",
                "[".repeat(500) + "]".repeat(500))) {
            NewEvent event = event().withContent(NewEvent.JSON, Bytes.utf8(data));

            String line = CloudEvents.format(recorded(event));

            assertThat(line).as(data).contains("\"data_base64\":").doesNotContain("\n", "\r");
            assertThat(CloudEvents.parse(line)).isEqualTo(event);
        }
    }

    @Test
    void json_as_deep_as_a_line_can_carry_stands_in_it() {
        NewEvent event = event().withContent(NewEvent.JSON, Bytes.utf8("[".repeat(499) + "]".repeat(499)));

        String line = CloudEvents.format(recorded(event));

        assertThat(line).contains("\"data\":[[");
        assertThat(CloudEvents.parse(line)).isEqualTo(event);
    }

    @Test
    void text_is_written_as_a_string_and_what_only_looks_like_text_in_base_64() {
        assertThat(CloudEvents.format(recorded(event().withContent("text/plain", Bytes.utf8("a\n\"ä\"")))))
                .contains("\"datacontenttype\":\"text/plain\"")
                .endsWith("\"data\":\"a\\n\\\"ä\\\"\"}");
        assertThat(CloudEvents.format(recorded(event().withContent("text/plain", Bytes.utf8("a\u001b")))))
                .endsWith("\"data_base64\":\"YRs=\"}");
        assertThat(CloudEvents.format(recorded(event().withContent(NewEvent.BINARY, Bytes.utf8("a")))))
                .endsWith("\"data_base64\":\"YQ==\"}");
    }

    @Test
    void tags_that_commas_cannot_separate_are_percent_encoded() {
        NewEvent event = event().withTags("order:17", "a,b", " 100 % ä+");

        String line = CloudEvents.format(recorded(event));

        assertThat(line)
                .contains(",\"encodedtags\":\"order%3A17,a%2Cb,%20100%20%25%20%C3%A4%2B\"")
                .doesNotContain("\"tags\"");
        assertThat(CloudEvents.parse(line).tags()).containsExactly("order:17", "a,b", " 100 % ä+");
        assertThat(CloudEvents.parse(line.replace("order%3A17,a", "order:17,,a"))
                        .tags())
                .isEqualTo(event.tags());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatever_is_written_and_read_is_the_same(long seed) {
        RandomEvents events = new RandomEvents(new Random(seed));
        CloudEventReader reader = new CloudEventReader();
        CloudEventWriter writer = new CloudEventWriter();
        for (int i = 0; i < EVENTS; i++) {
            NewEvent event = events.next();
            byte[] line = line(writer, event);

            reader.begin(line, 0, line.length);

            NewEvent again = reader.read(0, line.length);
            assertThat(again).as("seed %d, event %d", seed, i).isEqualTo(event);
            assertThat(line(writer, again)).as("seed %d, event %d", seed, i).isEqualTo(line);
        }
    }

    private static byte[] line(CloudEventWriter writer, NewEvent event) {
        return writer.format(recorded(event)).getBytes(StandardCharsets.UTF_8);
    }

    private static NewEvent event() {
        return new NewEvent(
                "order-17",
                ID,
                "OrderPlaced",
                NewEvent.JSON,
                Bytes.utf8("{\"cents\":1250}"),
                Bytes.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    private static RecordedEvent recorded(NewEvent event) {
        Clock clock = Clock.fixed(Instant.parse("2026-04-01T00:00:00Z"), ZoneOffset.UTC);
        try (InMemoryEventStore store = new InMemoryEventStore(clock, Limits.DEFAULTS)) {
            store.append(Append.of(event));
            return store.read(Read.all()).toList().getFirst();
        }
    }
}
