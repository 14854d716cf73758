package dev.everfold.server;

import static dev.everfold.server.ServedByHttp.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.server.security.HttpGuard;
import dev.everfold.testkit.ForwardingCursor;
import dev.everfold.testkit.ForwardingEventStore;
import io.javalin.Javalin;
import io.javalin.http.HandlerType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Events by HTTP, as one meets them with nothing but curl.
@Timeout(30)
class EventRoutesTest {

    private static final String PLACED = "{\"specversion\":\"1.0\",\"id\":\"00000000-0000-0000-0000-000000000001\","
            + "\"source\":\"/shop\",\"type\":\"order.placed\",\"subject\":\"order-17\",\"tags\":\"customer:alice\","
            + "\"data\":{\"lines\":2}}";
    private static final String PAID =
            PLACED.replace("order.placed", "order.paid").replace("0001", "0002");

    private static final String JSON_TYPE = "application/json";

    private final ServedByHttp served = new ServedByHttp();
    private final InMemoryEventStore store = served.store;

    @AfterEach
    void end() {
        served.close();
    }

    @Test
    void lines_of_events_are_appended_in_one_step_and_read_as_lines() throws Exception {
        HttpResponse<String> appended = served.post("/events", "application/x-ndjson", PLACED + "\n" + PAID + "\n");
        HttpResponse<String> read = served.get("/events?stream=order-17");

        assertThat(appended.statusCode()).as(appended.body()).isEqualTo(200);
        assertThat(appended.body()).isEqualTo("{\"fromPosition\":0,\"revisions\":[0,1]}");
        assertThat(read.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(read.headers().firstValue("Everfold-End")).hasValue("2");
        assertThat(read.body().lines()).hasSize(2);
        assertThat(read.body())
                .startsWith("{\"specversion\":\"1.0\",\"id\":\"00000000-0000-0000-0000-000000000001\"")
                .contains("\"data\":{\"lines\":2}")
                .contains("\"position\":1,\"revision\":1,");
    }

    @Test
    void lines_without_an_event_are_passed_over_as_by_an_import() throws Exception {
        HttpResponse<String> appended =
                served.post("/events", "application/x-ndjson", PLACED + "\r\n\r\n \t\n" + PAID + "\r\n");

        assertThat(appended.body()).isEqualTo("{\"fromPosition\":0,\"revisions\":[0,1]}");
    }

    @Test
    void one_event_may_be_sent_as_it_is() throws Exception {
        HttpResponse<String> appended =
                served.post("/events", "application/cloudevents+json; charset=utf-8", PLACED.replace(",", ",\n  "));

        assertThat(appended.statusCode()).as(appended.body()).isEqualTo(200);
        assertThat(store.read(Read.all()).toList())
                .extracting(RecordedEvent::type)
                .containsExactly("order.placed");
    }

    @Test
    void the_curl_of_readme_is_answered_as_readme_says() throws Exception {
        Matcher curl = Pattern.compile(
                        "curl 'localhost:2114(?<path>[^']+)' -H 'Content-Type: (?<type>[^']+)' -d '(?<event>[^']+)'"
                                + "\n```\n\n```\n(?<answer>[^\n]+)\n```")
                .matcher(Files.readString(Path.of("../README.md")));
        assertThat(curl.find()).isTrue();

        HttpResponse<String> appended = served.post(curl.group("path"), curl.group("type"), curl.group("event"));

        assertThat(appended.body()).isEqualTo(curl.group("answer"));
    }

    @Test
    void a_selection_is_made_by_parameters() throws Exception {
        store.append(Append.of(
                NewEvent.of("order-17", "order.placed", "{}").withTags("a", "b"),
                NewEvent.of("order-18", "order.paid", "{}").withTags("a"),
                NewEvent.of("stock-1", "counted", "{}")));

        assertThat(positions("?category=order")).isEqualTo("0 1");
        assertThat(positions("?type=order.paid&type=counted")).isEqualTo("1 2");
        assertThat(positions("?tag=a&tag=b")).isEqualTo("0");
        assertThat(positions("?from=1&to=2")).isEqualTo("1");
        assertThat(positions("?backwards&limit=2")).isEqualTo("2 1");
    }

    @Test
    void an_expectation_that_is_none_is_told_which_there_are() throws Exception {
        HttpResponse<String> answer = served.post("/events?expect=nothing", "application/x-ndjson", PLACED);

        ServedByHttp.assertProblem(
                400,
                "\"detail\":\"The expect \\\"nothing\\\" is not an expectation; expected none, any, exists or a"
                        + " revision.\"",
                answer);
    }

    @Test
    void a_conflict_is_409_and_a_repeat_with_its_key_is_answered_as_the_first_time() throws Exception {
        String key = "11111111-2222-3333-4444-555555555555";
        HttpRequest.Builder once = served.request("/events?expect=none")
                .header("Idempotency-Key", key)
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(PLACED));
        HttpResponse<String> first = served.send(once);
        HttpResponse<String> again = served.send(once);
        HttpResponse<String> other = served.post("/events?expect=none", "application/x-ndjson", PAID);

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(other.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(other.body())
                .isEqualTo(
                        "{\"status\":409,\"title\":\"Conflict\",\"detail\":\"Append to stream \\\"order-17\\\" refused:"
                                + " expected no stream, found 0. Read the stream again and repeat the command.\","
                                + "\"retryable\":false,\"stored\":\"no\"}");
        assertThat(store.nextPosition()).isEqualTo(1);
    }

    @Test
    void an_append_is_refused_where_something_is_that_it_excludes() throws Exception {
        store.append(Append.of(NewEvent.of("seat-7A", "seat.taken", "{}").withTags("seat:7A", "show:1")));
        String json = "application/cloudevents+json";

        HttpResponse<String> taken =
                served.post("/events?unlessType=seat.taken&unlessTag=seat:7A&unlessTag=show:1", json, PLACED);
        HttpResponse<String> free = served.post("/events?unlessType=seat.taken&unlessTag=seat:7B", json, PLACED);
        HttpResponse<String> known = served.post("/events?unlessCategory=seat&unlessFrom=1&expect=exists", json, PAID);

        ServedByHttp.assertProblem(409, "seat:7A", taken);
        assertThat(free.statusCode()).as(free.body()).isEqualTo(200);
        assertThat(known.statusCode()).as(known.body()).isEqualTo(200);
        ServedByHttp.assertProblem(
                400,
                "There is unlessFrom, but not what must not be there",
                served.post("/events?unlessFrom=1", json, PAID));
        ServedByHttp.assertProblem(
                400, "\\\"expct\\\" is not a parameter", served.post("/events?expct=none", json, PAID));
        assertThat(store.nextPosition()).isEqualTo(3);
    }

    @Test
    void what_is_not_valid_is_400_with_what_was_expected_and_stores_nothing() throws Exception {
        assertProblem(
                400,
                "The line does not begin with a JSON object",
                served.post("/events", "application/x-ndjson", PLACED + "\nnonsense\n"));
        assertProblem(400, "The body holds no event", served.post("/events", "application/x-ndjson", "\n"));
        assertProblem(
                400, "The content type \\\"text/plain\\\" is not taken", served.post("/events", "text/plain", PLACED));
        assertProblem(400, "The limit 0 of a read is too low", served.get("/events?limit=0"));
        assertProblem(400, "The limit \\\"x\\\" is not a number; expected 1 or more.", served.get("/events?limit=x"));
        assertProblem(400, "The from \\\"x\\\" is not a number", served.get("/events?from=x"));
        assertProblem(
                400,
                "\\\"colour\\\" is not a parameter; expected one of backwards, bytesMax,",
                served.get("/events?colour=red"));
        assertProblem(
                400,
                "\\\"limit\\\" is not a parameter; expected one of bytesMax, category, form, from,",
                served.get("/events/live?limit=1"));
        assertProblem(416, "Read from position 7 refused", served.get("/events?from=7"));
        assertProblem(
                400,
                "The Idempotency-Key \\\"1-1-1-1-1\\\" is not a UUID; expected one, the same for every repeat.",
                served.send(served.request("/events")
                        .header("Idempotency-Key", "1-1-1-1-1")
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofString(PLACED))));
        for (String expect : List.of("nobody", "-1", "99999999999999999999", "")) {
            assertProblem(
                    400,
                    "The expect \\\"" + expect
                            + "\\\" is not an expectation; expected none, any, exists or a revision.",
                    served.post("/events?expect=" + expect, "application/x-ndjson", PLACED));
        }
        assertThat(store.nextPosition()).isZero();
    }

