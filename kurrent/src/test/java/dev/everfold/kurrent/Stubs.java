package dev.everfold.kurrent;

import com.google.protobuf.ByteString;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsWire;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.UUID;

/// Messages of the protocol as a client sends them, for what the official clients cannot be brought to send.
final class Stubs {

    static final Shared.Empty EMPTY = Shared.Empty.getDefaultInstance();

    private static final int WINDOW_BYTES = 64 << 10;

    private Stubs() {}

    /// To be shut down by whoever asks.
    static ManagedChannel channel(ServedStore served) {
        return NettyChannelBuilder.forAddress("localhost", served.port())
                .usePlaintext()
                .flowControlWindow(WINDOW_BYTES)
                .build();
    }

    static Shared.UUID id() {
        return Shared.UUID.newBuilder().setString(UUID.randomUUID().toString()).build();
    }

    static Shared.StreamIdentifier stream(String name) {
        return Shared.StreamIdentifier.newBuilder()
                .setStreamName(ByteString.copyFromUtf8(name))
                .build();
    }

    /// Where an append goes, whatever is there.
    static Shared.ExpectedStream to(String stream) {
        return Shared.ExpectedStream.newBuilder()
                .setStreamIdentifier(stream(stream))
                .setAny(EMPTY)
                .build();
    }

    static Shared.ProposedMessage event(String data) {
        return Shared.ProposedMessage.newBuilder()
                .setId(id())
                .putMetadata("type", "OrderChanged")
                .putMetadata("content-type", "application/octet-stream")
                .setData(ByteString.copyFromUtf8(data))
                .build();
    }

    /// One append in one message.
    static StreamsWire.BatchAppendReq batch(Shared.ExpectedStream to, Shared.ProposedMessage... events) {
        StreamsWire.BatchAppendReq.Builder batch = StreamsWire.BatchAppendReq.newBuilder()
                .setCorrelationId(id())
                .setOptions(to)
                .setIsFinal(true);
        for (Shared.ProposedMessage event : events) {
            batch.addProposedMessages(event);
        }
        return batch.build();
    }
}
