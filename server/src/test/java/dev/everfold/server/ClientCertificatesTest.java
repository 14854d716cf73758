package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.SecurityOptions.Tls;
import dev.everfold.server.security.Permission;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.ReadStreamOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs that show a certificate instead of saying a password.
@Timeout(60)
class ClientCertificatesTest {

    @TempDir
    Path folder;

    private Tls tls;
    private TestCertificates.Client alice;
    private SecuredServer secured;

    @BeforeEach
    void serve() throws Exception {
        Tls own = TestCertificates.write(folder, "EC");
        alice = TestCertificates.writeClient(folder, "authority", "CN=alice,O=The shop");
        tls = new Tls(own.certificate(), own.key(), Optional.of(alice.authority()));
        secured = new SecuredServer(
                ServerOptions.DEFAULTS.withPorts(0, 0).withSecurity(SecuredServer.USERS.withTls(tls)));
    }

    @AfterEach
    void end() {
        secured.close();
    }

    private EventStore client(TestCertificates.Client files) {
        return EventStores.open("everfold://localhost:" + secured.server.grpcPort() + "?tlsCa=" + tls.certificate()
                + "&tlsCertificate=" + files.certificate() + "&tlsKey=" + files.key());
    }

    private HttpResponse<String> get(HttpClient http, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("https://localhost:" + secured.server.httpPort() + "/stats"));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void who_shows_the_certificate_of_a_user_is_that_user_at_both_ports() throws Exception {
        secured.create("alice", Permission.READERS);
        secured.store.append(Append.of(NewEvent.of("order-1", "order.placed", "{}")));

        try (EventStore store = client(alice);
                HttpClient http = TlsClient.showing(tls.certificate(), alice)) {
            assertThat(store.read(Read.stream("order-1")).toList()).hasSize(1);
            assertThatThrownBy(() -> store.append(Append.of(NewEvent.of("order-1", "order.placed", "{}"))))
                    .hasMessageContaining("User \"alice\" may not append to the log; expected");
            assertThat(get(http).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void the_official_client_shows_its_certificate_too() throws Exception {
        secured.create("alice", "shop");
        KurrentDBClient client = KurrentDBClient.create(
                KurrentDBConnectionString.parseOrThrow("kurrentdb://localhost:" + secured.server.grpcPort()
                        + "?tlsCaFile=" + tls.certificate() + "&userCertFile=" + alice.certificate() + "&userKeyFile="
                        + alice.key()));
        try {
            byte[] data = "{}".getBytes(StandardCharsets.UTF_8);
            client.appendToStream(
                            "order-1",
                            EventDataBuilder.json("order.placed", data).build())
                    .get();

            assertThat(client.readStream("order-1", ReadStreamOptions.get())
                            .get()
                            .getEvents())
                    .hasSize(1);
        } finally {
            client.shutdown().get();
        }
    }

    @Test
    void a_user_and_a_password_that_a_call_names_come_before_the_certificate() throws Exception {
        secured.create("alice", Permission.READERS);
        try (HttpClient http = TlsClient.showing(tls.certificate(), alice)) {
            assertThat(get(http, "Authorization", SecuredServer.basic("alice", "wrong"))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void a_certificate_of_nobody_is_refused_and_audited() throws Exception {
        try (HttpClient http = TlsClient.showing(tls.certificate(), alice)) {
            HttpResponse<String> refused = get(http);

            assertThatThrownBy(() -> client(alice))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("The certificate is of no user.");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.body()).contains("The certificate is of no user.");
            assertThat(secured.store.read(Read.stream("$audit")).toList())
                    .filteredOn(event -> event.type().equals("$LoginFailed"))
                    .hasSizeGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void a_user_who_is_disabled_does_not_come_in_by_his_certificate() throws Exception {
        secured.create("alice", Permission.READERS);
        try (EventStore store = client(alice)) {
            assertThat(store.nextPosition()).isPositive();

            secured.server.users().orElseThrow().disable("alice", new Caller("admin", Set.of()));

            assertThatThrownBy(store::nextPosition).hasMessageContaining("The certificate is of no user.");
        }
    }

    @Test
    void a_certificate_of_another_authority_counts_for_nothing() throws Exception {
        secured.create("alice", Permission.READERS);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        TestCertificates.Client forged = TestCertificates.writeClient(elsewhere, "forger", "CN=alice");

        assertThatThrownBy(() -> client(forged)).isInstanceOf(StoreUnavailableException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-startdate -60d", "-ext EKU=serverAuth"})
    void a_certificate_that_has_expired_or_is_for_servers_alone_counts_for_nothing(String made) throws Exception {
        secured.create("alice", Permission.READERS);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        TestCertificates.Client unfit =
                TestCertificates.writeClient(elsewhere, "authority of " + made, "CN=alice", made.split(" "));
        Files.copy(unfit.authority(), alice.authority(), StandardCopyOption.REPLACE_EXISTING);
        secured.server.lookAtCertificate();

        assertThatThrownBy(() -> client(unfit)).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void a_page_in_a_browser_is_not_let_in_by_the_browsers_certificate() throws Exception {
        secured.create("alice", Permission.READERS);
        try (HttpClient http = TlsClient.showing(tls.certificate(), alice)) {
            HttpResponse<String> refused = get(http, "Sec-Fetch-Mode", "cors");

            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.body()).contains("The request names no user.");
        }
    }

    @Test
    void clients_without_a_certificate_log_in_as_before() {
        secured.create("alice", Permission.READERS);
        try (EventStore store = EventStores.open(
                "everfold://alice:secret@localhost:" + secured.server.grpcPort() + "?tlsCa=" + tls.certificate())) {
            assertThat(store.nextPosition()).isPositive();
        }
    }

    @Test
    void authorities_are_read_again_when_their_file_changes() throws Exception {
        secured.create("bob", Permission.READERS);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        TestCertificates.Client bob = TestCertificates.writeClient(elsewhere, "second", "CN=bob");
        assertThatThrownBy(() -> client(bob)).isInstanceOf(StoreUnavailableException.class);

        Files.copy(bob.authority(), alice.authority(), StandardCopyOption.REPLACE_EXISTING);
        secured.server.lookAtCertificate();

        try (EventStore store = client(bob)) {
            assertThat(store.nextPosition()).isPositive();
        }
    }

    @Test
    void authorities_need_users_and_a_file_that_can_be_read() {
        assertThatThrownBy(() -> SecurityOptions.NONE.withTls(tls))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Certificates of clients say which user they are; expected --users with"
                        + " --tls-client-authorities.");
        Path missing = folder.resolve("missing.pem");
        Tls unreadable = new Tls(tls.certificate(), tls.key(), Optional.of(missing));
        assertThatThrownBy(() -> new SecuredServer(
                        ServerOptions.DEFAULTS.withPorts(0, 0).withSecurity(SecuredServer.USERS.withTls(unreadable))))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("The authorities \"" + missing + "\" of clients cannot be read: there is no such file."
                        + " Expected their certificates in PEM.");
    }
}
