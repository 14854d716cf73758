package dev.everfold.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.server.Application;
import dev.everfold.server.EverfoldServer;
import dev.everfold.server.ServerAction;
import dev.everfold.server.ServerOptions;
import dev.everfold.testkit.DocumentedCode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An application says how its streams are folded, as docs/how-to/look-with-the-console.md shows it.
@Timeout(30)
class ReducersTest {

    record Account(long events, String last) {

        static final Account NONE = new Account(0, "");

        Account apply(RecordedEvent event) {
            return new Account(events + 1, event.type());
        }

        String toJson() {
            return "{\"events\":" + events + ",\"last\":\"" + last + "\"}";
        }
    }

    private static EverfoldServer started(EventStore store, ServerOptions options) {
        Reducer<Account> account =
                new Reducer<>(() -> Account.NONE, (state, event) -> state.apply(event), Account::toJson);
        Application application = Application.NONE.withReducers(Reducers.NONE.with("account", account));
        EverfoldServer server = EverfoldServer.start(store, options, application);
        return server;
    }

    @Test
    void streams_of_its_category_are_folded_by_it_and_others_are_merged() throws Exception {
        InMemoryEventStore store = new InMemoryEventStore();
        store.append(Append.of(
                NewEvent.of("account-1", "opened", "{\"owner\":\"ada\"}"),
                NewEvent.of("account-1", "closed", "{}"),
                NewEvent.of("card-1", "issued", "{\"owner\":\"ada\"}")));
        try (EverfoldServer server = started(store, ServerOptions.DEFAULTS.withPorts(0, 0));
                HttpClient http = HttpClient.newHttpClient()) {
            assertThat(state(http, server, "account-1"))
                    .contains("\"reducer\":\"registered\"")
                    .contains("\"state\":{\"events\":2,\"last\":\"closed\"}")
                    .contains("{\"path\":\"/last\",\"before\":\"opened\",\"after\":\"closed\"}");
            assertThat(state(http, server, "card-1"))
                    .contains("\"reducer\":\"merge\"")
                    .contains("\"state\":{\"owner\":\"ada\"}");
        }
    }

    private record Shop() {
        int redrive() {
            return 3;
        }
    }

    private static EverfoldServer withAction(EventStore store, ServerOptions options, Shop shop) {
        ServerAction redrive = ServerAction.of(
                "redrive", "Redrive what is parked", "In order.", _ -> shop.redrive() + " events were handled.");
        EverfoldServer server = EverfoldServer.start(store, options, Application.NONE.withActions(List.of(redrive)));
        return server;
    }

    @Test
    void an_action_of_the_application_is_done_when_it_is_asked_for() throws Exception {
        try (EverfoldServer server =
                        withAction(new InMemoryEventStore(), ServerOptions.DEFAULTS.withPorts(0, 0), new Shop());
                HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://localhost:" + server.httpPort() + "/actions/redrive");
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).body())
                    .isEqualTo("{\"said\":\"3 events were handled.\"}");
        }
    }

    @Test
    void the_code_of_the_guide_is_the_code_above() {
        DocumentedCode.of(Path.of("../docs/how-to/look-with-the-console.md"))
                .assertThatBlocksAreIn(Path.of("src/test/java/dev/everfold/server/state/ReducersTest.java"));
    }

    private static String state(HttpClient http, EverfoldServer server, String stream) throws Exception {
        URI uri = URI.create("http://localhost:" + server.httpPort() + "/state?stream=" + stream);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
