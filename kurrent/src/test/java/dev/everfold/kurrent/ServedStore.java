package dev.everfold.kurrent;

import dev.everfold.eventstore.EventStore;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// KurrentDB's services over a store, at a port of their own.
final class ServedStore implements AutoCloseable {

    private final EventStore store;
    private final KurrentServices services;
    private final Server server;
    private final CompletableFuture<Void> shutdownRequested;

    private ServedStore(
            EventStore store, KurrentServices services, Server server, CompletableFuture<Void> shutdownRequested) {
        this.store = store;
        this.services = services;
        this.server = server;
        this.shutdownRequested = shutdownRequested;
    }

    /// Closing it closes the store.
    ///
    /// @param interceptors what calls go through before they reach the services
    static ServedStore of(EventStore store, ServerInterceptor... interceptors) {
        return of(store, 0, interceptors);
    }

    private static ServedStore of(EventStore store, int port, ServerInterceptor... interceptors) {
        Server[] started = new Server[1];
        CompletableFuture<Void> shutdownRequested = new CompletableFuture<>();
        KurrentServices services = KurrentServices.over(
                store,
                new NodeAddress(Optional.of("localhost"), () -> started[0].getPort()),
                Clock.systemUTC(),
                () -> shutdownRequested.complete(null));
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .executor(task -> Thread.ofVirtual().start(task))
                .maxInboundMessageSize(17 << 20);
        services.services().forEach(builder::addService);
        List.of(interceptors).forEach(builder::intercept);
        try {
            started[0] = builder.build().start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return new ServedStore(store, services, started[0], shutdownRequested);
    }

    /// The same store, served anew at the same port.
    ServedStore restarted() throws InterruptedException {
        int port = server.getPort();
        services.close();
        server.shutdownNow().awaitTermination();
        return of(store, port);
    }

    /// Ends what clients would let go on; goes on listening.
    void end() {
        services.close();
    }

    /// Completes when a client wants the server to end.
    CompletableFuture<Void> shutdownRequested() {
        return shutdownRequested;
    }

    int port() {
        return server.getPort();
    }

    List<BindableService> services() {
        return services.services();
    }

    EventStore store() {
        return store;
    }

    /// How clients are told where it is.
    String connectionString() {
        return "kurrentdb://localhost:" + server.getPort() + "?tls=false";
    }

    @Override
    public void close() {
        services.close();
        server.shutdownNow();
        store.close();
    }
}
