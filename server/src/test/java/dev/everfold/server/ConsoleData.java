package dev.everfold.server;

import com.google.protobuf.ByteString;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.protocol.kurrent.PersistentSubscriptionsGrpc;
import dev.everfold.protocol.kurrent.PersistentWire;
import dev.everfold.protocol.kurrent.Shared;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// An order that was paid, packed, partly refunded and shipped, with all that led to what.
final class ConsoleData {

    static final UUID CONVERSATION = id(900);
    static final UUID PLACE = id(901);
    static final UUID PACK = id(902);

    private ConsoleData() {}

    static UUID id(int number) {
        return new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | number);
    }

    /// Nine events in five streams, `$settings` among them.
    static void appendOrder(EventStore store) {
        append(
                store,
                1,
                "order-A17",
                "order.placed",
                "{\"customer\":{\"name\":\"Ada\",\"city\":\"London\"},\"cents\":12500,\"paid\":false}",
                commanded(PLACE, PLACE, "ada"));
        append(store, 2, "payment-P9", "payment.authorized", "{\"cents\":12500}", caused(1, "payments"));
        append(store, 3, "order-A17", "order.paid", "{\"paid\":true,\"payment\":\"P9\"}", caused(2, "payments"));
        append(store, 4, "stock-book", "stock.reserved", "{\"reserved\":2}", caused(3, "warehouse"));
        append(store, 5, "mail-ada", "mail.sent", "{\"subject\":\"Thank you\"}", caused(3, "mailer"));
        String packed = "{\"packed\":{\"by\":\"Grace\",\"box\":3}}";
        append(
                store,
                6,
                "order-A17",
                "order.packed",
                packed,
                commanded(PACK, id(4), "grace\",\"$reason\":\"one was left"));
        String compensates = "payments\",\"$compensates\":\"" + id(2);
        append(store, 7, "payment-P9", "payment.refunded", "{\"refunded\":6250}", caused(6, compensates));
        String shipped = "{\"customer\":{\"city\":\"Paris\"},\"payment\":null,\"exact\":12345678901234567890.10}";
        append(store, 8, "order-A17", "order.shipped", shipped, commanded(PACK, id(6), "grace"));
        store.append(Append.of(NewEvent.of("$settings", "$acl.changed", "{\"read\":\"all\"}")));
    }

    private static String caused(int cause, String actor) {
        return "{\"$correlation\":\"%s\",\"$causation\":\"%s\",\"$actor\":\"%s\"}"
                .formatted(CONVERSATION, id(cause), actor);
    }

    private static String commanded(UUID command, UUID cause, String actor) {
        return "{\"$correlation\":\"%s\",\"$command\":\"%s\",\"$causation\":\"%s\",\"$actor\":\"%s\"}"
                .formatted(CONVERSATION, command, cause, actor);
    }

    private static void append(EventStore store, int id, String stream, String type, String data, String metadata) {
        List<String> tags = new ArrayList<>(List.of("$correlation:" + CONVERSATION));
        for (String key : List.of("$command", "$compensates")) {
            int at = metadata.indexOf("\"" + key + "\":\"");
            if (at >= 0) {
                int begin = at + key.length() + 4;
                tags.add(key + ":" + metadata.substring(begin, begin + 36));
            }
        }
        store.append(Append.of(new NewEvent(
                stream,
                id(id),
                type,
                NewEvent.JSON,
                Bytes.utf8(data),
                Bytes.utf8(metadata),
                tags,
                Optional.empty(),
                Optional.empty())));
    }

    /// Streams `customer-0` and so on, one event each.
    static void appendStreams(EventStore store, int streams) {
        List<NewEvent> batch = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            batch.add(NewEvent.of((i % 4 == 0 ? "parcel-" : "customer-") + i, "customer.registered", "{}"));
            if (batch.size() == 1_000 || i == streams - 1) {
                store.append(Append.of(batch));
                batch.clear();
            }
        }
    }

    /// Makes a group of persistent subscriptions to a stream, from its start, as a client of KurrentDB does.
    static void makeGroup(int grpcPort, String stream, String group) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", grpcPort)
                .usePlaintext()
                .build();
        try {
            PersistentWire.CreateReq.Options options = PersistentWire.CreateReq.Options.newBuilder()
                    .setGroupName(group)
                    .setStream(Shared.StreamStart.newBuilder()
                            .setStreamIdentifier(
                                    Shared.StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8(stream)))
                            .setStart(Shared.Empty.getDefaultInstance()))
                    .setSettings(PersistentWire.CreateReq.Settings.newBuilder()
                            .setMaxRetryCount(10)
                            .setLiveBufferSize(500)
                            .setReadBatchSize(20)
                            .setHistoryBufferSize(500)
                            .setMessageTimeoutMs(30_000)
                            .setCheckpointAfterMs(2_000)
                            .setConsumerStrategy("RoundRobin"))
                    .build();
            var _ = PersistentSubscriptionsGrpc.newBlockingStub(channel)
                    .create(PersistentWire.CreateReq.newBuilder()
                            .setOptions(options)
                            .build());
        } finally {
            channel.shutdownNow();
        }
    }
}
