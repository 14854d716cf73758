package dev.everfold.server;

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
        this.server = EverfoldServer.start(store, options);
    }

    /// Makes a user of one group, with the password `secret`.
    void create(String user, String group) {
        server.users()
                .orElseThrow()
                .create(
                        new Profile(user, "", Set.of(group)),
                        Secret.of("secret"),
                        new Caller("admin", Set.of(Caller.ADMINS)));
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
