package dev.everfold.kurrent;

import static dev.everfold.kurrent.Stubs.EMPTY;
import static dev.everfold.kurrent.Stubs.batch;
import static dev.everfold.kurrent.Stubs.event;
import static dev.everfold.kurrent.Stubs.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsGrpc;
import dev.everfold.protocol.kurrent.StreamsWire;
import dev.everfold.protocol.kurrent.StreamsWire.BatchAppendReq;
import dev.everfold.protocol.kurrent.StreamsWire.BatchAppendResp;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The call by which clients append in batches, used as no client uses it.
@Timeout(60)
class BatchAppendTest {

    private ServedStore served;
    private ManagedChannel channel;

    @BeforeEach
    void serve() {
        served = ServedStore.of(new InMemoryEventStore());
        channel = Stubs.channel(served);
    }

    @AfterEach
    void end() {
        channel.shutdownNow();
        served.close();
    }

    @Test
    void each_of_many_appends_is_answered_and_the_order_of_each_stream_is_that_of_last_messages() throws Exception {
        List<BatchAppendReq> first = new ArrayList<>();
        List<BatchAppendReq> last = new ArrayList<>();
        for (int number = 0; number < 500; number++) {
            BatchAppendReq whole = batch(to("order-" + number % 7), event("a" + number), event("b" + number));
            first.add(whole.toBuilder()
                    .setIsFinal(false)
                    .removeProposedMessages(1)
                    .build());
            last.add(whole.toBuilder().clearOptions().removeProposedMessages(0).build());
        }
        Call call = new Call(Integer.MAX_VALUE);

        first.forEach(call::send);
        last.forEach(call::send);
        List<BatchAppendResp> answers = call.end();

        assertThat(answers).allSatisfy(answer -> assertThat(answer.hasSuccess()).isTrue());
        assertThat(answers)
                .extracting(BatchAppendResp::getCorrelationId)
                .containsExactlyInAnyOrderElementsOf(
                        last.stream().map(BatchAppendReq::getCorrelationId).toList());
        assertThat(data("order-3"))
                .containsExactlyElementsOf(IntStream.range(0, 500)
                        .filter(number -> number % 7 == 3)
                        .boxed()
                        .flatMap(number -> List.of("a" + number, "b" + number).stream())
                        .toList());
    }

    @Test
    void what_is_wrong_with_an_append_is_its_answer_and_the_call_goes_on() throws Exception {
        Shared.ExpectedStream order = to("order-1");
        Map<BatchAppendReq, String> requests = new LinkedHashMap<>();
        requests.put(batch(order, event("first")), "stored");
        requests.put(batch(order.toBuilder().setNoStream(EMPTY).build(), event("x")), "WrongExpectedVersion");
        requests.put(batch(order.toBuilder().setRevision(-1).build(), event("x")), "BadRequest");
        requests.put(batch(to("order-1").toBuilder().clearAny().build(), event("x")), "BadRequest");
        requests.put(batch(to(""), event("x")), "BadRequest");
        requests.put(batch(to("$ce-order"), event("x")), "BadRequest");
        requests.put(batch(order, event("x").toBuilder().clearMetadata().build()), "BadRequest");
        requests.put(batch(order, event("x").toBuilder().clearId().build()), "BadRequest");
        requests.put(batch(order, event("x".repeat(2 << 20))), "MaximumAppendSizeExceeded");
        requests.put(
                batch(
                        order,
                        IntStream.range(0, 6)
                                .mapToObj(_ -> event("x".repeat(900_000)))
                                .toArray(Shared.ProposedMessage[]::new)),
                "MaximumAppendSizeExceeded");
        requests.put(
                batch(
                        order.toBuilder()
                                .setDeadline(Duration.getDefaultInstance())
                                .build(),
                        event("x")),
                "Timeout");
        requests.put(
                batch(
                        order.toBuilder()
                                .setDeadlineAt(Timestamp.newBuilder().setSeconds(1))
                                .build(),
                        event("x")),
                "Timeout");
        requests.put(
                batch(
                        order.toBuilder()
                                .setDeadline(Duration.newBuilder()
                                        .setSeconds(Long.MAX_VALUE)
                                        .setNanos(Integer.MAX_VALUE))
                                .build(),
                        event("x")),
                "BadRequest");
        requests.put(batch(order, event("last")), "stored");
        Call call = new Call(Integer.MAX_VALUE);

        requests.keySet().forEach(call::send);
        Map<Shared.UUID, String> told = new LinkedHashMap<>();
        call.end().forEach(answer -> told.put(answer.getCorrelationId(), detail(answer)));

        requests.forEach((request, expected) ->
                assertThat(told.get(request.getCorrelationId())).as(expected).isEqualTo(expected));
        assertThat(data("order-1")).containsExactly("first", "last");
    }

