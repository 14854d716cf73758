package dev.everfold.cloudevents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MalformedLinesTest {

    private static final String BEGIN = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/shop\","
            + "\"type\":\"OrderPlaced\",\"subject\":\"order-17\"";

    /// What is wrong, the line, what it says.
    static Stream<Arguments> malformedLines() {
        return Stream.of(notJson(), missingAttributes(), wrongAttributes(), wrongData())
                .flatMap(Function.identity());
    }

    private static Stream<Arguments> notJson() {
        String advice = "; expected one CloudEvent as one JSON object. Correct the line.";
        return Stream.of(
                arguments("nothing", "", "The line does not begin with a JSON object" + advice),
                arguments("text", "hello", "The line does not begin with a JSON object" + advice),
                arguments("array", "[]", "The line does not begin with a JSON object" + advice),
                arguments("zero behind brace", "{\0}", "The line does not begin with a JSON object" + advice),
                arguments("cut off", BEGIN, "Not valid JSON near column 89" + advice),
                arguments("blanks before it", "  {\"a\":01}", "Not valid JSON near column 9" + advice),
                arguments("cut off in a string", BEGIN + ",\"a\":\"", "Not valid JSON near column 95" + advice),
                arguments("single quotes", "{'id':1}", "Not valid JSON near column 2" + advice),
                arguments("comma at the end", "{\"id\":\"1\",}", "Not valid JSON near column 11" + advice),
                arguments("leading zero", "{\"a\":01}", "Not valid JSON near column 7" + advice),
                arguments("not a number", "{\"a\":NaN}", "Not valid JSON near column 9" + advice),
                arguments("control character", "{\"a\":\"\u0001\"}", "Not valid JSON near column 7" + advice),
                arguments("wrong escape", "{\"a\":\"\\x\"}", "Not valid JSON near column 8" + advice),
                arguments("comment", "{/* */}", "Not valid JSON near column 2" + advice),
                arguments("two objects", BEGIN + "}{}", "More follows after the JSON object" + advice),
                arguments("brace too many", BEGIN + "}}", "More follows after the JSON object" + advice),
                arguments(
                        "too deep",
                        BEGIN + ",\"data\":" + "[".repeat(500) + "]".repeat(500) + "}",
                        "The JSON is nested deeper than 500 levels, or a number or name in it is too long; expected"
                                + " plainer JSON. Store large data elsewhere and append a link."),
                arguments(
                        "too many attributes",
                        BEGIN + extensions(252) + "}",
                        "The line has more than 256 attributes; expected fewer. Put what belongs to the event into its"
                                + " data."));
    }

    private static Stream<Arguments> missingAttributes() {
        return Stream.of(
                arguments("no version", "{}", "Attribute \"specversion\" is missing; expected \"1.0\". Add it."),
                arguments(
                        "another version",
                        "{\"specversion\":\"0.3\"}",
                        "Attribute \"specversion\" is \"0.3\"; expected \"1.0\". Convert the event to CloudEvents"
                                + " 1.0."),
                arguments(
                        "version as a number",
                        "{\"specversion\":1.0}",
                        "Attribute \"specversion\" is a number; expected a string. Correct the line."),
                arguments(
                        "no id",
                        without("\"id\":\"1\","),
                        "Attribute \"id\" is missing; expected what identifies the event. Add it."),
                arguments(
                        "id null",
                        with("\"id\":\"1\"", "\"id\":null"),
                        "Attribute \"id\" is missing; expected what identifies the event. Add it."),
                arguments(
                        "id empty",
                        with("\"id\":\"1\"", "\"id\":\"\""),
                        "Attribute \"id\" is empty; expected at least one character. Fill it in or leave it out."),
                arguments(
                        "id with half a character",
                        with("\"id\":\"1\"", "\"id\":\"\\ud800\""),
                        "The text holds an unpaired surrogate; expected valid Unicode. Correct the text."),
                arguments(
                        "no source",
                        without("\"source\":\"/shop\","),
                        "Attribute \"source\" is missing; expected where the event comes from. Add it."),
                arguments(
                        "no type",
                        without("\"type\":\"OrderPlaced\","),
                        "Attribute \"type\" is missing; expected what happened. Add it."),
                arguments(
                        "type as an object",
                        with("\"type\":\"OrderPlaced\"", "\"type\":{}"),
                        "Attribute \"type\" is an object; expected a string. Correct the line."),
                arguments(
                        "no subject",
                        without(",\"subject\":\"order-17\""),
                        "Attribute \"subject\" is missing; expected the stream that the event belongs to. Add it."));
    }

    private static Stream<Arguments> wrongAttributes() {
        return Stream.of(
                arguments(
                        "stream with zero",
                        with("\"order-17\"", "\"order\\u000017\""),
                        "The stream holds NUL at index 5; expected a name without NUL."),
                arguments(
                        "attribute twice",
                        BEGIN + ",\"id\":\"2\"}",
                        "Attribute \"id\" is there twice; expected it once. Remove one."),
                arguments(
                        "extension twice",
                        BEGIN + ",\"actor\":\"alice\",\"attempt\":1,\"actor\":\"bob\"}",
                        "Attribute \"actor\" is there twice; expected it once. Remove one."),
                arguments(
                        "name with capitals",
                        BEGIN + ",\"userId\":\"alice\"}",
                        "\"userId\" is not the name of an attribute; expected lower-case letters and digits only."
                                + " Rename it, or put it into the data."),
                arguments(
                        "empty name",
                        BEGIN + ",\"\":1}",
                        "\"\" is not the name of an attribute; expected lower-case letters and digits only. Rename it,"
                                + " or put it into the data."),
                arguments(
                        "extension as an object",
                        BEGIN + ",\"actor\":{}}",
                        "Attribute \"actor\" is an object; expected a string, a number or a boolean. Put it into the"
                                + " data."),
                arguments(
                        "time as a number",
                        BEGIN + ",\"time\":1}",
                        "Attribute \"time\" is a number; expected a string. Correct the line."),
                arguments(
                        "tags as an array",
                        BEGIN + ",\"tags\":[\"a\"]}",
                        "Attribute \"tags\" is an array; expected tags separated by commas. Correct the line."),
                arguments(
                        "tags twice",
                        BEGIN + ",\"tags\":\"a\",\"encodedtags\":\"a%2Cb\"}",
                        "Attributes \"tags\" and \"encodedtags\" are both there; expected one of them. Remove one."),
                arguments(
                        "encoded tags cut off",
                        BEGIN + ",\"encodedtags\":\"a%2\"}",
                        "Attribute \"encodedtags\" is not percent-encoded UTF-8 (RFC 3986, section 2.1); expected two"
                                + " hexadecimal digits after each percent sign. Correct the line."),
                arguments(
                        "encoded tags without digits",
                        BEGIN + ",\"encodedtags\":\"a%2x\"}",
                        "Attribute \"encodedtags\" is not percent-encoded UTF-8 (RFC 3986, section 2.1); expected two"
                                + " hexadecimal digits after each percent sign. Correct the line."),
                arguments(
                        "encoded tags that are no UTF-8",
                        BEGIN + ",\"encodedtags\":\"%ff\"}",
                        "Attribute \"encodedtags\" is not percent-encoded UTF-8 (RFC 3986, section 2.1); expected two"
                                + " hexadecimal digits after each percent sign. Correct the line."),
                arguments(
                        "encoded tags that are no Unicode",
                        BEGIN + ",\"encodedtags\":\"\\ud800%2C\"}",
                        "Attribute \"encodedtags\" is not percent-encoded UTF-8 (RFC 3986, section 2.1); expected two"
                                + " hexadecimal digits after each percent sign. Correct the line."),
                arguments(
                        "content type not in ASCII",
                        BEGIN + ",\"datacontenttype\":\"text/größe\"}",
                        "The content type \"text/größe\" is not printable ASCII; expected for example"
                                + " application/json."));
    }

    private static Stream<Arguments> wrongData() {
        return Stream.of(
                arguments(
                        "data twice",
                        BEGIN + ",\"data\":1,\"data_base64\":\"\"}",
                        "Attributes \"data\" and \"data_base64\" are both there; expected one of them. Remove one."),
                arguments(
                        "data not a string",
                        BEGIN + ",\"data\":{},\"datacontenttype\":\"text/plain\"}",
                        "Attribute \"data\" is an object; expected a string, since the content type \"text/plain\" is"
                                + " not JSON. Correct \"datacontenttype\" or the data."),
                arguments(
                        "not in base 64",
                        BEGIN + ",\"data_base64\":\"a\"}",
                        "Attribute \"data_base64\" is not in base 64 (RFC 4648, section 4); expected whole groups of"
                                + " four characters. Correct the line."),
                arguments(
                        "base 64 with a letter outside of Latin 1",
                        BEGIN + ",\"data_base64\":\"€€€€\"}",
                        "Attribute \"data_base64\" is not in base 64 (RFC 4648, section 4); expected whole groups of"
                                + " four characters. Correct the line."),
                arguments(
                        "metadata with an id that needs it",
                        BEGIN + ",\"metadatabase64\":\"AA==\"}",
                        "Attribute \"metadatabase64\" is there together with an \"id\" that is not a UUID; expected one"
                                + " or the other, since both are the metadata. Remove one."),
                arguments(
                        "metadata with a source",
                        with("\"id\":\"1\"", "\"id\":\"aab9e5a2-8250-572c-ae8b-43f3f8fd6d12\"")
                                .replace("}", ",\"metadatabase64\":\"AA==\"}"),
                        "Attribute \"metadatabase64\" is there together with a \"source\" other than \"/everfold\";"
                                + " expected one or the other, since both are the metadata. Remove one."),
                arguments(
                        "metadata with an extension",
                        with("\"id\":\"1\"", "\"id\":\"aab9e5a2-8250-572c-ae8b-43f3f8fd6d12\"")
                                .replace("/shop", "/everfold")
                                .replace("}", ",\"actor\":1,\"metadatabase64\":\"AA==\"}"),
                        "Attribute \"metadatabase64\" is there together with \"actor\"; expected one or the other,"
                                + " since both are the metadata. Remove one."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedLines")
    void a_malformed_line_is_refused_with_one_clear_message(String wrong, String line, String message) {
        assertThatThrownBy(() -> CloudEvents.parse(line))
                .as(wrong)
                .isInstanceOf(CloudEventException.class)
                .hasMessage(message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedLines")
    void it_says_the_same_when_more_lines_follow(String wrong, String line, String message) {
        byte[] good = (BEGIN + "}\n").getBytes(StandardCharsets.UTF_8);
        byte[] buffer = (line + "\n" + BEGIN + "}\n").getBytes(StandardCharsets.UTF_8);
        CloudEventReader reader = new CloudEventReader();
        reader.begin(buffer, 0, buffer.length);

        assertThatThrownBy(() -> reader.read(0, buffer.length - good.length - 1))
                .as(wrong)
                .isInstanceOf(CloudEventException.class)
                .hasMessage(message);
        assertThat(reader.read(buffer.length - good.length, buffer.length - 1).stream())
                .isEqualTo("order-17");
    }

    @Test
    void bytes_that_are_not_utf_8_are_refused() {
        byte[] line = (BEGIN + ",\"actor\":\"x\"}").getBytes(StandardCharsets.UTF_8);
        line[line.length - 3] = (byte) 0xc3;
        CloudEventReader reader = new CloudEventReader();
        reader.begin(line, 0, line.length);

        assertThatThrownBy(() -> reader.read(0, line.length))
                .isInstanceOf(CloudEventException.class)
                .hasMessage("The line is not valid UTF-8; expected one CloudEvent as one JSON object. Correct the"
                        + " line.");
    }

    private static String with(String text, String other) {
        return (BEGIN + "}").replace(text, other);
    }

    private static String without(String text) {
        return with(text, "");
    }

    private static String extensions(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(",\"e").append(i).append("\":").append(i);
        }
        return text.toString();
    }
}
