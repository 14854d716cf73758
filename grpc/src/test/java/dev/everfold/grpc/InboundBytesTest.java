package dev.everfold.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.grpc.service.GrpcDoor;
import dev.everfold.grpc.service.GrpcServer;
import dev.everfold.grpc.wire.WireAppends;
import dev.everfold.protocol.v1.EventStoreGrpc;
import dev.everfold.testkit.ForwardingEventStore;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What many calls send at once, and nobody has answered yet, is bounded; who sends little is not touched.
@Timeout(30)
class InboundBytesTest {

    private static final int LARGE = 900 << 10;
    private static final long BYTES_MAX = 4 << 20;

    private final CountDownLatch gate = new CountDownLatch(1);
    private final ForwardingEventStore gated = new ForwardingEventStore(new InMemoryEventStore()) {
        @Override
        public Appended append(Append append) {
            if (append.events().getFirst().data().length() >= LARGE) {
                try {
                    gate.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            return super.append(append);
        }
    };

    @Test
    void calls_that_hold_most_are_ended_and_a_small_one_is_answered() throws Exception {
        GrpcDoor door = new GrpcDoor(Optional.empty(), List.of(), List.of(), 100, BYTES_MAX);
        try (EventStore store = gated;
                GrpcServer server =
                        GrpcServer.start(store, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), door)) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", server.port())
                    .usePlaintext()
                    .build();
            List<FutureTask<Status.Code>> large = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                FutureTask<Status.Code> call = new FutureTask<>(() -> append(channel, LARGE));
                large.add(call);
                Thread.startVirtualThread(call);
            }

            long refused = 0;
            while (refused < 16) {
                refused = large.stream().filter(FutureTask::isDone).count();
                Thread.onSpinWait();
            }
            Status.Code small = append(channel, 100);
            gate.countDown();

            assertThat(small).isEqualTo(Status.Code.OK);
            List<Status.Code> codes = new ArrayList<>();
            for (FutureTask<Status.Code> call : large) {
                codes.add(call.get());
            }
            assertThat(codes).containsOnly(Status.Code.OK, Status.Code.RESOURCE_EXHAUSTED);
            assertThat(codes.stream().filter(Status.Code.OK::equals)).hasSizeBetween(1, 4);
            channel.shutdownNow();
        }
    }

    private static Status.Code append(ManagedChannel channel, int bytes) {
        NewEvent event =
                NewEvent.of("order-17", "order.placed", "{}").withContent(NewEvent.BINARY, Bytes.of(new byte[bytes]));
        try {
            var _ = EventStoreGrpc.newBlockingStub(channel).append(WireAppends.encode(Append.of(event)));
            return Status.Code.OK;
        } catch (StatusRuntimeException failure) {
            return failure.getStatus().getCode();
        }
    }
}