    @Test
    void what_is_too_large_is_told_with_the_limit_that_it_exceeds() throws Exception {
        ByteString metadata = ByteString.copyFrom(new byte[70_000]);
        Shared.ProposedMessage[] together =
                IntStream.range(0, 6).mapToObj(_ -> event("x".repeat(900_000))).toArray(Shared.ProposedMessage[]::new);
        Call call = new Call(Integer.MAX_VALUE);

        call.send(batch(to("order-1"), event("x".repeat(2 << 20))));
        call.send(batch(
                to("order-2"),
                event("x").toBuilder().setCustomMetadata(metadata).build()));
        call.send(batch(to("order-3"), together));

        Map<String, Integer> told = new LinkedHashMap<>();
        for (BatchAppendResp answer : call.end()) {
            told.put(
                    answer.getStreamIdentifier().getStreamName().toStringUtf8(),
                    answer.getError()
                            .getDetails(0)
                            .unpack(Shared.MaximumAppendSizeExceeded.class)
                            .getMaxAppendSize());
        }
        assertThat(told)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("order-1", 1 << 20, "order-2", 64 << 10, "order-3", 4 << 20));
    }

    @Test
    void a_stream_with_a_tombstone_is_told_as_deleted() throws Exception {
        StreamsGrpc.newBlockingStub(channel)
                .tombstone(StreamsWire.DeleteReq.newBuilder()
                        .setOptions(to("order-1"))
                        .build());
        Call call = new Call(Integer.MAX_VALUE);

        call.send(batch(to("order-1"), event("x")));

        assertThat(call.end()).extracting(BatchAppendTest::detail).containsExactly("StreamDeleted");
    }

    @Test
    void a_client_that_reads_no_answers_is_made_to_wait_while_others_are_answered() throws Exception {
        Call deaf = new Call(0);
        for (int number = 0; number < 8_000; number++) {
            deaf.send(batch(to("deaf"), event("x".repeat(100))));
        }

        for (int number = 0; number < 50; number++) {
            Call other = new Call(Integer.MAX_VALUE);
            other.send(batch(to("other"), event("x")));
            assertThat(other.end()).hasSize(1);
        }

        assertThat(data("other")).hasSize(50);
        assertThat(data("deaf").size()).isLessThan(4_000);
        deaf.request(Integer.MAX_VALUE);
        assertThat(deaf.end()).hasSize(8_000);
        assertThat(data("deaf")).hasSize(8_000);
    }

    @Test
    void a_call_that_begins_appends_and_never_ends_them_is_refused() {
        Call call = new Call(Integer.MAX_VALUE);

        for (int number = 0; number < 1_100; number++) {
            call.send(batch(to("order-1"), event("x")).toBuilder()
                    .setIsFinal(false)
                    .build());
        }

        assertThatThrownBy(call::end)
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("RESOURCE_EXHAUSTED: The call has 1001 incomplete appends");
        assertThat(served.store().nextPosition()).isZero();
    }

    @Test
    void appends_of_a_client_that_left_before_their_last_message_are_not_stored() throws Exception {
        Call call = new Call(Integer.MAX_VALUE);
        call.send(batch(to("order-1"), event("x")));
        call.send(batch(to("order-2"), event("x")).toBuilder().setIsFinal(false).build());

        assertThat(call.end()).hasSize(1);

        assertThat(served.store().nextPosition()).isEqualTo(1);
    }

    @Test
    void a_server_that_ends_answers_what_it_took_and_ends_the_call() throws Exception {
        Call call = new Call(Integer.MAX_VALUE);
        call.send(batch(to("order-1"), event("x")));
        assertThat(served.store().awaitPosition(0, java.time.Duration.ofSeconds(30)))
                .isTrue();

        served.end();

        assertThatThrownBy(() -> call.ended.get(30, TimeUnit.SECONDS))
                .hasMessageContaining("UNAVAILABLE: The server ends.");
        assertThat(call.answers).hasSize(1);
    }

    private List<String> data(String stream) {
        return served.store().read(Read.stream(stream)).toList().stream()
                .map(event -> event.data().utf8())
                .toList();
    }

    /// How the append ended: "stored", or the name of the detail of its error.
    private static String detail(BatchAppendResp answer) {
        if (answer.hasSuccess()) {
            return "stored";
        }
        assertThat(answer.getError().getDetailsCount()).isEqualTo(1);
        String url = answer.getError().getDetails(0).getTypeUrl();
        return url.substring(url.lastIndexOf('.') + 1);
    }

    /// One call, with its answers.
    private final class Call implements ClientResponseObserver<BatchAppendReq, BatchAppendResp> {

        private final int asked;
        private final List<BatchAppendResp> answers = new ArrayList<>();
        private final CompletableFuture<List<BatchAppendResp>> ended = new CompletableFuture<>();
        private final ClientCallStreamObserver<BatchAppendReq> requests;

        /// @param asked answers that it takes at first
        Call(int asked) {
            this.asked = asked;
            this.requests = (ClientCallStreamObserver<BatchAppendReq>)
                    StreamsGrpc.newStub(channel).batchAppend(this);
        }

        void send(BatchAppendReq request) {
            requests.onNext(request);
        }

        void request(int more) {
            requests.request(more);
        }

        /// All answers.
        List<BatchAppendResp> end() throws Exception {
            if (!ended.isDone()) {
                requests.onCompleted();
            }
            return ended.get(30, TimeUnit.SECONDS);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<BatchAppendReq> stream) {
            stream.disableAutoRequestWithInitial(asked);
        }

        @Override
        public void onNext(BatchAppendResp answer) {
            answers.add(answer);
        }

        @Override
        public void onError(Throwable failure) {
            ended.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            ended.complete(answers);
        }
    }
}
