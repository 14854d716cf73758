package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One event and those around it.
@Timeout(30)
class RelationRoutesTest {

    private static final JsonMapper JSON = new JsonMapper();

    private final ServedByHttp served = new ServedByHttp();

    @AfterEach
    void close() {
        served.close();
    }

    @Test
    void an_event_is_found_by_position_by_id_and_by_its_place_in_its_stream() throws Exception {
        ConsoleData.appendOrder(served.store);

        JsonNode byPosition = get("/event?position=2").path("event");

        assertThat(byPosition.path("type").stringValue()).isEqualTo("order.paid");
        assertThat(byPosition.path("causation").stringValue())
                .isEqualTo(ConsoleData.id(2).toString());
        assertThat(get("/event?id=" + ConsoleData.id(3)).path("event")).isEqualTo(byPosition);
        assertThat(get("/event?stream=order-A17&revision=1").path("event")).isEqualTo(byPosition);
    }

    @Test
    void what_led_to_it_and_what_it_led_to_are_found_in_its_conversation_and_by_command() throws Exception {
        ConsoleData.appendOrder(served.store);

        JsonNode packed = get("/event?position=5");

        assertThat(links(packed))
                .contains(
                        "causation " + ConsoleData.id(4) + " " + ConsoleData.id(6),
                        "causation " + ConsoleData.id(6) + " " + ConsoleData.id(8),
                        "compensation " + ConsoleData.id(7) + " " + ConsoleData.id(2),
                        "command " + ConsoleData.PACK + " " + ConsoleData.id(6),
                        "command " + ConsoleData.PACK + " " + ConsoleData.id(8));
        assertThat(packed.path("nodes").size()).isEqualTo(10);
        assertThat(packed.path("isCut").booleanValue()).isFalse();
    }

    @Test
    void causes_are_followed_without_a_conversation_and_what_compensates_is_found() throws Exception {
        append(1, "{}");
        append(2, "{\"causationid\":\"" + ConsoleData.id(1) + "\"}");
        append(3, "{\"$causation\":\"" + ConsoleData.id(2) + "\"}");
        append(4, "{\"$compensates\":\"" + ConsoleData.id(1) + "\"}", "$compensates:" + ConsoleData.id(1));

        assertThat(links(get("/event?position=2")))
                .containsExactlyInAnyOrder(
                        "causation " + ConsoleData.id(2) + " " + ConsoleData.id(3),
                        "causation " + ConsoleData.id(1) + " " + ConsoleData.id(2),
                        "compensation " + ConsoleData.id(4) + " " + ConsoleData.id(1));
    }

    @Test
    void a_long_conversation_is_cut_around_the_event_and_a_circle_ends() throws Exception {
        String tag = "$correlation:" + ConsoleData.CONVERSATION;
        String metadata = "{\"$correlation\":\"" + ConsoleData.CONVERSATION + "\",\"$causation\":\"%s\"}";
        for (int i = 0; i < 300; i++) {
            append(i, metadata.formatted(ConsoleData.id((i + 299) % 300)), tag);
        }

        JsonNode middle = get("/event?position=150");

        assertThat(middle.path("isCut").booleanValue()).isTrue();
        assertThat(middle.path("nodes").size()).isBetween(100, 200);
        assertThat(middle.path("nodes")
                        .valueStream()
                        .map(node -> node.path("id").stringValue()))
                .contains(
                        ConsoleData.id(149).toString(),
                        ConsoleData.id(150).toString(),
                        ConsoleData.id(151).toString());
    }

    @Test
    void data_is_given_as_a_file_that_no_browser_shows() throws Exception {
        served.store.append(Append.of(NewEvent.of("page-1", "page.saved", "{}")
                .withContent("text/html", Bytes.utf8("<script>alert(1)</script>"))));

        HttpResponse<String> data = served.get("/event/data?position=0");

        assertThat(data.body()).isEqualTo("<script>alert(1)</script>");
        assertThat(data.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
        assertThat(data.headers().firstValue("Content-Disposition")).hasValue("attachment; filename=\"event-0.data\"");
    }

    @Test
    void every_event_can_be_written_plainly_cut_where_that_is_asked_for() throws Exception {
        served.store.append(
                Append.of(NewEvent.of("a", "b", "{\"text\":\"ééé\"}").withTags("with,comma")));
        served.store.append(Append.of(NewEvent.of("a", "b", "{}")
                .withContent("application/octet-stream", Bytes.of(new byte[] {0, (byte) 0xff, 1}))));

        List<String> lines =
                served.get("/events?form=plain&bytesMax=10").body().lines().toList();

        assertThat(JSON.readTree(lines.getFirst()).path("data").stringValue()).isEqualTo("{\"text\":\"");
        assertThat(JSON.readTree(lines.getFirst()).path("isCut").booleanValue()).isTrue();
        assertThat(JSON.readTree(lines.getFirst()).path("tags").toString()).isEqualTo("[\"with,comma\"]");
        assertThat(JSON.readTree(lines.get(1)).path("dataBase64").stringValue()).isEqualTo("AP8B");
        ServedByHttp.assertProblem(400, "The form \\\"xml\\\" is not known", served.get("/events?form=xml"));
    }

    @Test
    void what_is_not_there_or_not_clear_is_said() throws Exception {
        append(1, "{}");

        ServedByHttp.assertProblem(404, "The store has no such event.", served.get("/event?position=1"));
        ServedByHttp.assertProblem(416, "", served.get("/event?position=9"));
        ServedByHttp.assertProblem(416, "", served.get("/event?position=" + Long.MAX_VALUE));
        ServedByHttp.assertProblem(400, "Which event is meant is not clear", served.get("/event?stream=a"));
        ServedByHttp.assertProblem(400, "is not a UUID", served.get("/event?id=17"));
        ServedByHttp.assertProblem(400, "is not a UUID", served.get("/event?id=1-1-1-1-1"));
        ServedByHttp.assertProblem(404, "The store has no such event.", served.get("/event?id=" + ConsoleData.PACK));
    }

    private void append(int id, String metadata, String... tags) {
        served.store.append(Append.of(new NewEvent(
                "chain-1",
                ConsoleData.id(id),
                "linked",
                NewEvent.JSON,
                Bytes.utf8("{}"),
                Bytes.utf8(metadata),
                List.of(tags),
                java.util.Optional.empty(),
                java.util.Optional.empty())));
    }

    private JsonNode get(String path) throws Exception {
        return JSON.readTree(served.get(path).body());
    }

    private static List<String> links(JsonNode answer) {
        return answer.path("links")
                .valueStream()
                .map(link -> link.path("kind").stringValue() + " "
                        + link.path("from").stringValue() + " "
                        + link.path("to").stringValue())
                .toList();
    }
}
