package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.security.Users.Profile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.function.UnaryOperator;

/// A server with users of a store in memory. Its passwords are hashed so seldom that tests need not wait.
final class SecuredServer implements AutoCloseable {

    static final String PASSWORD = "correct horse";
    static final SecurityOptions USERS =
            SecurityOptions.NONE.withUsers(true).withPasswordIterations(1_000).withAdminPassword(Secret.of(PASSWORD));

    final InMemoryEventStore store = new InMemoryEventStore();
    final HttpClient http = HttpClient.newHttpClient();
    final EverfoldServer server;

    SecuredServer() {
        this(ServerOptions.DEFAULTS.withPorts(0, 0).withSecurity(USERS));
    }

    SecuredServer(ServerOptions options) {
        this(options, UnaryOperator.identity());
    }

    /// @param wrapped what is served of the store
    SecuredServer(ServerOptions options, UnaryOperator<EventStore> wrapped) {
        this.server = EverfoldServer.start(wrapped.apply(store), options);
    }

    /// Makes a user of some groups, with the password `secret`.
    void create(String user, String... groups) {
        server.users()
                .orElseThrow()
                .create(
                        new Profile(user, "", Set.of(groups)),
                        Secret.of("secret"),
                        new Caller("admin", Set.of(Caller.ADMINS)));
    }

    /// Sets the policy as the administrator.
    ///
    /// @param revision of the one that it replaces
    /// @param rules in JSON
    void setPolicy(long revision, String rules) throws Exception {
        HttpResponse<String> answer = postPolicy(revision, rules);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    HttpResponse<String> postPolicy(long revision, String rules) throws Exception {
        return send(request("/policies", "admin", PASSWORD)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"revision\":" + revision + ",\"rules\":" + rules + "}")));
    }

    /// A client of a user.
    EventStore client(String user, String password) {
        return EventStores.open(
                "everfold://" + user + ":" + password.replace(" ", "%20") + "@localhost:" + server.grpcPort());
    }

    EventStore admin() {
        return client("admin", PASSWORD);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.httpPort() + path));
    }

    HttpRequest.Builder request(String path, String user, String password) {
        return request(path).header("Authorization", basic(user, password));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static String basic(String user, String password) {
        byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(both);
    }

    @Override
    public void close() {
        http.shutdownNow();
        server.close();
    }
}
