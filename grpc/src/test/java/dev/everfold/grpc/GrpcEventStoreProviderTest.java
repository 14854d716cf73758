package dev.everfold.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.StoreUri;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The URI of a server, and what is said when there is none.
class GrpcEventStoreProviderTest {

    @Test
    void a_server_is_opened_by_its_uri() {
        try (ServedStore served = ServedStore.of(new InMemoryEventStore());
                EventStore store = EventStores.open(
                        "everfold://localhost:" + served.server().port())) {
            assertThat(store.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")))
                            .fromPosition())
                    .isZero();
            assertThat(store.lineage()).isEqualTo(served.store().lineage());
        }
    }

    @Test
    void with_mode_read_appends_are_refused() {
        try (ServedStore served = ServedStore.of(new InMemoryEventStore())) {
            String address = "localhost:" + served.server().port();
            try (EventStore store = EventStores.open("everfold://" + address + "?mode=read")) {
                Append append = Append.of(NewEvent.of("order-17", "order.placed", "{}"));

                assertThatThrownBy(() -> store.append(append))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessage("The store at " + address
                                + " is open for reading only. Open it without mode=read to append.");
                assertThat(store.appendAsync(append)).isCompletedExceptionally();
                assertThat(store.nextPosition()).isZero();
            }
        }
    }

