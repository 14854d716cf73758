package dev.everfold.server;

import dev.everfold.eventstore.EventStores;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The process that [KilledServerTest] kills: a server of the embedded engine.
final class ServerProgram {

    private static final int HUNG = 3;
    private static final int SECONDS_MAX = 120;

    private ServerProgram() {}

    /// Is given the store's URI and a port, prints the port that it listens at, and serves until it is killed,
    /// or until its input ends with the process that started it.
    public static void main(String[] arguments) throws Exception {
        CompletableFuture.delayedExecutor(SECONDS_MAX, TimeUnit.SECONDS)
                .execute(() -> Runtime.getRuntime().halt(HUNG));
        ServerOptions options = ServerOptions.DEFAULTS.withPorts(Integer.parseInt(arguments[1]), 0);
        try (EverfoldServer server = EverfoldServer.start(EventStores.open(arguments[0]), options)) {
            System.out.println(server.grpcPort());
            System.out.flush();
            System.in.readAllBytes();
        }
    }
}
