package dev.everfold.server;

import static dev.everfold.server.ServedByHttp.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Read;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Events in the form of dcb.events.
@Timeout(30)
class DcbRoutesTest {

    private static final JsonMapper JSON = new JsonMapper();

    private final ServedByHttp served = new ServedByHttp();
    private final InMemoryEventStore store = served.store;

    @AfterEach
    void end() {
        served.close();
    }

    @Test
    void events_are_appended_and_read_with_positions_from_1() throws Exception {
        JsonNode appended = append("""
                {"events": [
                    {"type": "CourseDefined", "tags": ["course:1"], "data": "{\\"capacity\\":2}"},
                    {"type": "StudentJoined", "tags": ["course:1", "student:7"], "data": "not JSON"}]}""");
        JsonNode read = read("{}", "{}");

        assertThat(appended.path("appendConditionFailed").booleanValue()).isFalse();
        assertThat(appended.path("position").longValue()).isEqualTo(2);
        assertThat(appended.path("durationInMicroseconds").isIntegralNumber()).isTrue();
        assertThat(read.get(0).path("position").longValue()).isEqualTo(1);
        assertThat(read.get(0).path("data").stringValue()).isEqualTo("{\"capacity\":2}");
        assertThat(read.get(1).path("data").stringValue()).isEqualTo("not JSON");
        assertThat(read.get(1).path("tags").toString()).isEqualTo("[\"course:1\",\"student:7\"]");
        assertThat(read.get(1).path("stream").stringValue()).isEqualTo("dcb");
    }

    @Test
    void queries_are_of_items_and_reads_begin_end_and_turn_where_the_options_say() throws Exception {
        append("""
                {"events": [{"type": "A", "tags": ["x"]}, {"type": "B", "tags": ["x", "y"]}, {"type": "C"}]}""");

        assertThat(positions("{\"items\":[{\"tags\":[\"x\"]}]}", "{}")).containsExactly(1L, 2L);
        assertThat(positions("{\"items\":[{\"types\":[\"A\"]},{\"tags\":[\"x\",\"y\"]}]}", "{}"))
                .containsExactly(1L, 2L);
        assertThat(positions("{\"items\":[]}", "{\"from\":2}")).containsExactly(2L, 3L);
        assertThat(positions("{}", "{\"backwards\":true,\"limit\":1}")).containsExactly(3L);
        assertThat(positions("{}", "{\"backwards\":true,\"from\":2}")).containsExactly(2L, 1L);
    }

    @Test
    void a_condition_looks_behind_the_position_that_the_client_knows_of() throws Exception {
        append("{\"events\":[{\"type\":\"A\",\"tags\":[\"x\"]}]}");
        String joined = "{\"events\":[{\"type\":\"B\",\"tags\":[\"x\"]}],\"condition\":{\"failIfEventsMatch\":"
                + "{\"items\":[{\"tags\":[\"x\"]}]}%s}}";

        JsonNode unaware = append(joined.formatted(""));
        JsonNode nothingSeen = append(joined.formatted(",\"after\":0"));
        JsonNode aware = append(joined.formatted(",\"after\":1"));

        assertThat(unaware.path("appendConditionFailed").booleanValue()).isTrue();
        assertThat(unaware.path("detail").stringValue())
                .isEqualTo("Append refused: expected nothing matching tags \"x\" from position 1, found an event at"
                        + " position 1. Read the boundary again and repeat the command.");
        assertThat(nothingSeen.path("appendConditionFailed").booleanValue()).isTrue();
        assertThat(aware.path("appendConditionFailed").booleanValue()).isFalse();
        assertThat(store.nextPosition()).isEqualTo(2);
    }