    @Test
    void where_no_server_is_that_is_said() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }

        assertThatThrownBy(() -> EventStores.open("everfold://localhost:" + free))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageStartingWith("The server at localhost:" + free + " cannot be reached: ")
                .hasMessageEndingWith(". See that it runs there, and try again.");
    }

    @Test
    void where_something_else_listens_as_the_port_for_browsers_that_is_said() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> answerAsHttp1(other));

            assertThatThrownBy(() -> EventStores.open("everfold://localhost:" + other.getLocalPort()))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage("What listens at localhost:" + other.getLocalPort() + " does not speak gRPC. Name the"
                            + " server's port of gRPC, which is 2113 unless the server was told another.");
        }
    }

    private static void answerAsHttp1(ServerSocket listening) {
        try (Socket client = listening.accept()) {
            client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.getInputStream().readAllBytes(); // until the client leaves
        } catch (IOException gone) {
            // The client has heard enough.
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "everfold:localhost:2113",
                "everfold://",
                "everfold://localhost:0",
                "everfold://localhost:65536",
                "everfold://localhost:x",
                "everfold://@localhost:2113",
                "everfold://event store:2113",
                "everfold://store%31:2113",
                "everfold://localhost:2113/path"
            })
    void what_is_not_the_uri_of_a_server_is_refused(String uri) {
        assertThatThrownBy(() -> EventStores.open(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + uri + "\" is not the URI of a server; expected everfold://HOST:PORT,"
                        + " for example everfold://localhost:2113.");
    }

    @Test
    void a_parameter_that_nobody_knows_is_refused() {
        assertThatThrownBy(() -> EventStores.open("everfold://localhost:2113?colour=red"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Store URI \"everfold://localhost:2113?colour=red\" has the parameter colour=red;"
                        + " expected mode=create, mode=existing, mode=read, tls=true, tls=false, tlsCa=FILE, or"
                        + " tlsCertificate=FILE with tlsKey=FILE.");
    }

    @Test
    void a_user_and_the_password_come_from_the_uri_or_the_environment_and_are_shown_nowhere() {
        GrpcEventStoreProvider provider = new GrpcEventStoreProvider(Map.of("EVERFOLD_PASSWORD", "from outside")::get);

        Credentials given = credentials(provider, "everfold://alice:s%40fe+%25@localhost");
        Credentials fromOutside = credentials(provider, "everfold://alice@localhost");

        assertThat(given.user()).isEqualTo("alice");
        assertThat(given.header()).isEqualTo(basic("alice:s@fe+%"));
        assertThat(given).hasToString("alice:***");
        assertThat(fromOutside.header()).isEqualTo(basic("alice:from outside"));
    }

    @Test
    void a_user_without_a_password_is_refused() {
        GrpcEventStoreProvider provider = new GrpcEventStoreProvider(Map.<String, String>of()::get);

        assertThatThrownBy(() -> provider.open(StoreUri.parse("everfold://alice@localhost")))
                .hasMessage("Store URI \"everfold://alice@localhost\" names a user and no password;"
                        + " expected it in EVERFOLD_PASSWORD.");
    }

    @Test
    void no_password_goes_to_another_machine_in_the_clear_unless_the_uri_says_so() {
        GrpcEventStoreProvider provider = new GrpcEventStoreProvider();

        assertThatThrownBy(() -> provider.open(StoreUri.parse("everfold://alice:secret@db.example")))
                .hasMessage("Store URI \"everfold://alice:***@db.example\" would send a password to another machine in"
                        + " the clear; expected tls=true, or tls=false where the network is trusted.");
        assertThat(provider.options(StoreUri.parse("everfold://alice:secret@db.example?tls=false"))
                        .tls())
                .isEmpty();
        assertThat(provider.options(StoreUri.parse("everfold://alice:secret@db.example?tls=true"))
                        .tls())
                .hasValue(GrpcOptions.Tls.DEFAULTS);
    }

    @Test
    void a_token_of_the_environment_is_sent_where_the_uri_names_neither_a_user_nor_a_certificate() {
        GrpcEventStoreProvider provider =
                new GrpcEventStoreProvider(Map.of("EVERFOLD_TOKEN", "ef_secret", "EVERFOLD_PASSWORD", "word")::get);

        Credentials token = credentials(provider, "everfold://localhost");

        assertThat(token.header()).isEqualTo("Bearer ef_secret");
        assertThat(token.isToken()).isTrue();
        assertThat(token).hasToString("token ***");
        assertThat(credentials(provider, "everfold://alice@localhost").header()).isEqualTo(basic("alice:word"));
        assertThat(provider.options(StoreUri.parse("everfold://localhost?tlsCertificate=me.pem&tlsKey=me.key"))
                        .credentials())
                .isEmpty();
    }

    @Test
    void no_token_goes_to_another_machine_in_the_clear_unless_the_uri_says_so() {
        GrpcEventStoreProvider provider = new GrpcEventStoreProvider(Map.of("EVERFOLD_TOKEN", "ef_secret")::get);

        assertThatThrownBy(() -> provider.open(StoreUri.parse("everfold://db.example")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Store URI \"everfold://db.example\" would send a token to another machine in the clear;"
                        + " expected tls=true, or tls=false where the network is trusted.");
        assertThat(credentials(provider, "everfold://db.example?tls=false").isToken())
                .isTrue();
        assertThat(credentials(provider, "everfold://db.example?tls=true").isToken())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ef_secret\n", "two words", "t\u00f6ken", "Bearer ef_secret"})
    void what_a_header_cannot_carry_as_a_token_is_refused_and_not_shown(String token) {
        GrpcEventStoreProvider provider = new GrpcEventStoreProvider(Map.of("EVERFOLD_TOKEN", token)::get);

        assertThatThrownBy(() -> provider.open(StoreUri.parse("everfold://localhost")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("EVERFOLD_TOKEN cannot be used: The token is not one; expected letters, digits and -._~+/"
                        + " without blanks or line ends.");
    }

    @Test
    void a_certificate_and_its_key_mean_tls_and_come_together() {
        GrpcEventStoreProvider provider = new GrpcEventStoreProvider();
        String uri = "everfold://db.example?tlsCertificate=me.pem";

        assertThat(provider.options(StoreUri.parse(uri + "&tlsKey=me.key")).tls())
                .hasValue(new GrpcOptions.Tls(
                        Optional.empty(),
                        Optional.of(new GrpcOptions.OwnCertificate(Path.of("me.pem"), Path.of("me.key")))));
        assertThatThrownBy(() -> provider.open(StoreUri.parse(uri)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Store URI \"" + uri + "\" names a certificate or a key alone; expected"
                        + " tlsCertificate=FILE with tlsKey=FILE.");
        assertThatThrownBy(() -> provider.open(StoreUri.parse(uri + "&tlsKey=me.key")))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageStartingWith("The certificate \"me.pem\" with the key \"me.key\" cannot be used: ")
                .hasMessageEndingWith(". Expected both in PEM, the key as PKCS #8 without a password.");
    }

    @Test
    void a_file_of_authorities_means_tls() {
        GrpcEventStoreProvider provider = new GrpcEventStoreProvider();

        assertThat(provider.options(StoreUri.parse("everfold://db.example?tls=true&tlsCa=ca.pem"))
                        .tls())
                .hasValue(new GrpcOptions.Tls(Optional.of(Path.of("ca.pem")), Optional.empty()));
        assertThatThrownBy(() -> provider.open(StoreUri.parse("everfold://db.example?tlsCa=missing.pem")))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageStartingWith("The certificates in \"missing.pem\" cannot be used: ")
                .hasMessageEndingWith(". Expected a file in PEM.");
        assertThatThrownBy(() -> provider.open(StoreUri.parse("everfold://db.example?tls=false&tlsCa=ca.pem")))
                .hasMessage("Store URI \"everfold://db.example?tls=false&tlsCa=ca.pem\" names certificates and says"
                        + " tls=false; expected one of them.");
    }

    private static Credentials credentials(GrpcEventStoreProvider provider, String uri) {
        return provider.options(StoreUri.parse(uri)).credentials().orElseThrow();
    }

    private static String basic(String both) {
        return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
    }
}
