package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventStoreException.Stored;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class TransportTest {

    private static final Call READING = Call.reading("Reading", "GET", "/x");
    private static final Call CHANGING = Call.changing("Changing", "POST", "/x").json(Json.object());
    private static final Duration SHORT = Duration.ofMillis(300);

    @ParameterizedTest
    @CsvSource({
        "400, NO, false",
        "401, NO, false",
        "403, NO, false",
        "404, NO, false",
        "408, UNKNOWN, true",
        "409, NO, false",
        "413, NO, false",
        "429, NO, true",
        "500, UNKNOWN, true",
        "502, UNKNOWN, true",
        "503, UNKNOWN, true",
        "504, UNKNOWN, true",
    })
    void a_status_tells_whether_it_was_done_and_whether_trying_again_helps(int status, Stored stored, boolean retryable)
            throws Exception {
        try (StubServer server = StubServer.answering(status, "{}");
                Transport transport = new Transport(server.options())) {
            assertThatThrownBy(() -> transport.send(CHANGING))
                    .isInstanceOfSatisfying(SearchFailedException.class, failed -> {
                        assertThat(failed.stored()).isEqualTo(stored);
                        assertThat(failed.retryable()).isEqualTo(retryable);
                    });
            assertThatThrownBy(() -> transport.send(READING))
                    .isInstanceOfSatisfying(SearchFailedException.class, failed -> {
                        assertThat(failed.stored()).isEqualTo(Stored.NO);
                        assertThat(failed.retryable()).isEqualTo(retryable);
                    });
        }
    }

    @Test
    void a_failure_says_what_the_server_said() throws Exception {
        String error = """
                {"status": 429, "error": {"type": "circuit_breaking_exception", "reason": "Data too large",
                 "caused_by": {"reason": "heap"}}}""";
        try (StubServer server = StubServer.answering(429, error);
                Transport transport = new Transport(server.options())) {
            assertThatThrownBy(() -> transport.send(CHANGING))
                    .hasMessage("Changing failed: Status 429, circuit_breaking_exception: Data too large (heap). "
                            + "Nothing was changed; try again later.");
        }
    }

    @Test
    void a_page_in_place_of_json_is_shown_in_part() throws Exception {
        try (StubServer server = StubServer.answering(502, "<html>\n<h1>Bad gateway</h1>" + " ".repeat(900));
                Transport transport = new Transport(server.options())) {
            assertThatThrownBy(() -> transport.send(CHANGING))
                    .hasMessage("Changing failed: Status 502, <html> <h1>Bad gateway</h1>. "
                            + "Whether it was done is unknown; doing it again is harmless.");
        }
    }

    @Test
    void an_answer_that_does_not_come_ends_the_wait() throws Exception {
        try (StubServer server = StubServer.stalling();
                Transport transport = new Transport(server.options().withTimeouts(SHORT, SHORT))) {
            assertThatThrownBy(() -> transport.send(CHANGING))
                    .isInstanceOfSatisfying(
                            SearchFailedException.class,
                            failed -> assertThat(failed.retryable()).isTrue())
                    .hasMessage("Changing failed: No answer within 300 ms. "
                            + "Whether it was done is unknown; doing it again is harmless.");
        }
    }

    @Test
    void a_connection_that_ends_before_the_answer_leaves_the_outcome_unknown() throws Exception {
        try (StubServer server = StubServer.hangingUp();
                Transport transport = new Transport(server.options())) {
            assertThatThrownBy(() -> transport.send(CHANGING))
                    .isInstanceOfSatisfying(SearchFailedException.class, failed -> {
                        assertThat(failed.stored()).isEqualTo(Stored.UNKNOWN);
                        assertThat(failed.retryable()).isTrue();
                    })
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void nobody_who_listens_is_said_and_may_come_back() {
        SearchOptions nowhere = SearchOptions.at(URI.create("http://127.0.0.1:1"));
        try (Transport transport = new Transport(nowhere)) {
            assertThatThrownBy(() -> transport.send(CHANGING))
                    .isInstanceOfSatisfying(SearchFailedException.class, failed -> {
                        assertThat(failed.stored()).isEqualTo(Stored.NO);
                        assertThat(failed.retryable()).isTrue();
                    })
                    .hasMessage("Changing failed: No connection to http://127.0.0.1:1. "
                            + "Nothing was changed; try again later.");
        }
    }

    @Test
    void an_interrupt_ends_the_wait_and_stays_set() throws Exception {
        try (StubServer server = StubServer.stalling();
                Transport transport = new Transport(server.options())) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> transport.send(CHANGING))
                    .hasMessage("Changing failed: Interrupted. "
                            + "Whether it was done is unknown; doing it again is harmless.");

            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void every_request_says_who_we_are() throws Exception {
        try (StubServer server = StubServer.answering(200, StubServer.KNOWN_SERVER)) {
            SearchClient.open(server.options()).close();
            SearchClient.open(server.options().withBasicAuth("alice", "söcret")).close();
            SearchClient.open(server.options().withApiKey("a2V5")).close();

            assertThat(server.authorizations()).containsExactly("null", "Basic YWxpY2U6c8O2Y3JldA==", "ApiKey a2V5");
        }
    }

    @Test
    void a_client_that_was_given_is_used_and_stays_open() throws Exception {
        try (StubServer server = StubServer.answering(200, StubServer.KNOWN_SERVER);
                HttpClient given = HttpClient.newHttpClient()) {
            SearchClient.open(server.options().withClient(given)).close();

            assertThat(given.isTerminated()).isFalse();
            assertThat(SearchClient.open(server.options().withClient(given))
                            .server()
                            .cluster())
                    .isEqualTo("c1");
        }
    }

    @Test
    void a_path_before_those_of_the_server_is_kept() throws Exception {
        try (StubServer server = StubServer.with((_, exchange) -> {
            boolean right = exchange.getRequestURI().getPath().equals("/search/x");
            exchange.sendResponseHeaders(right ? 204 : 418, -1);
            exchange.close();
        })) {
            SearchOptions behindProxy =
                    SearchOptions.at(URI.create(server.options().server() + "/search/"));
            try (Transport transport = new Transport(behindProxy)) {
                assertThat(transport.send(READING).status()).isEqualTo(204);
            }
        }
    }
}
