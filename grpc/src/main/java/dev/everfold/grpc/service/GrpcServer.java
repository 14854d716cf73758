package dev.everfold.grpc.service;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.StoreUnavailableException;
import io.grpc.Context;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// A store behind a port: [EventStoreService] on Netty, with a virtual thread for each call.
///
/// Limits, each a constant: calls of one connection, bytes of a message and of headers, resets in a row, connections
/// of one address, the time to shake hands. A peer that went silent is noticed within 40 s. Close it before the store.
public final class GrpcServer implements AutoCloseable {

    /// Beside the events of one append, a message holds conditions and what surrounds them.
    private static final int MESSAGE_BYTES_BESIDE_EVENTS = 8 << 20;

    /// Larger messages are cut off by gRPC; smaller ones that are too large are refused with the limit's name.
    private static final int MESSAGE_BYTES_MAX_LEAST = 17 << 20;

    private static final int CALLS_OF_CONNECTION_MAX = 10_000;
    private static final int HEADER_BYTES_MAX = 8 << 10;
    private static final int RESETS_MAX = 200;
    private static final int RESETS_SECONDS = 10;
    private static final Duration SILENCE_MAX = Duration.ofSeconds(30);
    private static final Duration PING_ANSWER_MAX = Duration.ofSeconds(10);
    private static final Duration CLIENT_PINGS_MIN = Duration.ofSeconds(5);

    private final Server server;
    private final EventStoreService service;

    private GrpcServer(Server server, EventStoreService service) {
        this.server = server;
        this.service = service;
    }

    /// Listens at the address; port 0 takes a free one.
    ///
    /// @throws StoreUnavailableException when the address cannot be listened at
    public static GrpcServer start(EventStore store, InetSocketAddress address) {
        return start(store, address, GrpcDoor.OPEN);
    }

    /// Listens at the address, and lets in whom the door lets in.
    ///
    /// @throws StoreUnavailableException when the address cannot be listened at
    public static GrpcServer start(EventStore store, InetSocketAddress address, GrpcDoor door) {
        // Never closed: a stream that ends late still finds a thread to end in.
        // Whatever a call has others do is done in its name.
        Executor threads = task ->
                Thread.ofVirtual().name("everfold-call").start(Context.current().wrap(task));
        int messageBytesMax =
                Math.max(MESSAGE_BYTES_MAX_LEAST, store.limits().appendBytesMax() + MESSAGE_BYTES_BESIDE_EVENTS);
        EventStoreService service = new EventStoreService(store, threads, messageBytesMax);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .executor(threads)
                .addService(
                        ReadableRequests.of(ServerInterceptors.intercept(service, new LineageCheck(store.lineage()))))
                .maxInboundMessageSize(messageBytesMax)
                .maxInboundMetadataSize(HEADER_BYTES_MAX)
                .maxConcurrentCallsPerConnection(CALLS_OF_CONNECTION_MAX)
                .maxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS)
                .keepAliveTime(SILENCE_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(PING_ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(CLIENT_PINGS_MIN.toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true);
        door.configure(builder);
        try {
            return new GrpcServer(builder.build().start(), service);
        } catch (IOException refused) {
            throw new StoreUnavailableException(
                    "Cannot listen at " + text(address) + ": " + refused.getMessage()
                            + ". Choose another port, or stop what listens there.",
                    false,
                    refused);
        }
    }

    /// Host and port as one writes them.
    private static String text(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    /// What can be called, by service.
    public List<ServerServiceDefinition> services() {
        return server.getServices();
    }

    /// The port that is listened at.
    public int port() {
        return server.getPort();
    }

    /// Takes no new calls, answers the appends that were taken, ends the rest, and returns when all have ended.
    ///
    /// @param grace how long calls may take to end by themselves; what is left is cut off
    public void close(Duration grace) {
        server.shutdown();
        service.finish();
        try {
            if (!server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                boolean _ = server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException interrupted) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /// Closes with a grace of 10 s.
    @Override
    public void close() {
        close(Duration.ofSeconds(10));
    }
}