    @Test
    void no_request_that_changes_something_passes_over_a_parameter_that_it_does_not_know() throws Exception {
        for (Route route : HttpDoor.routes(TestServed.empty(), new HttpGuard(Optional.empty()))) {
            if (route.method().equals(HandlerType.POST)) {
                String path = route.path().replace("{name}", "load");

                assertProblem(
                        400, "\\\"colour\\\" is not a parameter;", served.post(path + "?colour=red", JSON_TYPE, "{}"));
            }
        }
    }

    @Test
    void of_several_events_it_is_said_which_one_cannot_be_taken() throws Exception {
        String nowhere = PAID.replace("\"subject\"", "\"object\"");
        String refused = "Attribute \\\"subject\\\" is missing; expected the stream that the event belongs to. Add it.";

        assertProblem(
                400,
                "\"Line 4: " + refused,
                served.post("/events", "application/x-ndjson", PLACED + "\n \r\n\n" + nowhere + "\n" + PAID));
        assertProblem(
                400,
                "\"Event 2: " + refused,
                served.post("/events", "application/cloudevents-batch+json", "[" + PLACED + "," + nowhere + "]"));
        assertProblem(400, "\"" + refused, served.post("/events", "application/cloudevents+json", nowhere));
        assertThat(store.nextPosition()).isZero();
    }

