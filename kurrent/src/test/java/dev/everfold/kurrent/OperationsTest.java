package dev.everfold.kurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.protocol.kurrent.OperationsGrpc;
import dev.everfold.protocol.kurrent.OperationsGrpc.OperationsBlockingStub;
import dev.everfold.protocol.kurrent.OperationsWire;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsGrpc;
import dev.everfold.protocol.kurrent.StreamsWire.ReadReq;
import dev.everfold.protocol.kurrent.StreamsWire.ReadResp;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.KurrentDBPersistentSubscriptionsClient;
import java.util.Iterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What an operator may ask of the server, by the service that the clients for Java and Node.js do not use.
@Timeout(30)
class OperationsTest {

    private final ServedStore served = ServedStore.of(new InMemoryEventStore());
    private final ManagedChannel channel = Stubs.channel(served);
    private final OperationsBlockingStub operations = OperationsGrpc.newBlockingStub(channel);

    @AfterEach
    void end() {
        channel.shutdownNow();
        served.close();
    }

    @Test
    void whoever_runs_the_server_is_asked_to_end_it() {
        assertThat(served.shutdownRequested()).isNotDone();

        assertThat(operations.shutdown(Stubs.EMPTY)).isEqualTo(Stubs.EMPTY);

        assertThat(served.shutdownRequested()).isCompleted();
    }

    @Test
    void groups_are_restarted_and_their_clients_are_told() throws Exception {
        KurrentDBPersistentSubscriptionsClient client = KurrentDBPersistentSubscriptionsClient.create(
                KurrentDBConnectionString.parseOrThrow(served.connectionString()));
        client.createToStream("order-17", "shop").get();
        GroupListener listener = new GroupListener();
        client.subscribeToStream("order-17", "shop", listener).get();

        assertThat(operations.restartPersistentSubscriptions(Stubs.EMPTY)).isEqualTo(Stubs.EMPTY);

        assertThat(GroupFixture.trailer(listener.ended(), "exception")).isEqualTo("persistent-subscription-dropped");
        client.shutdown().get();
    }

    @Test
    void who_follows_a_stream_or_is_of_a_group_is_told_when_the_server_ends() throws Exception {
        KurrentDBPersistentSubscriptionsClient client = KurrentDBPersistentSubscriptionsClient.create(
                KurrentDBConnectionString.parseOrThrow(served.connectionString()));
        client.createToStream("order-17", "shop").get();
        GroupListener listener = new GroupListener();
        client.subscribeToStream("order-17", "shop", listener).get();
        Iterator<ReadResp> subscription = StreamsGrpc.newBlockingStub(channel).read(following("order-17"));
        assertThat(subscription.next().hasConfirmation()).isTrue();
        assertThat(subscription.next().hasCaughtUp()).isTrue();

        served.end();

        String told = "UNAVAILABLE: The server ends; nothing was stored. Call again.";
        assertThatThrownBy(subscription::hasNext).hasMessage(told);
        assertThat(listener.ended()).hasMessage(told);
        client.shutdown().get();
    }

    private static ReadReq following(String stream) {
        return ReadReq.newBuilder()
                .setOptions(ReadReq.Options.newBuilder()
                        .setStream(Shared.StreamStart.newBuilder()
                                .setStreamIdentifier(Stubs.stream(stream))
                                .setStart(Stubs.EMPTY))
                        .setSubscription(ReadReq.Options.SubscriptionOptions.getDefaultInstance())
                        .setUuidOption(Shared.UUIDOption.newBuilder().setString(Stubs.EMPTY)))
                .build();
    }

    @Test
    void what_one_node_need_not_do_is_answered_as_done() {
        assertThat(operations.mergeIndexes(Stubs.EMPTY)).isEqualTo(Stubs.EMPTY);
        assertThat(operations.resignNode(Stubs.EMPTY)).isEqualTo(Stubs.EMPTY);
        assertThat(operations.setNodePriority(OperationsWire.SetNodePriorityReq.newBuilder()
                        .setPriority(3)
                        .build()))
                .isEqualTo(Stubs.EMPTY);
    }

    @Test
    void a_scavenge_is_not_said_to_have_begun() {
        StatusRuntimeException started = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> operations.startScavenge(OperationsWire.StartScavengeReq.getDefaultInstance()));
        StatusRuntimeException stopped = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> operations.stopScavenge(OperationsWire.StopScavengeReq.newBuilder()
                        .setOptions(OperationsWire.StopScavengeReq.Options.newBuilder()
                                .setScavengeId("7"))
                        .build()));

        assertThat(started.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(started.getStatus().getDescription())
                .isEqualTo(
                        "There is no scavenge: the log is never rewritten, and what was deleted or truncated stays in"
                                + " it. Nothing was removed.");
        assertThat(stopped.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(GroupFixture.trailer(stopped, "exception")).isEqualTo("scavenge-not-found");
        assertThat(GroupFixture.trailer(stopped, "scavenge-id")).isEqualTo("7");
    }
}
