package dev.everfold.kurrent.service;

import dev.everfold.kurrent.NodeAddress;
import dev.everfold.protocol.kurrent.GossipGrpc;
import dev.everfold.protocol.kurrent.GossipWire;
import dev.everfold.protocol.kurrent.Shared;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;

/// `event_store.client.gossip.Gossip`: one node, which leads.
public final class GossipService extends GossipGrpc.GossipImplBase {

    private static final long TICKS_PER_SECOND = 10_000_000;
    private static final int NANOS_PER_TICK = 100;

    private final UUID instance = UUID.randomUUID();
    private final NodeAddress address;
    private final Clock clock;

    /// The service.
    ///
    /// @param address what clients reach this node at
    /// @param clock tells when it was asked
    public GossipService(NodeAddress address, Clock clock) {
        this.address = address;
        this.clock = clock;
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
                        .setHttpEndPoint(GossipWire.EndPoint.newBuilder()
                                .setAddress(address.host())
                                .setPort(address.port().getAsInt())))
                .build());
        client.onCompleted();
    }
}