    @Test
    void a_query_that_cannot_be_decoded_is_refused_and_not_left_out() throws Exception {
        String once = PLACED + "\n";
        for (String query :
                List.of("unlessTag=%zz", "unlessTag=%4", "unlessTag=a%ff", "unless%Tag=a", "unlessTag=%c0%80")) {
            String request = "POST /events?" + query + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Content-Type: application/x-ndjson\r\nContent-Length: " + once.length() + "\r\n\r\n" + once;

            assertThat(served.raw(request))
                    .startsWith("HTTP/1.1 400 ")
                    .contains(
                            "\"The query of the request is not percent-encoded UTF-8 (RFC 3986, section 2.1); expected"
                                    + " two hexadecimal digits after each percent sign.\"");
        }
        assertThat(store.nextPosition()).isZero();
    }

    /// The query would be read in it, too, and the condition be about other tags.
    @Test
    void another_charset_is_refused_and_utf_8_is_taken_however_it_is_spelt() throws Exception {
        String path = "/events?unlessTag=caf%C3%A9";
        for (String charset : List.of("iso-8859-1", "utf-16", "nonsense", "")) {
            assertProblem(
                    400,
                    "The charset \\\"" + charset + "\\\" is not taken; expected UTF-8, or none.",
                    served.post(path, "application/x-ndjson; charset=" + charset, PLACED));
        }
        for (String charset : List.of("utf-8", "\"UTF-8\"")) {
            HttpResponse<String> taken = served.post(path, "application/x-ndjson; charset=" + charset, PLACED);
            assertThat(taken.statusCode()).as(taken.body()).isEqualTo(200);
        }
        assertThat(store.nextPosition()).isEqualTo(2);
    }

