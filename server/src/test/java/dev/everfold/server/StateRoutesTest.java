package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The folded state of a stream, and what each event changed.
@Timeout(30)
class StateRoutesTest {

    private static final JsonMapper JSON = new JsonMapper();

    private final ServedByHttp served = new ServedByHttp();

    @AfterEach
    void close() {
        served.close();
    }

    @Test
    void events_are_merged_member_by_member_and_null_removes() throws Exception {
        append("{\"a\":{\"b\":1,\"c\":[1,2]},\"gone\":true}", "{\"a\":{\"c\":[1,3]},\"gone\":null,\"n/~\":1.10}");

        JsonNode first = get("/state?stream=s&revision=0");
        JsonNode last = get("/state?stream=s");

        assertThat(first.path("state").toString()).isEqualTo("{\"a\":{\"b\":1,\"c\":[1,2]},\"gone\":true}");
        assertThat(first.path("differences").toString())
                .isEqualTo("[{\"path\":\"/a\",\"after\":{\"b\":1,\"c\":[1,2]}},{\"path\":\"/gone\",\"after\":true}]");
        assertThat(served.get("/state?stream=s").body()).contains("\"n/~\":1.10");
        assertThat(last.path("revision").longValue()).isEqualTo(1);
        assertThat(last.path("lastRevision").longValue()).isEqualTo(1);
        assertThat(last.path("reducer").stringValue()).isEqualTo("merge");
        assertThat(last.path("differences").get(0).toString())
                .isEqualTo("{\"path\":\"/a/c/1\",\"before\":2,\"after\":3}");
        assertThat(last.path("differences").get(1).toString()).isEqualTo("{\"path\":\"/gone\",\"before\":true}");
        assertThat(last.path("differences").get(2).path("path").stringValue()).isEqualTo("/n~1~0");
    }

    @Test
    void data_that_is_not_json_changes_nothing_and_what_is_no_object_replaces_all() throws Exception {
        append("{\"a\":1}");
        served.store.append(Append.of(
                NewEvent.of("s", "b", "{}").withContent("application/octet-stream", Bytes.of(new byte[] {1, 2})),
                NewEvent.of("s", "b", "{}").withContent("text/plain", Bytes.empty())));
        append("[7]");

        assertThat(get("/state?stream=s&revision=1").path("state").toString()).isEqualTo("{\"a\":1}");
        assertThat(get("/state?stream=s&revision=2").path("differences")).isEmpty();
        assertThat(get("/state?stream=s&revision=3").path("state").toString()).isEqualTo("[7]");
    }

    @Test
    void a_time_means_the_last_event_that_was_recorded_by_then() throws Exception {
        for (int i = 0; i < 40; i++) {
            append("{\"count\":" + i + "}");
        }
        for (long revision : new long[] {0, 1, 17, 39}) {
            Instant recorded;
            try (EventCursor cursor = served.store.read(Read.stream("s").fromRevision(revision))) {
                recorded = cursor.next().recorded();
            }
            JsonNode state = get("/state?stream=s&at=" + recorded);
            assertThat(Instant.parse(state.path("event").path("recorded").stringValue()))
                    .isEqualTo(recorded);
            assertThat(state.path("revision").longValue()).isGreaterThanOrEqualTo(revision);
        }
        assertThat(get("/state?stream=s&at=2199-01-01T00:00:00Z")
                        .path("revision")
                        .longValue())
                .isEqualTo(39);
        ServedByHttp.assertProblem(
                404, "had no events at 2001-01-01", served.get("/state?stream=s&at=2001-01-01T00:00:00Z"));
    }

    @Test
    void what_is_not_there_or_not_clear_is_said() throws Exception {
        append("{}");

        ServedByHttp.assertProblem(404, "Stream \\\"t\\\" has no events.", served.get("/state?stream=t"));
        ServedByHttp.assertProblem(
                404, "has no revision 1; its last one is 0.", served.get("/state?stream=s&revision=1"));
        ServedByHttp.assertProblem(400, "The stream is missing", served.get("/state"));
        ServedByHttp.assertProblem(400, "The time \\\"now\\\" is not one", served.get("/state?stream=s&at=now"));
    }

    @Test
    void a_state_that_grows_beyond_what_is_shown_is_folded_no_further() throws Exception {
        for (int i = 0; i < 20; i++) {
            append("{\"k" + i + "\":\"" + "x".repeat(1_000_000) + "\"}");
        }

        ServedByHttp.assertProblem(
                400,
                "The state at revision 8 has 9000073 characters; at most 8388608 are shown. Choose an earlier"
                        + " revision.",
                served.get("/state?stream=s"));
        assertThat(served.get("/state?stream=s&revision=7").statusCode()).isEqualTo(200);
    }

    private void append(String... data) {
        for (String one : data) {
            served.store.append(Append.of(NewEvent.of("s", "changed", one)));
        }
    }

    private JsonNode get(String path) throws Exception {
        return JSON.readTree(served.get(path).body());
    }
}
