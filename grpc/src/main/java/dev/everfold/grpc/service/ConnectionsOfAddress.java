package dev.everfold.grpc.service;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Counts the connections of each address, and ends those that are too many.
///
/// It holds a number for each address that has a connection, and nothing of others.
final class ConnectionsOfAddress extends ServerTransportFilter {

    private static final Attributes.Key<InetAddress> COUNTED = Attributes.Key.create("everfold-counted-address");

    private final int max;
    private final ConcurrentHashMap<InetAddress, Integer> counts = new ConcurrentHashMap<>();

    ConnectionsOfAddress(int max) {
        this.max = max;
    }

    @Override
    public Attributes transportReady(Attributes attributes) {
        if (!(attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress peer)) {
            return attributes;
        }
        InetAddress address = peer.getAddress();
        boolean[] counted = {false};
        counts.compute(address, (_, before) -> {
            int count = before == null ? 0 : before;
            counted[0] = count < max;
            return counted[0] ? Integer.valueOf(count + 1) : before;
        });
        if (!counted[0]) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("More than " + max + " connections of one address.")
                    .asRuntimeException();
        }
        return attributes.toBuilder().set(COUNTED, address).build();
    }

    @Override
    public void transportTerminated(@Nullable Attributes attributes) {
        InetAddress address = attributes == null ? null : attributes.get(COUNTED);
        if (address != null) {
            counts.computeIfPresent(address, (_, count) -> count == 1 ? null : Integer.valueOf(count - 1));
        }
    }
}
