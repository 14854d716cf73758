package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.NewEvent;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The catalogue of streams: pages in both directions, by name, by prefix, by category, and the categories.
@Timeout(30)
class StreamRoutesTest {

    private static final JsonMapper JSON = new JsonMapper();

    private final ServedByHttp served = new ServedByHttp();

    @AfterEach
    void close() {
        served.close();
    }

    @Test
    void pages_go_in_both_directions() throws Exception {
        append("order-1", "order-2", "user-1", "order-3");

        JsonNode newest = get("/streams?backwards&limit=3");
        JsonNode rest =
                get("/streams?backwards&limit=3&to=" + newest.path("next").longValue());
        JsonNode oldest = get("/streams?limit=2&category=order");

        assertThat(names(newest)).containsExactly("order-3", "user-1", "order-2");
        assertThat(names(rest)).containsExactly("order-1");
        assertThat(rest.has("next")).isFalse();
        assertThat(names(oldest)).containsExactly("order-1", "order-2");
        assertThat(names(get(
                        "/streams?category=order&from=" + oldest.path("next").longValue())))
                .containsExactly("order-3");
    }

    @Test
    void a_stream_is_found_by_name_and_by_the_beginning_of_it() throws Exception {
        append("order-1", "order-17", "order-170", "orders-17", "$settings", "a b/c?\u00e9");

        assertThat(names(get("/streams?stream=order-17"))).containsExactly("order-17");
        assertThat(names(get("/streams?prefix=order-17"))).containsExactly("order-17", "order-170");
        assertThat(get("/streams?prefix=order-17").path("lookedAt").longValue()).isEqualTo(3);
        assertThat(names(get("/streams?prefix=order"))).hasSize(4);
        assertThat(names(get("/streams?prefix=%24"))).containsExactly("$settings");
        assertThat(names(get("/streams?stream=a%20b%2Fc%3F%C3%A9"))).containsExactly("a b/c?\u00e9");
        assertThat(names(get("/streams?stream=nobody"))).isEmpty();
    }

    @Test
    void a_prefix_is_looked_for_among_a_bounded_number_of_streams_at_a_time() throws Exception {
        ConsoleData.appendStreams(served.store, 60_000);
        append("zebra");

        JsonNode first = get("/streams?prefix=z");
        JsonNode second = get("/streams?prefix=z&from=" + first.path("next").longValue());

        assertThat(names(first)).isEmpty();
        assertThat(first.path("lookedAt").longValue()).isEqualTo(50_000);
        assertThat(names(second)).containsExactly("zebra");
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void each_comes_with_its_last_event_where_that_is_asked_for() throws Exception {
        append("order-1", "order-2", "order-1");

        JsonNode stream = get("/streams?last&stream=order-1").path("streams").path(0);

        assertThat(stream.path("position").longValue()).isZero();
        assertThat(stream.path("last").path("position").longValue()).isEqualTo(2);
        assertThat(stream.path("last").path("revision").longValue()).isEqualTo(1);
    }

    @Test
    void categories_are_counted_on_as_streams_come() throws Exception {
        append("order-1", "order-2", "user-1", "order-1", "$settings");
        JsonNode all = get("/categories");
        assertThat(all.path("categories").toString())
                .isEqualTo("[{\"category\":\"$settings\",\"streams\":1},{\"category\":\"order\",\"streams\":2},"
                        + "{\"category\":\"user\",\"streams\":1}]");
        assertThat(all.path("isComplete").booleanValue()).isTrue();

        append("order-9", "zoo-1");
        JsonNode page = get("/categories?after=%24settings&limit=1");
        assertThat(page.path("categories").toString()).isEqualTo("[{\"category\":\"order\",\"streams\":3}]");
        assertThat(page.path("next").stringValue()).isEqualTo("order");
        assertThat(page.path("upTo").longValue()).isEqualTo(7);
    }

    @Test
    void a_page_that_is_too_large_or_no_number_is_refused() throws Exception {
        ServedByHttp.assertProblem(
                400, "The limit \\\"x\\\" is not a number; expected 1..1000.", served.get("/streams?limit=x"));
        ServedByHttp.assertProblem(
                400, "The limit 1001 of a page of streams; expected 1..1000.", served.get("/streams?limit=1001"));
        ServedByHttp.assertProblem(400, "\\\"prefx\\\" is not a parameter", served.get("/streams?prefx=a"));
    }

    private void append(String... streams) {
        for (String stream : streams) {
            served.store.append(Append.of(NewEvent.of(stream, "happened", "{}")));
        }
    }

    private JsonNode get(String path) throws Exception {
        return JSON.readTree(served.get(path).body());
    }

    private static List<String> names(JsonNode page) {
        return page.path("streams")
                .valueStream()
                .map(stream -> stream.path("stream").stringValue())
                .toList();
    }
}
