package dev.everfold.kurrent.service;

import dev.everfold.kurrent.NodeAddress;
import dev.everfold.protocol.kurrent.GossipGrpc;
import dev.everfold.protocol.kurrent.GossipWire;
import dev.everfold.protocol.kurrent.Shared;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `event_store.client.gossip.Gossip`: one node, which leads.
public final class GossipService extends GossipGrpc.GossipImplBase {

    private static final long TICKS_PER_SECOND = 10_000_000;
    private static final int NANOS_PER_TICK = 100;
    private static final Pattern HOST_AND_PORT = Pattern.compile("(.+):([0-9]{1,5})");

    private final UUID instance = UUID.randomUUID();
    private final NodeAddress address;
    private final Clock clock;

    private GossipService(NodeAddress address, Clock clock) {
        this.address = address;
        this.clock = clock;
    }

    /// The service, which notes where calls have come to.
    ///
    /// @param address what clients reach this node at
    /// @param clock tells when it was asked
    public static BindableService of(NodeAddress address, Clock clock) {
        GossipService service = new GossipService(address, clock);
        return () -> ServerInterceptors.intercept(service, Connection.interceptor());
    }

    @Override
    public void read(Shared.Empty request, StreamObserver<GossipWire.ClusterInfo> client) {
        Instant now = clock.instant();
        client.onNext(GossipWire.ClusterInfo.newBuilder()
                .addMembers(GossipWire.MemberInfo.newBuilder()
                        .setInstanceId(WireEvents.encode(instance, true))
                        .setTimeStamp(now.getEpochSecond() * TICKS_PER_SECOND + now.getNano() / NANOS_PER_TICK)
                        .setState(GossipWire.MemberInfo.VNodeState.Leader)
                        .setIsAlive(true)
                        .setHttpEndPoint(endPoint(Connection.target())))
                .build());
        client.onCompleted();
    }

    /// @param target host and port that the client has come to
    private GossipWire.EndPoint endPoint(String target) {
        Matcher both = HOST_AND_PORT.matcher(target);
        return address.host().isEmpty() && both.matches()
                ? endPoint(both.group(1), Integer.parseInt(both.group(2)))
                : endPoint(address.host().orElse(target), address.port().getAsInt());
    }

    private static GossipWire.EndPoint endPoint(String host, int port) {
        return GossipWire.EndPoint.newBuilder().setAddress(host).setPort(port).build();
    }
}
