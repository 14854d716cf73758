package dev.everfold.server;

import static dev.everfold.server.ServedByHttp.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.InMemoryEventStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an application lets people do, by HTTP.
@Timeout(30)
class ActionRoutesTest {

    private final AtomicInteger done = new AtomicInteger();
    private final ServerAction greet =
            ServerAction.of("greet", "Greet", "Somebody.", value -> "greeted " + value + done.incrementAndGet());

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"value\":{}}"})
    void a_body_that_holds_no_value_is_400_and_nothing_is_done(String body) throws Exception {
        assertProblem(400, "The body is none of an action; expected {\\\"value\\\":\\\"…\\\"}.", post(body));
        assertThat(done).hasValue(0);
    }

    @Test
    void without_a_body_the_value_is_empty() throws Exception {
        assertThat(post("").body()).isEqualTo("{\"said\":\"greeted 1\"}");
    }

    private HttpResponse<String> post(String body) throws Exception {
        try (EverfoldServer server = EverfoldServer.start(
                        new InMemoryEventStore(),
                        ServerOptions.DEFAULTS.withPorts(0, 0),
                        Application.NONE.withActions(List.of(greet)));
                HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://localhost:" + server.httpPort() + "/actions/greet"))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}
