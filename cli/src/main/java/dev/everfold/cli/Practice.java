package dev.everfold.cli;

import dev.everfold.cli.bench.ServedLoad;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.server.EverfoldServer;
import dev.everfold.server.ServerOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/// What the JVM is trained with before it serves for the first time: a server, and a little of what
/// it is asked for most. `./everfold` runs this once after a build and keeps what the JVM has learnt,
/// so that a server starts fast and is soon at its speed.
public final class Practice {

    private static final Duration EACH = Duration.ofMillis(400);

    private Practice() {}

    /// Leaves a store in the working folder.
    ///
    /// @param arguments none
    public static void main(String[] arguments) throws Exception {
        serve("log:store", EACH);
        System.exit(0);
    }

    /// @param each how long each kind of work takes, about
    static void serve(String store, Duration each) throws Exception {
        ServerOptions options = ServerOptions.DEFAULTS.withPorts(0, 0);
        try (EverfoldServer server = EverfoldServer.start(EventStores.open(store), options)) {
            String address = options.host() + ":";
            ask("http://" + address + server.httpPort());
            ServedLoad.run(StoreUri.parse("everfold://" + address + server.grpcPort()), each);
        }
    }

    private static void ask(String server) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (String path : List.of("/", "/health/ready", "/stats", "/streams", "/metrics")) {
                HttpRequest request =
                        HttpRequest.newBuilder(URI.create(server + path)).build();
                int status = client.send(request, BodyHandlers.discarding()).statusCode();
                if (status != 200) {
                    throw new IllegalStateException("GET " + path + " was answered with " + status + ".");
                }
            }
        }
    }
}
