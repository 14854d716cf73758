package dev.everfold.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.grpc.wire.WireValues;
import dev.everfold.protocol.v1.EventStoreGrpc;
import dev.everfold.protocol.v1.Wire;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a client says to answers of a server that knows more than it.
@Timeout(30)
class UnreadableAnswersTest {

    private Server server;

    @BeforeEach
    void start() throws Exception {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new NewerService())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    @Test
    void an_append_whose_answer_is_not_understood_is_unknown_and_the_next_one_is_sent() {
        try (GrpcEventStore store = GrpcEventStore.open("localhost", server.getPort(), GrpcOptions.DEFAULTS)) {
            for (int i = 0; i < 2; i++) {
                OutcomeUnknownException unknown = catchThrowableOfType(
                        OutcomeUnknownException.class,
                        () -> store.append(Append.of(NewEvent.of("order-17", "order.placed", "{}"))));

                assertThat(unknown)
                        .hasMessage("The server at localhost:" + server.getPort() + " answered what this version does"
                                + " not know; whether the append is stored is unknown. Repeat it with the same append"
                                + " id.");
                assertThat(unknown.stored()).isEqualTo(Stored.UNKNOWN);
            }
        }
    }

    /// Refuses appends for a reason that the protocol does not have yet.
    private static final class NewerService extends EventStoreGrpc.EventStoreImplBase {

        @Override
        public void describe(Wire.DescribeRequest request, StreamObserver<Wire.DescribeResponse> client) {
            client.onNext(Wire.DescribeResponse.newBuilder()
                    .setLineage(WireValues.encode(UUID.randomUUID()))
                    .setLimits(WireValues.encode(Limits.DEFAULTS))
                    .setMessageBytesMax(1 << 20)
                    .build());
            client.onCompleted();
        }

        @Override
        public StreamObserver<Wire.AppendManyRequest> appendMany(StreamObserver<Wire.AppendManyResponse> client) {
            return new StreamObserver<>() {
                @Override
                public void onNext(Wire.AppendManyRequest request) {
                    Wire.AppendManyResponse.Builder response = Wire.AppendManyResponse.newBuilder();
                    request.getAppendsList().forEach(_ -> response.addAnswers(refused()));
                    client.onNext(response.build());
                }

                @Override
                public void onError(Throwable lost) {}

                @Override
                public void onCompleted() {
                    client.onCompleted();
                }
            };
        }

        private static Wire.AppendAnswer refused() {
            Wire.Conflict conflict = Wire.Conflict.newBuilder()
                    .addFailures(Wire.Conflict.Failure.getDefaultInstance())
                    .build();
            return Wire.AppendAnswer.newBuilder()
                    .setRefusal(Wire.Refusal.newBuilder().setConflict(conflict))
                    .build();
        }
    }
}