    @Test
    void of_many_who_append_on_the_same_condition_one_succeeds() throws Exception {
        String body = "{\"events\":[{\"type\":\"Taken\",\"tags\":[\"seat:1\"]}],\"condition\":{\"failIfEventsMatch\":"
                + "{\"items\":[{\"types\":[\"Taken\"],\"tags\":[\"seat:1\"]}]},\"after\":0}}";
        List<Boolean> failed = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<JsonNode> racer = () -> append(body);
            List<Future<JsonNode>> racers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                racers.add(threads.submit(racer));
            }
            for (Future<JsonNode> one : racers) {
                failed.add(one.get().path("appendConditionFailed").booleanValue());
            }
        }

        assertThat(failed).containsOnlyOnce(false);
        assertThat(store.read(Read.all()).toList()).hasSize(1);
    }

    @Test
    void what_is_not_of_the_form_is_400_and_stores_nothing() throws Exception {
        assertProblem(400, "The body has no events", post("{}"));
        assertProblem(400, "The body is not JSON", post("{"));
        assertProblem(400, "The type of an event is missing", post("{\"events\":[{\"tags\":[\"x\"]}]}"));
        assertProblem(
                400,
                "\"Event 2: The type of an event is missing; expected a string.\"",
                post("{\"events\":[{\"type\":\"A\"},{\"tags\":[\"x\"]}]}"));
        assertProblem(400, "The tags are not a list", post("{\"events\":[{\"type\":\"A\",\"tags\":\"x\"}]}"));
        assertProblem(400, "The from -1 is not a position", get("{}", "{\"from\":-1}"));
        assertProblem(
                400,
                "The condition has no failIfEventsMatch; expected a query.",
                post("{\"events\":[{\"type\":\"A\"}],\"condition\":{\"after\":0}}"));
        assertProblem(400, "The query must be an object with items.", get("[]", "{}"));
        assertProblem(400, "The items are not a list; expected objects in brackets.", get("{\"items\":7}", "{}"));
        assertProblem(
                400,
                "Unknown member \\\"limt\\\" of the options; expected from, limit, backwards.",
                get("{}", "{\"limt\":1}"));
        assertProblem(
                400,
                "Unknown member \\\"tag\\\" of the event; expected type, tags, data, stream.",
                post("{\"events\":[{\"type\":\"A\",\"tag\":[\"x\"]}]}"));
        assertProblem(
                416,
                "Condition from position 10 refused: the log ends at next position 1.",
                post("{\"events\":[{\"type\":\"A\"}],\"condition\":{\"failIfEventsMatch\":{\"items\":"
                        + "[{\"types\":[\"A\"]}]},\"after\":9}}"));
        assertProblem(416, "Read from position 9 refused: the log ends at next position 1.", get("{}", "{\"from\":9}"));
        assertProblem(
                416,
                "Condition from position 9223372036854775807 refused: the log ends at next position 1.",
                post("{\"events\":[{\"type\":\"A\"}],\"condition\":{\"failIfEventsMatch\":{},\"after\":"
                        + Long.MAX_VALUE + "}}"));
        assertProblem(
                400,
                "The backwards \\\"yes\\\" is neither; expected true or false.",
                get("{}", "{\"backwards\":\"yes\"}"));
        assertProblem(400, "An item is null; expected an object with types, tags.", get("{\"items\":[null]}", "{}"));
        assertThat(store.nextPosition()).isZero();
    }

    @Test
    void an_event_that_cannot_be_stored_as_it_was_sent_is_refused() throws Exception {
        assertProblem(
                400,
                "The stream of an event is no text; expected a string.",
                post("{\"events\":[{\"type\":\"A\",\"stream\":7}]}"));
        assertProblem(
                400,
                "The data of an event is no text; expected a string.",
                post("{\"events\":[{\"type\":\"A\",\"data\":{\"cents\":12345678901234567890.12}}]}"));
        assertProblem(
                400,
                "The text holds an unpaired surrogate; expected valid Unicode. Correct the text.",
                post("{\"events\":[{\"type\":\"A\",\"data\":\"\\ud800\"}]}"));
        HttpResponse<String> notUtf8 = served.send(served.request("/append")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(
                        "{\"events\":[{\"type\":\"A\",\"data\":\"\u00ff\"}]}".getBytes(StandardCharsets.ISO_8859_1))));
        assertProblem(400, "The body is not JSON", notUtf8);
        assertThat(store.nextPosition()).isZero();
    }

    private List<Long> positions(String query, String options) throws Exception {
        List<Long> positions = new ArrayList<>();
        read(query, options)
                .forEach(event -> positions.add(event.path("position").longValue()));
        return positions;
    }

    private JsonNode read(String query, String options) throws Exception {
        HttpResponse<String> answer = get(query, options);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> get(String query, String options) throws Exception {
        String parameters = "query=" + URLEncoder.encode(query, StandardCharsets.UTF_8) + "&options="
                + URLEncoder.encode(options, StandardCharsets.UTF_8);
        return served.get("/read?" + parameters);
    }

    private JsonNode append(String body) throws Exception {
        HttpResponse<String> answer = post(body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> post(String body) throws Exception {
        return served.post("/append", "application/json", body);
    }
}
