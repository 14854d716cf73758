package dev.everfold.cloudevents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudEventReaderTest {

    private static final String ID = "aab9e5a2-8250-572c-ae8b-43f3f8fd6d12";

    @Test
    void each_attribute_goes_to_its_place_in_the_event() {
        NewEvent event = CloudEvents.parse("""
                {"specversion":"1.0","id":"aab9e5a2-8250-572c-ae8b-43f3f8fd6d12","source":"/shop","type":"OrderPlaced",\
                "subject":"order-17","time":"2026-03-01T10:30:00.25+01:00","datacontenttype":"application/json",\
                "dataschema":"https://example.org/order","tags":"order:17, customer:42,,order:17","actor":"alice",\
                "attempt":3,"test":true,"data":{"cents":1250}}
                """);

        assertThat(event.id()).isEqualTo(UUID.fromString(ID));
        assertThat(event.type()).isEqualTo("OrderPlaced");
        assertThat(event.stream()).isEqualTo("order-17");
        assertThat(event.occurred()).contains(Instant.parse("2026-03-01T09:30:00.250Z"));
        assertThat(event.contentType()).isEqualTo("application/json");
        assertThat(event.tags()).containsExactly("order:17", "customer:42");
        assertThat(event.data().utf8()).isEqualTo("{\"cents\":1250}");
        assertThat(event.metadata().utf8())
                .isEqualTo("{\"source\":\"/shop\",\"dataschema\":\"https://example.org/order\",\"actor\":\"alice\","
                        + "\"attempt\":3,\"test\":true}");
        assertThat(event.recorded()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"cents\" : 12.50,\t\"names\":[ \"\\u00e4\",\"ä\" ]}",
                "\"a string with \\\"quotes\\\" and \\u0000\"",
                "-0.0e+10",
                "12345678901234567890.123456789",
                "true",
                "null",
                "[]",
                "{}",
                "{\"a\":1,\"a\":2}",
                "\"\"",
                "\"\\ud800\""
            })
    void json_data_is_kept_byte_for_byte(String data) {
        assertThat(CloudEvents.parse(line("\"data\": " + data + " ")).data()).isEqualTo(Bytes.utf8(data));
        assertThat(CloudEvents.parse(line("\"datacontenttype\":\"application/vnd.shop+json; v=2\",\"data\":" + data))
                        .data())
                .isEqualTo(Bytes.utf8(data));
    }

    @Test
    void data_of_another_content_type_is_the_text_of_the_string() {
        NewEvent event = CloudEvents.parse(line("\"data\":\"a\\n\\u00e4\\u20ac\",\"datacontenttype\":\"text/plain\""));

        assertThat(event.contentType()).isEqualTo("text/plain");
        assertThat(event.data()).isEqualTo(Bytes.utf8("a\nä€"));
    }

    @Test
    void data_in_base_64_is_decoded_whatever_the_content_type() {
        assertThat(CloudEvents.parse(line("\"data_base64\":\"AP8\\/\"")).data())
                .isEqualTo(Bytes.of(new byte[] {0, (byte) 0xff, 0x3f}));
        assertThat(CloudEvents.parse(line("\"data_base64\":\"e30=\",\"datacontenttype\":\"application/json\""))
                        .data())
                .isEqualTo(Bytes.utf8("{}"));
    }

    @Test
    void an_event_may_come_without_data() {
        NewEvent event = CloudEvents.parse(line("\"actor\":\"alice\""));

        assertThat(event.data().isEmpty()).isTrue();
        assertThat(event.contentType()).isEqualTo("application/json");
        assertThat(CloudEvents.parse(line("\"data\":null,\"datacontenttype\":\"text/plain\""))
                        .data()
                        .isEmpty())
                .isTrue();
    }

    @Test
    void attributes_that_are_null_are_not_there() {
        NewEvent event = CloudEvents.parse(
                line("\"time\":null,\"tags\":null,\"dataschema\":null,\"actor\":null,\"datacontenttype\":null,"
                        + "\"data_base64\":null,\"metadatabase64\":null"));

        assertThat(event.occurred()).isEmpty();
        assertThat(event.tags()).isEmpty();
        assertThat(event.metadata().utf8()).isEqualTo("{\"source\":\"/shop\"}");
    }

    @Test
    void place_and_recorded_time_of_the_exporting_store_are_not_taken_over() {
        NewEvent event = CloudEvents.parse(line("\"position\":\"x\",\"revision\":[],\"recordedtime\":1,\"data\":1"));

        assertThat(event.metadata().utf8()).isEqualTo("{\"source\":\"/shop\"}");
        assertThat(event.recorded()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/orders,   order-17/1, ffed0f65-7e5d-5918-ad79-1bd878dd8b80",
        "/everfold, größe,      d67c0d01-08e6-508e-879f-5129331d84e2"
    })
    void an_id_that_is_no_uuid_becomes_one_by_name_and_is_kept(String source, String id, UUID expected) {
        NewEvent event = CloudEvents.parse("{\"specversion\":\"1.0\",\"type\":\"OrderPlaced\",\"subject\":\"order-17\","
                + "\"source\":\"" + source + "\",\"id\":\"" + id + "\"}");

        assertThat(event.id()).isEqualTo(expected);
        assertThat(event.id().version()).isEqualTo(5);
        assertThat(event.metadata().utf8()).startsWith("{\"id\":\"" + id + "\"");
    }

    @Test
    void a_uuid_in_capitals_is_the_same_uuid() {
        NewEvent event = CloudEvents.parse(line("\"data\":1").replace(ID, "AAB9E5A2-8250-572C-AE8B-43F3F8FD6D12"));

        assertThat(event.id()).isEqualTo(UUID.fromString(ID));
    }

    @Test
    void equal_ids_of_different_sources_are_different_events() {
        String line = line("\"data\":1").replace(ID, "1");

        assertThat(CloudEvents.parse(line).id())
                .isNotEqualTo(CloudEvents.parse(line.replace("/shop", "/bank")).id());
    }

    @ParameterizedTest
    @CsvSource({
        "2010-01-19T18:36:08Z,               2010-01-19T18:36:08Z",
        "2010-01-19t18:36:08z,               2010-01-19T18:36:08Z",
        "2010-01-19T18:36:08.1Z,             2010-01-19T18:36:08.100Z",
        "2010-01-19T18:36:08.123456789999Z,  2010-01-19T18:36:08.123456Z",
        "2010-01-19T18:36:08+05:30,          2010-01-19T13:06:08Z",
        "2010-01-19T18:36:08-00:00,          2010-01-19T18:36:08Z",
        "0000-01-01T00:00:00Z,               0000-01-01T00:00:00Z",
        "1969-12-31T23:59:59.9999999Z,       1969-12-31T23:59:59.999999Z",
        "+12010-01-19T18:36:08Z,             +12010-01-19T18:36:08Z"
    })
    void times_of_rfc_3339_are_read_with_microseconds(String time, Instant expected) {
        assertThat(CloudEvents.parse(line("\"time\":\"" + time + "\"")).occurred())
                .contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2010-01-19",
                "2010-01-19T18:36:08",
                "2010-01-19 18:36:08Z",
                "2010-02-30T18:36:08Z",
                "2010-01-19T24:00:00Z",
                "2010-01-19T18:60:00Z",
                "2010-01-19T18:36:60Z",
                "2010-01-19T18:36:08.Z",
                "2010-01-19T18:36:08+0100",
                "2010-01-19T18:36:08+24:00",
                "2010-01-19T18:36:08Zz",
                "2010-01-1aT18:36:08Z",
                "+",
                "-",
                "yesterday"
            })
    void what_is_not_a_time_is_refused(String time) {
        assertThatThrownBy(() -> CloudEvents.parse(line("\"time\":\"" + time + "\"")))
                .isInstanceOf(CloudEventException.class)
                .hasMessage("Attribute \"time\" is \"" + time
                        + "\"; expected a time of RFC 3339 such as 2026-03-01T09:30:00Z. Correct the line.");
    }

    @Test
    void opaque_metadata_comes_back_as_it_was() {
        NewEvent event = CloudEvents.parse(
                line("\"metadatabase64\":\"AAH/\",\"data\":1").replace("/shop", CloudEvents.DEFAULT_SOURCE));

        assertThat(event.metadata()).isEqualTo(Bytes.of(new byte[] {0, 1, (byte) 0xff}));
    }

    @Test
    void lines_of_one_buffer_are_read_one_by_one_and_a_wrong_one_harms_no_other() {
        List<String> lines = List.of(
                line("\"data\":1"),
                "   ",
                line("\"data\":{\"n\":2}"),
                "{\"specversion\":",
                line("\"data\":[3]"),
                line("\"data\":4") + " " + line("\"data\":4"),
                line("\"data\":5") + "\r",
                "not JSON",
                line("\"data\":{").replace("}", ""),
                line("\"data\":6"),
                line("\"data\":\"7\""));
        byte[] buffer = ("ignored" + String.join("\n", lines)).getBytes(StandardCharsets.UTF_8);
        CloudEventReader reader = new CloudEventReader();
        StringBuilder read = new StringBuilder();

        int from = "ignored".length();
        reader.begin(buffer, from, buffer.length);
        for (String line : lines) {
            int to = from + line.getBytes(StandardCharsets.UTF_8).length;
            try {
                read.append(reader.read(from, to).data().utf8()).append(' ');
            } catch (CloudEventException refused) {
                read.append("- ");
            }
            from = to + 1;
        }

        assertThat(read.toString().strip()).isEqualTo("1 - {\"n\":2} - [3] - 5 - - 6 \"7\"");
    }

    @Test
    void lines_may_be_left_out() {
        byte[] buffer = (line("\"data\":1") + "\n" + line("\"data\":2") + "\n" + line("\"data\":3"))
                .getBytes(StandardCharsets.UTF_8);
        int length = line("\"data\":1").length();
        CloudEventReader reader = new CloudEventReader();

        reader.begin(buffer, 0, buffer.length);
        reader.read(0, length);

        assertThat(reader.read(2 * (length + 1), buffer.length).data().utf8()).isEqualTo("3");
    }

    @Test
    void the_event_does_not_change_with_the_buffer() {
        byte[] buffer = line("\"data\":{\"cents\":1250},\"actor\":\"alice\"").getBytes(StandardCharsets.UTF_8);
        CloudEventReader reader = new CloudEventReader();
        reader.begin(buffer, 0, buffer.length);

        NewEvent event = reader.read(0, buffer.length);
        Arrays.fill(buffer, (byte) 'x');

        assertThat(event.data().utf8()).isEqualTo("{\"cents\":1250}");
        assertThat(event.metadata().utf8()).isEqualTo("{\"source\":\"/shop\",\"actor\":\"alice\"}");
    }

    private static String line(String more) {
        return "{\"specversion\":\"1.0\",\"id\":\"" + ID + "\",\"source\":\"/shop\",\"type\":\"OrderPlaced\","
                + "\"subject\":\"order-17\"," + more + "}";
    }
}
