package dev.everfold.server;

import static dev.everfold.server.ServedByHttp.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.kurrent.Caller;
import dev.everfold.protocol.kurrent.StreamsWire;
import dev.everfold.protocol.kurrent.UsersGrpc;
import dev.everfold.protocol.kurrent.UsersWire;
import dev.everfold.protocol.v1.EventStoreGrpc;
import dev.everfold.protocol.v1.Wire;
import dev.everfold.server.SecurityOptions.Tls;
import dev.everfold.server.security.Permission;
import dev.everfold.server.security.Users.Profile;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Proxies that have asked people who they are, and say it: those that the operator named are believed.
@Timeout(60)
class TrustedProxyTest {

    private static final String ALICE =
            "403 User \"alice\" may not administer the server; expected a user of the group $admins.";
    private static final String NO_PROXY = "401 The request says who its user is as a proxy does, and does not come"
            + " from one; expected the certificate of a name that --trusted-proxy has.";
    private static final String NO_USER = "401 The header Everfold-User names no user.";
    private static final String GARBAGE = "401 The header Everfold-User is not the name of one user; expected it once,"
            + " with 1..256 characters of ASCII, no comma and no control character.";
    private static final String BOTH =
            "401 The headers Everfold-User and Authorization both say who the user is; expected one of them.";
    private static final String EVENT = "{\"specversion\":\"1.0\",\"id\":\"b7c1f0d2-6f5e-4a52-9a3e-0d6b3f3a7c11\","
            + "\"source\":\"/shop\",\"type\":\"order.placed\",\"subject\":\"order-17\",\"data\":{}}";
    private static final Caller ADMIN = new Caller("admin", Set.of(Caller.ADMINS));

    @TempDir
    Path folder;

    private Tls tls;
    private TestCertificates.Client edge;
    private TestCertificates.Client program;
    private SecuredServer secured;

    /// The proxy is called edge. Alice and bob are users, dora is disabled, and alice has a certificate, too.
    @BeforeEach
    void serve() throws Exception {
        Tls own = TestCertificates.write(folder, "EC");
        edge = written("CN=edge,O=The shop");
        program = written("CN=alice,O=The shop");
        Path authorities = Files.writeString(
                folder.resolve("authorities.pem"),
                Files.readString(edge.authority()) + Files.readString(program.authority()));
        tls = new Tls(own.certificate(), own.key(), Optional.of(authorities));
        secured = new SecuredServer(ServerOptions.DEFAULTS
                .withPorts(0, 0)
                .withSecurity(SecuredServer.USERS.withTls(tls).withTrustedProxies(Set.of("edge", "other edge"))));
        secured.create("alice", Permission.READERS, Permission.WRITERS);
        secured.create("bob");
        secured.create("dora");
        secured.server.users().orElseThrow().disable("dora", ADMIN);
    }

    @AfterEach
    void end() {
        secured.close();
    }

    private TestCertificates.Client written(String subject) throws Exception {
        return TestCertificates.writeClient(Files.createTempDirectory(folder, "client"), "authority", subject);
    }

    private Optional<TestCertificates.Client> certificate(String of) {
        return switch (of) {
            case "edge" -> Optional.of(edge);
            case "alice" -> Optional.of(program);
            default -> Optional.empty();
        };
    }

