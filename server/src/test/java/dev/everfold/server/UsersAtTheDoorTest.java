package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Where a server has users, nobody else comes in, by either door.
@Timeout(30)
class UsersAtTheDoorTest {

    private static final Append PLACED = Append.of(NewEvent.of("order-17", "order.placed", "{}"));

    @Test
    void an_administrator_appends_and_reads_by_grpc_and_by_http() throws Exception {
        try (SecuredServer secured = new SecuredServer();
                EventStore store = secured.admin()) {
            store.append(PLACED);

            assertThat(store.read(Read.stream("order-17")).toList()).hasSize(1);
            HttpResponse<String> read =
                    secured.send(secured.request("/events?stream=order-17", "admin", SecuredServer.PASSWORD));
            assertThat(read.statusCode()).isEqualTo(200);
            assertThat(read.body()).contains("\"type\":\"order.placed\"");
        }
    }

    @Test
    void without_a_user_or_with_a_wrong_password_grpc_refuses_and_says_what_is_expected() {
        try (SecuredServer secured = new SecuredServer()) {
            String address = "localhost:" + secured.server.grpcPort();

            assertThatThrownBy(() -> EventStores.open("everfold://" + address))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage("The server at " + address + " does not let this client in: The call names no user."
                            + " Expected everfold://USER@HOST, and the password in EVERFOLD_PASSWORD.");
            assertThatThrownBy(() -> secured.client("admin", "wrong"))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("The user or the password is wrong.")
                    .hasMessageNotContaining("wrong@");
            assertThatThrownBy(() -> secured.client("nobody", SecuredServer.PASSWORD))
                    .hasMessageContaining("The user or the password is wrong.");
        }
    }

    @Test
    void without_a_user_http_asks_for_one_and_says_nothing_else() throws Exception {
        try (SecuredServer secured = new SecuredServer()) {
            for (String path : List.of("/events", "/streams", "/stats", "/metrics", "/types", "/read")) {
                HttpResponse<String> refused = secured.send(secured.request(path));

                assertThat(refused.statusCode()).as(path).isEqualTo(401);
                assertThat(refused.headers().firstValue("WWW-Authenticate"))
                        .hasValue("Basic realm=\"Everfold\", charset=\"UTF-8\"");
                assertThat(refused.body())
                        .isEqualTo("{\"status\":401,\"title\":\"Unauthorized\","
                                + "\"detail\":\"The request names no user.\"}");
            }
            HttpResponse<String> wrong = secured.send(secured.request("/events", "admin", "wrong"));
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(secured.send(secured.request("/health/ready")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_browser_is_not_made_to_ask_in_a_window_of_its_own() throws Exception {
        try (SecuredServer secured = new SecuredServer()) {
            HttpResponse<String> refused =
                    secured.send(secured.request("/streams").header("Sec-Fetch-Mode", "cors"));

            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate")).isEmpty();
        }
    }

    @Test
    void a_server_without_users_ignores_what_a_client_says_of_itself() throws Exception {
        try (ServedByHttp served = new ServedByHttp();
                EventStore store =
                        EventStores.open("everfold://anybody:whatever@localhost:" + served.server.grpcPort())) {
            store.append(PLACED);

            HttpRequest.Builder request =
                    served.request("/events").header("Authorization", SecuredServer.basic("anybody", "whatever"));
            assertThat(served.send(request).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void no_password_is_stored_and_the_first_user_is_audited() {
        try (SecuredServer secured = new SecuredServer()) {
            List<RecordedEvent> events = secured.store.read(Read.all()).toList();

            assertThat(events)
                    .extracting(RecordedEvent::stream, RecordedEvent::type)
                    .contains(
                            tuple("$user-admin", "$UserCreated"),
                            tuple("$users", "$User"),
                            tuple("$audit", "$UserChanged"),
                            tuple("$audit", "$ServerStarted"));
            assertThat(events).noneMatch(event -> event.data().utf8().contains(SecuredServer.PASSWORD));
        }
    }
}