    @Test
    void what_is_no_request_is_answered_with_a_problem_too() throws Exception {
        String host = "Host: localhost\r\nConnection: close\r\n";
        String tooLong = "The request's first line and its headers are too long; expected at most 8192 bytes.";

        assertRefused("400 Bad Request", "The request is refused: No Host;", "GET /events HTTP/1.1\r\n\r\n");
        assertRefused("414 ", tooLong, "GET /events?tag=" + "a".repeat(9_000) + " HTTP/1.1\r\n" + host + "\r\n");
        assertRefused("431 ", tooLong, "GET /events HTTP/1.1\r\n" + host + "A: " + "a".repeat(9_000) + "\r\n\r\n");
        String upgrade = "Host: localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n";
        assertRefused(
                "404 ",
                "The request is refused: WebSocket handler not found;",
                "GET /events HTTP/1.1\r\n" + upgrade
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    }

    private void assertRefused(String status, String detail, String request) throws IOException {
        assertThat(served.raw(request))
                .startsWith("HTTP/1.1 " + status)
                .contains(
                        "\r\nContent-Type: application/problem+json\r\n",
                        "\r\nX-Content-Type-Options: nosniff\r\n",
                        "\r\nContent-Security-Policy: default-src 'none'",
                        detail);
    }

    @Test
    void what_can_be_said_once_is_refused_when_it_is_said_twice() throws Exception {
        assertProblem(
                400,
                "\\\"expect\\\" is there 2 times; expected it once.",
                served.post("/events?expect=any&expect=none", "application/x-ndjson", PLACED));
        assertProblem(
                400,
                "\\\"stream\\\" is there 2 times; expected it once.",
                served.get("/events?stream=order-17&stream=order-18"));
        assertThat(store.nextPosition()).isZero();
    }

    @Test
    void a_client_that_has_seen_what_cannot_have_been_is_told_so() throws Exception {
        HttpResponse<String> last =
                served.send(served.request("/events/live").header("Last-Event-ID", Long.toString(Long.MAX_VALUE)));

        assertProblem(416, "Read from position 9223372036854775807 refused: the log ends at next position 0.", last);
    }

    @Test
    void a_web_page_from_elsewhere_is_refused_and_one_of_this_server_is_not() throws Exception {
        HttpRequest.Builder post = served.request("/events")
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(PLACED));

        HttpResponse<String> elsewhere = served.send(post.copy().header("Origin", "https://shop.example"));
        HttpResponse<String> neighbour = served.send(post.copy().header("Origin", "http://localhost:1"));
        HttpResponse<String> own =
                served.send(post.copy().header("Origin", "http://localhost:" + served.server.httpPort()));

        assertProblem(403, "The request comes from a web page of another origin", elsewhere);
        assertProblem(403, "The request comes from a web page of another origin", neighbour);
        assertThat(own.statusCode()).isEqualTo(200);
        assertThat(store.nextPosition()).isEqualTo(1);
    }

    @Test
    void what_is_too_large_is_413() throws Exception {
        String large = "x".repeat(store.limits().eventBytesMax());

        HttpResponse<String> answer =
                served.post("/events", "application/x-ndjson", PLACED.replace("{\"lines\":2}", "\"" + large + "\""));

        assertProblem(413, "the limit is 1048576 (Limits.eventBytesMax)", answer);
    }

