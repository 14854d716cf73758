package dev.everfold.eventsourcing.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Bytes;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventMetadataTest {

    private static final UUID ONE = UUID.fromString("0198a5c0-0000-7000-8000-000000000001");
    private static final UUID TWO = UUID.fromString("0198a5c0-0000-7000-8000-000000000002");
    private static final UUID THREE = UUID.fromString("0198a5c0-0000-7000-8000-000000000003");
    private static final UUID FOUR = UUID.fromString("0198a5c0-0000-7000-8000-000000000004");

    private static final EventMetadata FULL = EventMetadata.none()
            .withVersion(12)
            .withCorrelation(ONE)
            .withCausation(TWO)
            .withActor("alice")
            .withReason("moved house")
            .withCommand(THREE)
            .withCompensates(FOUR)
            .with("tenant", "17")
            .with("client", "\"web\"");

    @Test
    void it_is_one_json_object_in_a_fixed_order_and_comes_back() {
        Bytes bytes = FULL.encode();

        assertThat(bytes.utf8()).isEqualTo("""
                {"$version":12,"$correlation":"0198a5c0-0000-7000-8000-000000000001",\
                "$causation":"0198a5c0-0000-7000-8000-000000000002","$actor":"alice","$reason":"moved house",\
                "$command":"0198a5c0-0000-7000-8000-000000000003",\
                "$compensates":"0198a5c0-0000-7000-8000-000000000004",\
                "client":"\\"web\\"","tenant":"17"}""");
        assertThat(EventMetadata.parse(bytes)).isEqualTo(FULL);
        assertThat(MetadataJson.version(bytes)).isEqualTo(12);
    }

    @Test
    void nothing_to_say_takes_no_bytes() {
        assertThat(EventMetadata.none().encode()).isEqualTo(Bytes.empty());
        assertThat(EventMetadata.parse(Bytes.empty())).isEqualTo(EventMetadata.none());
        assertThat(MetadataJson.version(Bytes.empty())).isEqualTo(1);
    }

    @Test
    void what_is_searched_for_is_a_tag() {
        assertThat(FULL.tags())
                .containsExactly(
                        "$correlation:0198a5c0-0000-7000-8000-000000000001",
                        "$command:0198a5c0-0000-7000-8000-000000000003",
                        "$compensates:0198a5c0-0000-7000-8000-000000000004");
        assertThat(EventMetadata.none().tags()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "[1]", "{", "{\"a\":1", "{\"a\":1} 2", "\"$version\":7", "{\"a\":1}garbage"})
    void bytes_of_other_writers_say_nothing(String bytes) {
        assertThat(EventMetadata.parse(Bytes.utf8(bytes))).isEqualTo(EventMetadata.none());
    }

    @Test
    void json_in_another_encoding_than_utf_8_says_nothing() {
        for (Charset encoding : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_32)) {
            Bytes bytes = Bytes.of("{\"$actor\":\"alice\",\"a\":{}}".getBytes(encoding));

            assertThat(EventMetadata.parse(bytes)).isEqualTo(EventMetadata.none());
        }
    }

    @Test
    void values_of_other_writers_are_given_as_their_json() {
        Bytes bytes =
                Bytes.utf8("{\"n\":1.50,\"t\":true,\"o\":{\"a\": [1]},\"l\":[ ],\"s\":\"x\",\"z\":null,\"$later\":{}}");

        assertThat(EventMetadata.parse(bytes).other())
                .isEqualTo(Map.of("n", "1.50", "t", "true", "o", "{\"a\": [1]}", "l", "[ ]", "s", "x", "z", "null"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"$version\":7}|7",
                "{\"$version\":999999999}|999999999",
                "{\"$version\": 7 }|7",
                "{ \"a\":\"\\\"$version\\\":3\", \"$version\":7}|7",
                "{\"a\":{\"$version\":7}}|1",
                "{\"a\":\"$version\"}|1",
                "{\"$versions\":7}|1",
                "{\"$vers|1"
            })
    void the_version_is_read_wherever_it_stands(String bytes, int version) {
        assertThat(MetadataJson.version(Bytes.utf8(bytes))).isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "1000000000", "\"two\"", "null", "[1]"})
    void a_version_that_is_none_is_refused(String version) {
        Bytes bytes = Bytes.utf8("{\"a\":\"b\",\"$version\":" + version + "}");
        Bytes leading = Bytes.utf8("{\"$version\":" + version + ",\"a\":\"b\"}");

        assertThatThrownBy(() -> MetadataJson.version(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("\"$version\" is \"")
                .hasMessageEndingWith("\"; expected a whole number from 1 on");
        assertThatThrownBy(() -> MetadataJson.version(leading)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_id_that_is_none_is_refused_with_its_place() {
        Bytes bytes = Bytes.utf8("{\"$correlation\":\"17\"}");

        assertThatThrownBy(() -> EventMetadata.of(
                        Recorded.of(Recorded.event("account.opened", 1, "{}").withMetadata(bytes))))
                .isInstanceOf(MalformedEventException.class)
                .hasMessage("The metadata of event \"account.opened\" at position 0 is malformed: \"$correlation\" is"
                        + " \"17\"; expected a UUID. Keys that begin with '$' are Everfold's own; see who wrote it.");
    }

    @Test
    void keys_that_begin_with_a_dollar_are_not_for_applications() {
        assertThatThrownBy(() -> EventMetadata.none().with("$tenant", "17"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The metadata key \"$tenant\" begins with '$', which is kept for Everfold."
                        + " Choose another name.");
    }

    @Test
    void a_version_below_one_is_refused() {
        assertThatThrownBy(() -> EventMetadata.none().withVersion(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The version 0 of an event is too low; expected 1 or more.");
    }
}