    private HttpClient http(Optional<TestCertificates.Client> shown) throws Exception {
        return shown.isPresent() ? TlsClient.showing(tls.certificate(), shown.get()) : TlsClient.of(tls.certificate());
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("https://localhost:" + secured.server.httpPort() + path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try (HttpClient http = http(Optional.of(edge))) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /// What is said by HTTP to one who asks for what only administrators may have.
    private String byHttp(Optional<TestCertificates.Client> shown, String... headers) throws Exception {
        try (HttpClient http = http(shown)) {
            HttpResponse<String> answer =
                    http.send(request("/users", headers).build(), HttpResponse.BodyHandlers.ofString());
            String detail = answer.body().replaceAll(".*\"detail\":\"(.*)\"}", "$1");
            return answer.statusCode() + " " + detail.replace("\\\"", "\"");
        }
    }

    private ManagedChannel channel(Optional<TestCertificates.Client> shown) throws Exception {
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder()
                .trustManager(tls.certificate().toFile());
        if (shown.isPresent()) {
            credentials.keyManager(
                    shown.get().certificate().toFile(), shown.get().key().toFile());
        }
        return Grpc.newChannelBuilderForAddress("localhost", secured.server.grpcPort(), credentials.build())
                .build();
    }

    private static Channel with(Channel channel, String... headers) {
        Metadata metadata = new Metadata();
        for (int i = 0; i < headers.length; i += 2) {
            metadata.put(Metadata.Key.of(headers[i], Metadata.ASCII_STRING_MARSHALLER), headers[i + 1]);
        }
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    /// The same by gRPC, with the status that HTTP would have.
    private String byGrpc(Optional<TestCertificates.Client> shown, String... headers) throws Exception {
        ManagedChannel channel = channel(shown);
        try {
            var _ = UsersGrpc.newBlockingStub(with(channel, headers)).disable(login("bob"));
            return "200";
        } catch (StatusRuntimeException refused) {
            String status = switch (refused.getStatus().getCode()) {
                case UNAUTHENTICATED -> "401";
                case PERMISSION_DENIED -> "403";
                default -> refused.getStatus().getCode().name();
            };
            return status + " " + refused.getStatus().getDescription();
        } finally {
            channel.shutdownNow();
        }
    }

    private static UsersWire.LoginReq login(String user) {
        return UsersWire.LoginReq.newBuilder()
                .setOptions(UsersWire.LoginReq.Options.newBuilder().setLoginName(user))
                .build();
    }

    static Stream<Arguments> whoSaysWhat() {
        return Stream.of(
                Arguments.of("edge", List.of("Everfold-User", "alice"), ALICE),
                Arguments.of("edge", List.of("everfold-user", "alice"), ALICE),
                Arguments.of("edge", List.of("Everfold-User", "dora"), NO_USER),
                Arguments.of("edge", List.of("Everfold-User", "nobody"), NO_USER),
                Arguments.of("edge", List.of("Everfold-User", "edge"), NO_USER),
                Arguments.of("edge", List.of("Everfold-User", "$admins"), NO_USER),
                Arguments.of("edge", List.of("Everfold-User", "alice; $admins"), NO_USER),
                Arguments.of("edge", List.of(), "401 The certificate is of no user."),
                Arguments.of("alice", List.of(), ALICE),
                Arguments.of("alice", List.of("Everfold-User", "bob"), NO_PROXY),
                Arguments.of("alice", List.of("Everfold-User", "alice"), NO_PROXY),
                Arguments.of("alice", List.of("Everfold-User", ""), NO_PROXY),
                Arguments.of("alice", List.of("Everfold-User", "a,b"), NO_PROXY),
                Arguments.of("none", List.of("Everfold-User", "alice"), NO_PROXY),
                Arguments.of("none", List.of("Everfold-User", "edge"), NO_PROXY),
                Arguments.of("none", List.of("Everfold-User", ""), NO_PROXY));
    }

    @ParameterizedTest
    @MethodSource("whoSaysWhat")
    void only_a_trusted_proxy_says_who_the_user_is_and_all_others_are_refused_at_both_doors(
            String of, List<String> said, String words) throws Exception {
        String[] headers = said.toArray(String[]::new);

        assertThat(byHttp(certificate(of), headers)).isEqualTo(words);
        assertThat(byGrpc(certificate(of), headers)).isEqualTo(words);
    }

    static Stream<List<String>> garbage() {
        return Stream.of(
                List.of("Everfold-User", ""),
                List.of("Everfold-User", "alice,alice"),
                List.of("Everfold-User", "alice, bob"),
                List.of("Everfold-User", "a".repeat(257)),
                List.of("Everfold-User", "alice", "Everfold-User", "alice"),
                List.of("Everfold-User", "alice", "Everfold-User", "bob"),
                List.of("Everfold-User", "alice", "Everfold-User", ""));
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void what_is_not_the_name_of_one_user_is_refused_also_from_a_trusted_proxy(List<String> said) throws Exception {
        String[] headers = said.toArray(String[]::new);

        assertThat(byHttp(Optional.of(edge), headers)).isEqualTo(GARBAGE);
        assertThat(byGrpc(Optional.of(edge), headers)).isEqualTo(GARBAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"al\tice", "m\u00fcller", "al\u0085ice"})
    void characters_that_not_every_proxy_hands_on_are_refused(String name) throws Exception {
        String request =
                "GET /users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nEverfold-User: " + name + "\r\n\r\n";
        try (HttpClient http = http(Optional.of(edge));
                Socket socket = http.sslContext()
                        .getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), secured.server.httpPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 401")
                    .contains(GARBAGE.substring(4));
        }
    }

    @Test
    void blanks_around_a_name_are_refused_where_the_protocol_does_not_take_them_away() throws Exception {
        assertThat(byGrpc(Optional.of(edge), "Everfold-User", " alice")).isEqualTo(GARBAGE);
        assertThat(byGrpc(Optional.of(edge), "Everfold-User", "alice ")).isEqualTo(GARBAGE);
    }

    @Test
    void a_name_with_the_password_behind_it_is_that_of_no_user_also_when_he_has_just_come_with_both() throws Exception {
        String basic = SecuredServer.basic("alice", "secret");

        assertThat(byHttp(Optional.empty(), "Authorization", basic)).isEqualTo(ALICE);
        assertThat(byHttp(Optional.of(edge), "Everfold-User", "alice:secret")).isEqualTo(NO_USER);
        assertThat(byGrpc(Optional.of(edge), "Everfold-User", "alice:secret")).isEqualTo(NO_USER);
    }

    @Test
    void the_longest_name_and_one_with_blanks_are_names() throws Exception {
        secured.create("a".repeat(256));
        secured.create("The shop");

        assertThat(byHttp(Optional.of(edge), "Everfold-User", "a".repeat(256))).startsWith("403 User \"aaa");
        assertThat(byGrpc(Optional.of(edge), "Everfold-User", "The shop")).startsWith("403 User \"The shop\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic", "Bearer ef_abc", "nonsense", ""})
    void a_name_and_a_password_or_a_token_beside_the_word_of_a_proxy_are_refused(String authorization)
            throws Exception {
        String other = authorization.equals("Basic") ? SecuredServer.basic("alice", "secret") : authorization;

        assertThat(byHttp(Optional.of(edge), "Everfold-User", "alice", "Authorization", other))
                .isEqualTo(BOTH);
        assertThat(byGrpc(Optional.of(edge), "Everfold-User", "alice", "Authorization", other))
                .isEqualTo(BOTH);
        assertThat(byHttp(Optional.empty(), "Everfold-User", "alice", "Authorization", other))
                .isEqualTo(NO_PROXY);
        assertThat(byGrpc(Optional.empty(), "Everfold-User", "alice", "Authorization", other))
                .isEqualTo(NO_PROXY);
    }

    @ParameterizedTest
    @CsvSource({"Kurrent-TrustedAuth, alice; $admins", "Kurrent-TrustedAuth, alice", "ES-TrustedAuth, alice; $admins"})
    void the_headers_of_kurrentdb_are_refused_whoever_sends_them(String name, String value) throws Exception {
        String words = "401 The header Kurrent-TrustedAuth is not taken; expected Everfold-User with the name of the"
                + " user alone.";

        assertThat(byHttp(Optional.of(edge), name, value)).isEqualTo(words);
        assertThat(byGrpc(Optional.of(edge), name, value)).isEqualTo(words);
        assertThat(byHttp(Optional.of(program), name, value)).isEqualTo(NO_PROXY);
        assertThat(byGrpc(Optional.of(program), name, value)).isEqualTo(NO_PROXY);
        assertThat(byHttp(Optional.empty(), "Authorization", SecuredServer.basic("alice", "secret"), name, value))
                .isEqualTo(NO_PROXY);
        assertThat(byHttp(Optional.of(edge), "Everfold-User", "alice", name, value))
                .isEqualTo(words);
        assertThat(byGrpc(Optional.of(edge), "Everfold-User", "alice", name, value))
                .isEqualTo(words);
    }

    @Test
    void a_proxy_that_names_nobody_is_the_user_of_its_own_certificate() throws Exception {
        secured.create("edge");

        assertThat(byHttp(Optional.of(edge))).startsWith("403 User \"edge\"");
        assertThat(byGrpc(Optional.of(edge))).startsWith("403 User \"edge\"");
        assertThat(byHttp(Optional.of(edge), "Sec-Fetch-Mode", "cors")).isEqualTo("401 The request names no user.");
    }

    @Test
    void the_name_of_a_proxy_in_a_certificate_of_another_authority_reaches_neither_door() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        TestCertificates.Client forged = TestCertificates.writeClient(elsewhere, "forger", "CN=edge");

        try (HttpClient http = TlsClient.insisting(tls.certificate(), forged)) {
            HttpRequest request = request("/users", "Everfold-User", "alice").build();
            assertThatThrownBy(() -> http.send(request, HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
        assertThat(byHttp(Optional.of(forged), "Everfold-User", "alice")).isEqualTo(NO_PROXY);
        assertThat(byGrpc(Optional.of(forged), "Everfold-User", "alice")).startsWith("UNAVAILABLE");
    }

    @Test
    void without_tls_and_without_a_proxy_that_is_trusted_the_header_is_refused() throws Exception {
        try (SecuredServer inTheClear = new SecuredServer()) {
            inTheClear.create("alice");

            assertProblem(
                    401,
                    NO_PROXY.substring(4),
                    inTheClear.send(inTheClear.request("/users").header("Everfold-User", "alice")));
            assertProblem(
                    401,
                    NO_PROXY.substring(4),
                    inTheClear.send(inTheClear
                            .request("/users", "admin", SecuredServer.PASSWORD)
                            .header("Everfold-User", "alice")));
        }
    }

    @Test
    void the_user_has_the_groups_that_he_has_here_and_no_more_as_soon_as_they_change() throws Exception {
        ManagedChannel channel = channel(Optional.of(edge));
        try {
            EventStoreGrpc.EventStoreBlockingStub bob =
                    EventStoreGrpc.newBlockingStub(with(channel, "Everfold-User", "bob"));
            assertThatThrownBy(() -> bob.stats(Wire.StatsRequest.getDefaultInstance()))
                    .hasMessageContaining("User \"bob\" may not see figures");
            assertThat(send(request("/stats", "Everfold-User", "bob")).statusCode())
                    .isEqualTo(403);

            secured.server.users().orElseThrow().update(new Profile("bob", "", Set.of(Permission.READERS)), ADMIN);

            assertThat(bob.stats(Wire.StatsRequest.getDefaultInstance())).isNotNull();
            assertThat(send(request("/stats", "Everfold-User", "bob")).statusCode())
                    .isEqualTo(200);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void what_the_policy_hides_from_a_user_stays_hidden_behind_a_proxy() throws Exception {
        secured.store.append(Append.of(NewEvent.of("payroll-17", "wage.paid", "{}")));
        secured.store.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));
        HttpRequest.Builder policy = request("/policies", "Everfold-User", "admin")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"revision\":-1,\"rules\":[{\"prefix\":\"payroll-\",\"readers\":"
                        + "[\"bob\"],\"appenders\":[]}]}"));

        assertThat(send(policy).statusCode()).isEqualTo(200);

        assertThat(send(request("/events?category=order", "Everfold-User", "alice"))
                        .body())
                .contains("order-17");
        assertThat(send(request("/events", "Everfold-User", "alice")).body()).doesNotContain("payroll-17");
        assertProblem(
                403,
                "User \\\"alice\\\" may not read stream \\\"payroll-17\\\", as the policy says.",
                send(request("/events?stream=payroll-17", "Everfold-User", "alice")));
    }

    @Test
    void what_goes_on_ends_when_the_user_is_disabled_and_the_proxy_gets_no_more() throws Exception {
        ManagedChannel channel = channel(Optional.of(edge));
        try {
            Iterator<StreamsWire.ReadResp> subscribed =
                    TokensAtTheDoorTest.subscribe(with(channel, "Everfold-User", "alice"));
            assertThat(subscribed.next()).isNotNull();

            secured.server.users().orElseThrow().disable("alice", ADMIN);

            assertThatThrownBy(() -> subscribed.forEachRemaining(_ -> {}))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, ended -> {
                        assertThat(ended.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                        assertThat(ended.getStatus().getDescription()).isEqualTo("The user was changed; call again.");
                    });
            assertThat(byHttp(Optional.of(edge), "Everfold-User", "alice")).isEqualTo(NO_USER);
            assertThat(byGrpc(Optional.of(edge), "Everfold-User", "alice")).isEqualTo(NO_USER);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void the_audit_says_who_changed_something_and_which_proxy_said_so() throws Exception {
        String expires = Clock.systemUTC().instant().plus(Duration.ofHours(1)).toString();
        HttpRequest.Builder token = request("/tokens", "Everfold-User", "alice")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"name\":\"report\",\"expires\":\"" + expires + "\"}"));

        assertThat(byGrpc(Optional.of(edge), "Everfold-User", "admin")).isEqualTo("200");
        assertThat(send(token).statusCode()).isEqualTo(200);
        assertThat(byGrpc(Optional.of(program), "Everfold-User", "admin")).isEqualTo(NO_PROXY);

        assertThat(secured.store.read(Read.stream("$audit")).toList())
                .extracting(event -> event.type() + " " + event.data().utf8())
                .contains(
                        "$UserChanged {\"user\":\"dora\",\"change\":\"disabled\",\"by\":\"admin\"}",
                        "$UserChanged {\"user\":\"bob\",\"change\":\"disabled\",\"by\":\"admin\",\"proxy\":\"edge\"}",
                        "$TokenChanged {\"user\":\"alice\",\"token\":\"report\",\"change\":\"made\",\"by\":\"alice\","
                                + "\"proxy\":\"edge\",\"expires\":\"" + expires + "\"}",
                        "$LoginFailed {\"address\":\"127.0.0.1\"}",
                        "$ServerStarted {\"host\":\"localhost\",\"users\":true,\"tls\":true,"
                                + "\"trustedProxies\":[\"edge\",\"other edge\"]}");
    }

    @Test
    void the_word_of_the_proxy_counts_and_the_cookie_of_a_session_beside_it_does_not() throws Exception {
        HttpResponse<String> login = send(request("/login", "Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"login\":\"admin\",\"password\":\"correct horse\"}")));
        String cookie = login.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
        assertThat(send(request("/users", "Cookie", cookie)).statusCode()).isEqualTo(200);

        assertThat(byHttp(Optional.of(edge), "Cookie", cookie, "Everfold-User", "alice"))
                .isEqualTo(ALICE);
        assertThat(byHttp(Optional.of(edge), "Cookie", cookie, "Everfold-User", ""))
                .isEqualTo(GARBAGE);
        assertThat(byHttp(Optional.empty(), "Cookie", cookie, "Everfold-User", "alice"))
                .isEqualTo(NO_PROXY);
    }

    @Test
    void the_console_hears_who_the_user_is_and_nobody_logs_in_as_somebody_else() throws Exception {
        HttpResponse<String> session = send(request("/session", "Everfold-User", "alice", "Sec-Fetch-Mode", "cors"));
        HttpResponse<String> login = send(request("/login", "Everfold-User", "alice")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"login\":\"admin\",\"password\":\"correct horse\"}")));

        assertThat(session.body())
                .isEqualTo(
                        "{\"users\":true,\"login\":\"alice\",\"groups\":[\"everfold-readers\",\"everfold-writers\"]}");
        assertProblem(
                401, "The header Everfold-User names no user.", send(request("/session", "Everfold-User", "dora")));
        assertProblem(401, "Nobody logs in through a proxy that says who the user is;", login);
        assertThat(login.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void a_browser_changes_something_from_a_page_of_the_server_and_from_no_other() throws Exception {
        String elsewhere = "The request comes from a web page of another origin; expected one of this server, or none.";
        String here = "https://localhost:" + secured.server.httpPort();

        assertProblem(403, elsewhere, append("Origin", "https://evil.example"));
        assertProblem(403, elsewhere, append("Sec-Fetch-Site", "cross-site"));
        assertProblem(403, elsewhere, append("Sec-Fetch-Site", "same-site"));
        assertThat(append("Origin", here, "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors")
                        .statusCode())
                .isEqualTo(200);
        assertThat(append().statusCode()).isEqualTo(200);
        assertThat(send(request("/stats", "Everfold-User", "alice", "Sec-Fetch-Site", "cross-site"))
                        .statusCode())
                .isEqualTo(200);
    }

    private HttpResponse<String> append(String... headers) throws Exception {
        return send(request("/events", headers)
                .header("Everfold-User", "alice")
                .header("Content-Type", "application/cloudevents+json")
                .POST(BodyPublishers.ofString(EVENT)));
    }

    @Test
    void a_browser_that_is_refused_does_not_ask_its_user_for_a_password() throws Exception {
        HttpResponse<String> program = send(request("/users", "Everfold-User", "dora"));
        HttpResponse<String> browser = send(request("/users", "Everfold-User", "dora", "Sec-Fetch-Mode", "cors"));

        assertThat(program.headers().firstValue("WWW-Authenticate"))
                .hasValue("Basic realm=\"Everfold\", charset=\"UTF-8\"");
        assertThat(browser.statusCode()).isEqualTo(401);
        assertThat(browser.headers().firstValue("WWW-Authenticate")).isEmpty();
    }

    @Test
    void a_trusted_proxy_needs_a_name_and_authorities_that_vouch_for_it() {
        SecurityOptions unvouched = SecuredServer.USERS.withTls(new Tls(tls.certificate(), tls.key()));
        String words = "A trusted proxy is known by its certificate; expected --tls-client-authorities with"
                + " --trusted-proxy.";

        assertThatThrownBy(() -> unvouched.withTrustedProxies(Set.of("edge")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(words);
        assertThatThrownBy(() -> SecurityOptions.NONE.withTrustedProxies(Set.of("edge")))
                .hasMessage(words);
        assertThatThrownBy(() -> SecuredServer.USERS.withTls(tls).withTrustedProxies(Set.of(" ")))
                .hasMessage("The name of a trusted proxy is empty; expected the common name (CN) of its certificate"
                        + " with --trusted-proxy.");
    }
}