    @Test
    void events_are_followed_and_a_client_that_comes_again_goes_on_after_the_last_it_saw() throws Exception {
        store.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));
        try (BufferedReader live = follow("/events/live?category=order&from=0", "")) {
            assertThat(id(live)).isEqualTo("id: 0");
            store.append(Append.of(NewEvent.of("stock-1", "counted", "{}")));
            store.append(Append.of(NewEvent.of("order-17", "order.paid", "{}")));
            assertThat(id(live)).isEqualTo("id: 2");
            assertThat(live.readLine())
                    .startsWith("data: {\"specversion\":\"1.0\"")
                    .contains("order.paid");
        }
        store.append(Append.of(NewEvent.of("order-17", "order.sent", "{}")));
        try (BufferedReader again = follow("/events/live?category=order", "2")) {
            assertThat(id(again)).isEqualTo("id: 3");
        }
    }

    @Test
    void a_batch_is_appended_and_read_as_one_array() throws Exception {
        HttpResponse<String> appended =
                served.post("/events", "application/cloudevents-batch+json", "[ " + PLACED + ",\n" + PAID + " ]");
        HttpResponse<String> read =
                served.send(served.request("/events").header("Accept", "application/cloudevents-batch+json"));

        assertThat(appended.body()).isEqualTo("{\"fromPosition\":0,\"revisions\":[0,1]}");
        assertThat(read.headers().firstValue("Content-Type")).hasValue("application/cloudevents-batch+json");
        assertThat(new JsonMapper().readTree(read.body()))
                .extracting(event -> event.path("type").stringValue())
                .containsExactly("order.placed", "order.paid");
        assertProblem(
                400, "The body is no batch", served.post("/events", "application/cloudevents-batch+json", PLACED));
        assertProblem(
                400, "The body is not JSON", served.post("/events", "application/cloudevents-batch+json", "[{,}]"));
        assertProblem(
                400,
                "The body goes on behind its batch; expected one.",
                served.post("/events", "application/cloudevents-batch+json", "[" + PLACED + "]\n[" + PAID + "]"));
        assertThat(store.nextPosition()).isEqualTo(2);
    }

    @Test
    void an_answer_that_cannot_be_finished_is_broken_off_and_not_taken_for_the_whole() {
        NewEvent large = NewEvent.of("file-1", "stored", "\"" + "x".repeat(100_000) + "\"");
        store.append(Append.of(large));
        store.append(Append.of(large.withId(new UUID(1, 1))));
        try (EverfoldServer failing =
                EverfoldServer.start(new UnreadableAfter(store, 1), ServerOptions.DEFAULTS.withPorts(0, 0))) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://localhost:" + failing.httpPort() + "/events"))
                    .build();

            assertThatThrownBy(() -> served.http.send(request, HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void an_answer_that_fails_before_its_client_has_any_of_it_is_a_problem_and_nothing_else() throws Exception {
        store.append(
                Append.of(NewEvent.of("order-17", "order.placed", "{}"), NewEvent.of("order-17", "order.paid", "{}")));
        try (EverfoldServer failing =
                EverfoldServer.start(new UnreadableAfter(store, 1), ServerOptions.DEFAULTS.withPorts(0, 0))) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://localhost:" + failing.httpPort() + "/events"))
                    .build();

            HttpResponse<String> answer = served.http.send(request, HttpResponse.BodyHandlers.ofString());

            assertProblem(503, "The disk is gone.", answer);
            assertThat(answer.body()).startsWith("{\"status\":503,");
        }
    }

    /// A store whose cursors fail after so many events.
    private static final class UnreadableAfter extends ForwardingEventStore {

        private final int events;

        UnreadableAfter(EventStore delegate, int events) {
            super(delegate);
            this.events = events;
        }

        @Override
        public EventCursor read(Read read) {
            return new ForwardingCursor(super.read(read)) {
                private int left = events;

                @Override
                public RecordedEvent next() {
                    if (left-- == 0) {
                        throw new StoreUnavailableException("The disk is gone.", true, null);
                    }
                    return super.next();
                }
            };
        }
    }

    @Test
    void streams_are_listed_page_by_page_in_the_order_in_which_they_began() throws Exception {
        for (String stream : List.of("order-17", "stock-1", "order-18", "order-17", "order-19")) {
            store.append(Append.of(NewEvent.of(stream, "noted", "{}")));
        }

        JsonNode first = new JsonMapper()
                .readTree(served.get("/streams?category=order&limit=2").body());
        JsonNode second = new JsonMapper()
                .readTree(served.get("/streams?category=order&limit=2&from="
                                + first.path("next").longValue())
                        .body());

        assertThat(first.path("streams"))
                .extracting(stream -> stream.path("stream").stringValue())
                .containsExactly("order-17", "order-18");
        assertThat(second.path("streams"))
                .extracting(stream -> stream.path("stream").stringValue())
                .containsExactly("order-19");
        assertThat(second.has("next")).isFalse();
        assertProblem(400, "The limit 0 of a page of streams; expected 1..1000.", served.get("/streams?limit=0"));
    }

    @Test
    void figures_and_types_say_what_is_there() throws Exception {
        store.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));

        assertThat(served.get("/stats").body())
                .startsWith("{\"lineage\":\"" + store.lineage() + "\",\"events\":1,\"streams\":1,\"bytes\":");
        assertThat(served.get("/types").body()).isEqualTo("{\"types\":{\"order.placed\":1}}");
    }

    /// In an event stream a carriage return ends a line, and what follows would belong to no event.
    @Test
    void json_with_carriage_returns_is_followed_as_one_line() throws Exception {
        served.post("/events", "application/cloudevents+json", PLACED.replace("{\"lines\":2}", "{\"lines\":\r2}"));
        InputStream live = served.http
                .send(served.request("/events/live?from=0").build(), HttpResponse.BodyHandlers.ofInputStream())
                .body();

        try (live) {
            byte[] event = live.readNBytes(300);

            assertThat(new String(event, StandardCharsets.UTF_8))
                    .startsWith(":\n\nid: 0\ndata: {")
                    .doesNotContain("\r");
        }
    }

    @Test
    void without_a_position_events_are_followed_from_now_on() throws Exception {
        store.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));
        try (BufferedReader live = follow("/events/live", "")) {
            assertThat(live.readLine()).isEqualTo(":"); // from here on it follows
            store.append(Append.of(NewEvent.of("order-17", "order.paid", "{}")));
            assertThat(id(live)).isEqualTo("id: 1");
        }
    }

    /// A store in which there is always something new, for others.
    private static final class Busy extends ForwardingEventStore {

        Busy(EventStore store) {
            super(store);
        }

        @Override
        public boolean awaitPosition(long position, Duration timeout) {
            return true;
        }
    }

    @Test
    void who_waits_in_a_busy_store_for_what_does_not_come_is_given_a_sign_of_life_all_the_same() throws Exception {
        AtomicLong nanos = new AtomicLong();
        AtomicBoolean isServed = new AtomicBoolean(true);
        Route live = new EventRoutes(new Busy(store), isServed::get, nanos::get)
                .routes()
                .getLast();
        Javalin http =
                Javalin.create(config -> config.routes.addHttpHandler(live.method(), live.path(), live.handler()));
        http.start(0);
        URI uri = URI.create("http://localhost:" + http.port() + "/events/live?stream=quiet-1");
        HttpResponse<InputStream> answer =
                served.http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo(":"); // from here on it follows
            assertThat(lines.readLine()).isEmpty();

            nanos.addAndGet(TimeUnit.SECONDS.toNanos(15));

            assertThat(lines.readLine()).isEqualTo(":");
        } finally {
            isServed.set(false);
            http.stop();
        }
    }

    private String positions(String parameters) throws Exception {
        return served.get("/events" + parameters)
                .body()
                .lines()
                .map(line -> line.replaceAll(".*\"position\":([0-9]+).*", "$1"))
                .reduce((left, right) -> left + " " + right)
                .orElse("");
    }

    private BufferedReader follow(String path, String lastEventId) throws Exception {
        HttpRequest.Builder request = served.request(path).header("Accept", "text/event-stream");
        if (!lastEventId.isEmpty()) {
            request.header("Last-Event-ID", lastEventId);
        }
        HttpResponse<InputStream> answer = served.http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private static String id(BufferedReader live) throws IOException {
        String line = live.readLine();
        while (line != null && !line.startsWith("id: ")) {
            line = live.readLine();
        }
        return String.valueOf(line);
    }
}
