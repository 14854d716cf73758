package dev.everfold.server;

import static dev.everfold.server.ServedByHttp.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.kurrent.Caller;
import dev.everfold.protocol.kurrent.StreamsWire;
import dev.everfold.testkit.ForwardingEventStore;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Tokens that users make by HTTP, and what they let programs do at both doors.
@Timeout(60)
class TokenRoutesTest {

    private static final ServerOptions OPTIONS =
            ServerOptions.DEFAULTS.withPorts(0, 0).withSecurity(SecuredServer.USERS);
    private final String tomorrow = Clock.systemUTC()
            .instant()
            .truncatedTo(ChronoUnit.SECONDS)
            .plus(Duration.ofDays(1))
            .toString();

    @TempDir
    Path folder;

    private final SecuredServer secured = new SecuredServer();

    @AfterEach
    void end() {
        secured.close();
    }

    private HttpResponse<String> post(String authorization, String path, String body) throws Exception {
        return secured.send(secured.request(path)
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> get(String authorization, String path) throws Exception {
        return secured.send(secured.request(path).header("Authorization", authorization));
    }

    private String make(String user, String password, String name, String more) throws Exception {
        HttpResponse<String> made = post(
                SecuredServer.basic(user, password),
                "/tokens",
                "{\"name\":\"" + name + "\",\"expires\":\"" + tomorrow + "\"" + more + "}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        assertThat(made.headers().firstValue("Cache-Control")).hasValue("no-store");
        return token(made);
    }

    private static String token(HttpResponse<String> made) {
        return new JsonMapper().readTree(made.body()).path("token").stringValue();
    }

    @Test
    void a_user_makes_lists_and_revokes_a_token_that_lets_a_program_in_at_both_doors() throws Exception {
        secured.create("alice", "everfold-readers");
        String alice = SecuredServer.basic("alice", "secret");

        String token = make("alice", "secret", "ci", ",\"groups\":[\"everfold-readers\"]");
        int read = get("Bearer " + token, "/events").statusCode();
        String listed = get(alice, "/tokens").body();
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", secured.server.grpcPort())
                .usePlaintext()
                .build();
        try {
            Iterator<StreamsWire.ReadResp> subscribed = TokensAtTheDoorTest.subscribe(channel, token);
            assertThat(subscribed.next().hasConfirmation()).isTrue();
            HttpResponse<String> revoked = post(alice, "/tokens/revoke", "{\"name\":\"ci\"}");

            assertThat(read).isEqualTo(200);
            assertThat(listed)
                    .isEqualTo("{\"tokens\":[{\"name\":\"ci\",\"expires\":\"" + tomorrow
                            + "\",\"groups\":[\"everfold-readers\"]}]}");
            assertThat(revoked.body()).isEqualTo("{\"name\":\"ci\"}");
            assertThatThrownBy(() -> subscribed.forEachRemaining(_ -> {}))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, ended -> {
                        assertThat(ended.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                        assertThat(ended.getStatus().getDescription()).isEqualTo("The token was revoked.");
                    });
            assertProblem(401, "The token is wrong, has expired or was revoked.", get("Bearer " + token, "/events"));
            assertProblem(
                    404,
                    "User \\\"alice\\\" has no token \\\"ci\\\"; expected one that GET /tokens lists.",
                    post(alice, "/tokens/revoke", "{\"name\":\"ci\"}"));
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void what_a_token_has_under_way_ends_when_it_is_revoked_and_what_its_user_has_goes_on() throws Exception {
        String user = SecuredServer.basic("admin", SecuredServer.PASSWORD);
        String token = make("admin", SecuredServer.PASSWORD, "ci", "");
        HttpResponse<InputStream> byToken = follow("Bearer " + token);
        HttpResponse<InputStream> byPassword = follow(user);

        post(user, "/tokens/revoke", "{\"name\":\"ci\"}");

        assertThat(byToken.body().readAllBytes()).startsWith(':');
        try (EventStore admin = secured.admin()) {
            admin.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));
        }
        assertThat(new String(byPassword.body().readNBytes(12), StandardCharsets.US_ASCII))
                .startsWith(":\n\nid: ");
        byPassword.body().close();
    }

    @Test
    void a_token_ends_with_its_user() throws Exception {
        secured.create("alice", "everfold-readers");
        String token = make("alice", "secret", "ci", "");
        HttpResponse<InputStream> live = follow("Bearer " + token);

        secured.server.users().orElseThrow().disable("alice", new Caller("admin", Set.of(Caller.ADMINS)));

        assertThat(live.body().readAllBytes()).startsWith(':');
        assertThat(get("Bearer " + token, "/events").statusCode()).isEqualTo(401);
    }

    private HttpResponse<InputStream> follow(String authorization) throws Exception {
        return secured.http.send(
                secured.request("/events/live")
                        .header("Authorization", authorization)
                        .build(),
                BodyHandlers.ofInputStream());
    }

    @Test
    void who_comes_with_a_token_makes_none_and_changes_no_password_and_others_are_for_administrators()
            throws Exception {
        secured.create("alice", "everfold-readers");
        secured.create("bob", "everfold-readers");
        String token = "Bearer " + make("alice", "secret", "ci", "");
        String more = "{\"name\":\"more\",\"expires\":\"" + tomorrow + "\",\"login\":\"alice\"}";
        String needsUser = "User \\\"alice\\\" may not do this; expected the user \\\"alice\\\" with the password,";

        assertProblem(403, needsUser, post(token, "/tokens", more));
        assertProblem(403, needsUser, get(token, "/tokens"));
        assertProblem(403, needsUser, post(token, "/tokens/revoke", "{\"name\":\"ci\"}"));
        assertProblem(
                403,
                "A token changes no password;",
                post(token, "/password", "{\"current\":\"secret\",\"next\":\"other\"}"));
        assertProblem(403, "User \\\"bob\\\" may not", post(SecuredServer.basic("bob", "secret"), "/tokens", more));
        assertProblem(
                403, "User \\\"bob\\\" may not", get(SecuredServer.basic("bob", "secret"), "/tokens?login=alice"));
        String admin = SecuredServer.basic("admin", SecuredServer.PASSWORD);
        assertThat(post(admin, "/tokens", more).statusCode()).isEqualTo(200);
        assertThat(get(admin, "/tokens?login=alice").body()).contains("\"name\":\"ci\"", "\"name\":\"more\"");
        assertThat(post(admin, "/tokens/revoke", "{\"name\":\"ci\",\"login\":\"alice\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(get(token, "/events").statusCode()).isEqualTo(401);
        assertProblem(404, "There is no user \\\"nobody\\\"", get(admin, "/tokens?login=nobody"));
    }

    @Test
    void what_is_asked_for_in_vain_is_a_problem() throws Exception {
        secured.create("alice", "everfold-readers");
        String alice = SecuredServer.basic("alice", "secret");

        assertProblem(400, "The body has no text \\\"expires\\\"", post(alice, "/tokens", "{\"name\":\"ci\"}"));
        assertProblem(
                400,
                "\\\"expires\\\" of the body is no time; expected one as 2027-03-01T09:30:00Z.",
                post(alice, "/tokens", "{\"name\":\"ci\",\"expires\":\"tomorrow\"}"));
        assertProblem(
                400,
                "The token would be of the group \\\"$admins\\\", and its user is not;",
                post(alice, "/tokens", "{\"name\":\"ci\",\"expires\":\"" + tomorrow + "\",\"groups\":[\"$admins\"]}"));
        try (ServedByHttp open = new ServedByHttp()) {
            assertProblem(400, "The server has no users, and lets everybody in.", open.get("/tokens"));
        }
    }

    @Test
    void a_token_is_still_there_after_a_restart() throws Exception {
        String uri = "log:" + folder.resolve("store");
        String token;
        try (EverfoldServer first = EverfoldServer.start(EventStores.open(uri), OPTIONS)) {
            token = makeAt(first);
            assertThat(statusAt(first, token)).isEqualTo(200);
        }

        try (EverfoldServer second = EverfoldServer.start(EventStores.open(uri), OPTIONS)) {
            assertThat(statusAt(second, token)).isEqualTo(200);
        }
    }

    @Test
    void a_token_of_one_server_is_taken_and_revoked_by_another_one_on_the_same_store() throws Exception {
        InMemoryEventStore shared = new InMemoryEventStore();
        try (EverfoldServer first = EverfoldServer.start(unclosed(shared), OPTIONS);
                EverfoldServer second = EverfoldServer.start(unclosed(shared), OPTIONS)) {
            String token = makeAt(first);
            HttpResponse<InputStream> live = secured.http.send(
                    request(second, "/events/live", "Bearer " + token).build(), BodyHandlers.ofInputStream());
            assertThat(live.statusCode()).isEqualTo(200);

            HttpResponse<String> revoked =
                    secured.send(request(first, "/tokens/revoke", SecuredServer.basic("admin", SecuredServer.PASSWORD))
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString("{\"name\":\"ci\"}")));

            assertThat(revoked.statusCode()).isEqualTo(200);
            assertThat(live.body().readAllBytes()).startsWith(':');
            assertThat(statusAt(second, token)).isEqualTo(401);
        }
    }

    private static EventStore unclosed(EventStore store) {
        return new ForwardingEventStore(store) {
            @Override
            public void close() {}
        };
    }

    private String makeAt(EverfoldServer server) throws Exception {
        return token(secured.send(request(server, "/tokens", SecuredServer.basic("admin", SecuredServer.PASSWORD))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"name\":\"ci\",\"expires\":\"" + tomorrow + "\"}"))));
    }

    private int statusAt(EverfoldServer server, String token) throws Exception {
        return secured.send(request(server, "/events", "Bearer " + token)).statusCode();
    }

    private static HttpRequest.Builder request(EverfoldServer server, String path, String authorization) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.httpPort() + path))
                .header("Authorization", authorization);
    }

    @Test
    void no_log_and_no_event_holds_a_token() throws Exception {
        Lines lines = new Lines();
        Logger root = Logger.getLogger("");
        Logger ours = Logger.getLogger("dev.everfold");
        root.addHandler(lines);
        ours.setLevel(Level.ALL);
        String token;
        try {
            token = make("admin", SecuredServer.PASSWORD, "ci", "");
            assertThat(get("Bearer " + token, "/events").statusCode()).isEqualTo(200);
            assertThat(get("Bearer " + token + "x", "/events").statusCode()).isEqualTo(401);
            assertThat(get("Bearer " + token, "/events?from=" + Long.MAX_VALUE).statusCode())
                    .isEqualTo(416);
            post("Bearer " + token, "/tokens", "{");
            post(SecuredServer.basic("admin", SecuredServer.PASSWORD), "/tokens/revoke", "{\"name\":\"ci\"}");
        } finally {
            root.removeHandler(lines);
            ours.setLevel(null);
        }

        String secret = token.substring("ef_".length());
        assertThat(lines.all).noneMatch(line -> line.contains(secret));
        assertThat(secured.store.read(Read.all()).toList())
                .noneMatch(event -> event.toString().contains(secret)
                        || event.data().utf8().contains(secret)
                        || event.metadata().utf8().contains(secret));
    }

    /// What is logged.
    private static final class Lines extends Handler {

        final Collection<String> all = new ConcurrentLinkedQueue<>();
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord logged) {
            all.add(formatter.format(logged));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
