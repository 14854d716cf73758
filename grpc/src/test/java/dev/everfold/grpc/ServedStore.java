package dev.everfold.grpc;

import dev.everfold.eventstore.EventStore;
import dev.everfold.grpc.service.GrpcServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/// A store behind a server on a free port of the loopback address.
record ServedStore(EventStore store, GrpcServer server) implements AutoCloseable {

    /// Serves a store, which is closed with this.
    static ServedStore of(EventStore store) {
        return at(store, 0);
    }

    /// Serves a store at a port.
    static ServedStore at(EventStore store, int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return new ServedStore(store, GrpcServer.start(store, address));
    }

    GrpcEventStore client(GrpcOptions options) {
        return GrpcEventStore.open("localhost", server.port(), options);
    }

    @Override
    public void close() {
        server.close(Duration.ofSeconds(2));
        store.close();
    }
}
