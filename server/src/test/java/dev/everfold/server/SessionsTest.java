package dev.everfold.server;

import static dev.everfold.server.ServedByHttp.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.security.Users;
import dev.everfold.server.security.Users.Profile;
import dev.everfold.testkit.ForwardingEventStore;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How a browser logs in: a cookie that no script reads, and a word that no page of others knows.
@Timeout(30)
class SessionsTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String EVENT = "{\"specversion\":\"1.0\",\"id\":\"b7c1f0d2-6f5e-4a52-9a3e-0d6b3f3a7c11\","
            + "\"source\":\"/shop\",\"type\":\"order.placed\",\"subject\":\"order-17\",\"data\":{}}";

    private final SecuredServer secured = new SecuredServer();

    @AfterEach
    void end() {
        secured.close();
    }

    @Test
    void a_login_gives_a_cookie_for_this_server_alone_that_no_script_reads() throws Exception {
        HttpResponse<String> answer = login("admin", SecuredServer.PASSWORD);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow())
                .startsWith("everfold-session-" + secured.server.httpPort() + "=")
                .contains("Path=/", "HttpOnly", "SameSite=Strict")
                .doesNotContain("Secure");
        JsonNode session = JSON.readTree(answer.body());
        assertThat(session.path("login").stringValue()).isEqualTo("admin");
        assertThat(session.path("groups").get(0).stringValue()).isEqualTo("$admins");
    }

    @Test
    void with_the_cookie_a_browser_reads_and_with_the_word_beside_it_it_appends() throws Exception {
        HttpResponse<String> login = login("admin", SecuredServer.PASSWORD);
        String cookie = cookie(login);
        String csrf = JSON.readTree(login.body()).path("csrf").stringValue();

        HttpResponse<String> read = secured.send(secured.request("/streams").header("Cookie", cookie));
        HttpResponse<String> without = append(cookie, "guessed");
        HttpResponse<String> with = append(cookie, csrf);

        assertThat(read.statusCode()).isEqualTo(200);
        assertProblem(403, "The request has a session and not its header X-CSRF-Token", without);
        assertThat(with.statusCode()).as(with.body()).isEqualTo(200);
        assertThat(secured.send(secured.request("/session").header("Cookie", cookie))
                        .body())
                .isEqualTo("{\"users\":true,\"login\":\"admin\",\"groups\":[\"$admins\"],\"csrf\":\"" + csrf + "\"}");
    }

    @Test
    void after_the_logout_the_cookie_is_worth_nothing() throws Exception {
        String cookie = cookie(login("admin", SecuredServer.PASSWORD));

        HttpResponse<String> logout =
                secured.send(secured.request("/logout").header("Cookie", cookie).POST(BodyPublishers.noBody()));

        assertThat(logout.body()).isEqualTo("{\"users\":true}");
        assertThat(secured.send(secured.request("/streams").header("Cookie", cookie))
                        .statusCode())
                .isEqualTo(401);
        assertThat(secured.send(secured.request("/session").header("Cookie", cookie))
                        .body())
                .isEqualTo("{\"users\":true}");
    }

    @Test
    void live_events_of_a_session_end_with_it() throws Exception {
        String cookie = cookie(login("admin", SecuredServer.PASSWORD));
        InputStream live = secured.http
                .send(
                        secured.request("/events/live").header("Cookie", cookie).build(),
                        HttpResponse.BodyHandlers.ofInputStream())
                .body();
        assertThat(live.read()).isEqualTo(':');

        var _ = secured.send(secured.request("/logout").header("Cookie", cookie).POST(BodyPublishers.noBody()));
        secured.store.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));

        assertThat(new String(live.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("\n\n");
    }

    @Test
    void who_is_disabled_while_the_password_is_checked_gets_no_session() throws Exception {
        AtomicReference<Runnable> afterLookup = new AtomicReference<>(() -> {});
        EventStore store = new ForwardingEventStore(new InMemoryEventStore()) {
            @Override
            public EventCursor read(Read read) {
                EventCursor cursor = super.read(read);
                if (read.equals(Read.stream("$user-alice").backwards().limit(1))) {
                    afterLookup.getAndSet(() -> {}).run();
                }
                return cursor;
            }
        };
        Caller admin = new Caller("admin", Set.of(Caller.ADMINS));
        try (EverfoldServer server = EverfoldServer.start(
                store, ServerOptions.DEFAULTS.withPorts(0, 0).withSecurity(SecuredServer.USERS))) {
            Users users = server.users().orElseThrow();
            users.create(new Profile("alice", "", Set.of("everfold-readers")), Secret.of("secret"), admin);
            afterLookup.set(() -> users.disable("alice", admin));

            HttpResponse<String> answer =
                    secured.send(HttpRequest.newBuilder(URI.create("http://localhost:" + server.httpPort() + "/login"))
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString("{\"login\":\"alice\",\"password\":\"secret\"}")));

            assertProblem(401, "The user or the password is wrong.", answer);
            assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
        }
    }

    @Test
    void a_wrong_password_begins_nothing_and_many_have_to_wait() throws Exception {
        HttpResponse<String> wrong = login("admin", "wrong");
        for (int i = 0; i < 4; i++) {
            login("admin", "wrong");
        }
        HttpResponse<String> later = login("admin", SecuredServer.PASSWORD);

        assertProblem(401, "The user or the password is wrong.", wrong);
        assertThat(wrong.headers().firstValue("Set-Cookie")).isEmpty();
        assertProblem(429, "Too many logins failed; try again in 1 s.", later);
        assertThat(later.headers().firstValue("Retry-After")).hasValue("1");
    }

    @Test
    void the_form_of_the_page_goes_on_to_the_first_page_or_back() throws Exception {
        HttpResponse<String> page = secured.send(secured.request("/login"));
        HttpResponse<String> right = form("login=admin&password=correct+horse");
        HttpResponse<String> wrong = form("login=admin&password=wrong");

        assertThat(page.body()).contains("<form method=\"post\" action=\"/login\">");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'");
        String style = page.body()
                .substring(
                        page.body().indexOf("<style>") + "<style>".length(),
                        page.body().indexOf("</style>"));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
        assertThat(LoginRoutes.STYLE).isEqualTo("sha256-" + Base64.getEncoder().encodeToString(hash));
        assertThat(right.statusCode()).isEqualTo(303);
        assertThat(right.headers().firstValue("Location")).hasValue("/");
        assertThat(wrong.headers().firstValue("Location")).hasValue("/login?failed");
    }

    @Test
    void a_page_of_another_origin_logs_nobody_in() throws Exception {
        HttpResponse<String> answer = secured.send(secured.request("/login")
                .header("Origin", "https://evil.example")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(
                        "{\"login\":\"admin\",\"password\":\"" + SecuredServer.PASSWORD + "\"}")));

        assertThat(answer.statusCode()).isEqualTo(403);
    }

    @Test
    void a_body_that_is_no_login_is_refused_without_being_repeated() throws Exception {
        HttpResponse<String> malformed = post("application/json", "{\"password\":\"correct horse");
        HttpResponse<String> large = post("application/json", "x".repeat(20_000));

        assertProblem(400, "The body is not an object in JSON of known fields", malformed);
        assertThat(malformed.body()).doesNotContain("horse");
        assertThat(large.statusCode()).isEqualTo(413);
    }

    @Test
    void over_tls_the_cookie_is_for_tls_alone(@TempDir Path folder) throws Exception {
        ServerOptions options = ServerOptions.DEFAULTS
                .withPorts(0, 0)
                .withSecurity(SecuredServer.USERS.withTls(TestCertificates.write(folder, "EC")));
        try (SecuredServer tls = new SecuredServer(options)) {
            HttpResponse<String> answer = TlsClient.of(folder.resolve("server.crt"))
                    .send(
                            HttpRequest.newBuilder(URI.create("https://localhost:" + tls.server.httpPort() + "/login"))
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofString(
                                            "{\"login\":\"admin\",\"password\":\"" + SecuredServer.PASSWORD + "\"}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());

            assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow()).contains("; Secure");
        }
    }

    private HttpResponse<String> login(String user, String password) throws Exception {
        return post("application/json", "{\"login\":\"" + user + "\",\"password\":\"" + password + "\"}");
    }

    private HttpResponse<String> form(String body) throws Exception {
        return post("application/x-www-form-urlencoded", body);
    }

    private HttpResponse<String> post(String type, String body) throws Exception {
        return secured.send(
                secured.request("/login").header("Content-Type", type).POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> append(String cookie, String csrf) throws Exception {
        return secured.send(secured.request("/events")
                .header("Cookie", cookie)
                .header("X-CSRF-Token", csrf)
                .header("Content-Type", "application/cloudevents+json")
                .POST(BodyPublishers.ofString(EVENT)));
    }

    private static String cookie(HttpResponse<String> answer) {
        return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    }
}
