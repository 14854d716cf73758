package dev.everfold.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.protocol.v1.EventStoreGrpc;
import dev.everfold.protocol.v1.Wire;
import dev.everfold.testkit.ForwardingEventStore;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a client of another language meets, who has only the protocol's file.
@Timeout(30)
class ServiceTest {

    private static final Wire.Uuid ID =
            Wire.Uuid.newBuilder().setHigh(1).setLow(2).build();
    private static final Wire.NewEvent PLACED = Wire.NewEvent.newBuilder()
            .setStream("order-17")
            .setId(ID)
            .setType("order.placed")
            .build();

    private ServedStore served;
    private ManagedChannel channel;
    private EventStoreGrpc.EventStoreBlockingStub client;

    @BeforeEach
    void connect() {
        served = ServedStore.of(new InMemoryEventStore());
        channel = NettyChannelBuilder.forAddress("localhost", served.server().port())
                .usePlaintext()
                .build();
        client = EventStoreGrpc.newBlockingStub(channel);
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
        served.close();
    }

    @Test
    void one_append_is_answered_and_its_event_read_as_a_message() {
        Wire.AppendAnswer answer = client.append(
                Wire.Append.newBuilder().setId(ID).addEvents(PLACED).build());
        List<Wire.ReadResponse> read = read(everything());

        assertThat(answer.getAppended())
                .isEqualTo(Wire.Appended.newBuilder()
                        .setFromPosition(0)
                        .addRevisions(0)
                        .build());
        assertThat(read).hasSize(1);
        assertThat(read.getFirst().getEnd()).isEqualTo(1);
        assertThat(read.getFirst().getExhausted()).isTrue();
        Wire.RecordedEvent event = read.getFirst().getEvents(0);
        assertThat(event.getType()).isEqualTo("order.placed");
        assertThat(event.getContentType()).isEqualTo("application/json");
        assertThat(event.getId()).isEqualTo(ID);
        assertThat(event.hasOccurredMicros()).isFalse();
    }

    @Test
    void a_long_read_comes_in_several_messages_without_being_asked_for_pages() {
        for (int i = 0; i < 40; i++) {
            served.store().append(Append.of(NewEvent.of("order-17", "step", "\"" + "x".repeat(20_000) + "\"")));
        }

        List<Wire.ReadResponse> events = read(everything());
        List<Wire.ReadResponse> records =
                read(everything().toBuilder().setForm(Wire.Form.FORM_RECORDS).build());

        assertThat(events).hasSizeBetween(3, 5);
        assertThat(events.stream().mapToInt(Wire.ReadResponse::getEventsCount).sum())
                .isEqualTo(40);
        assertThat(records).hasSameSizeAs(events);
        assertThat(events.getLast().getExhausted()).isTrue();
        assertThat(events.getFirst().getExhausted()).isFalse();
    }

    @Test
    void a_refused_append_says_why_in_words_and_in_fields() {
        served.store().append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));

        Wire.Refusal refusal = client.append(Wire.Append.newBuilder()
                        .setId(ID)
                        .addConditions(Wire.Condition.newBuilder()
                                .setStreamAt(Wire.StreamAt.newBuilder()
                                        .setStream("order-17")
                                        .setNoStream(true)))
                        .build())
                .getRefusal();

        assertThat(refusal.getMessage())
                .isEqualTo("Append to stream \"order-17\" refused: expected no stream, found 0. "
                        + "Read the stream again and repeat the command.");
        assertThat(refusal.getStored()).isEqualTo(Wire.Stored.STORED_NO);
        assertThat(refusal.getConflict().getFailures(0).getStreamMoved().getLastRevision())
                .isZero();
    }

    @Test
    void a_request_that_is_not_valid_is_refused_with_what_is_missing() {
        assertThat(invalid(Wire.Append.newBuilder().addEvents(PLACED)))
                .isEqualTo("The append has no id; expected a UUID. A repeat with the same id is harmless.");
        assertThat(invalid(Wire.Append.newBuilder()
                        .setId(ID)
                        .addEvents(PLACED.toBuilder().clearId())))
                .isEqualTo("An event of type \"order.placed\" has no id; expected a UUID, which a repeat is"
                        + " recognised by.");
        assertThat(invalid(Wire.Append.newBuilder()
                        .setId(ID)
                        .addEvents(PLACED.toBuilder().clearStream())))
                .isEqualTo("The stream is empty; expected at least one character.");
        assertThat(invalid(Wire.Append.newBuilder().setId(ID)))
                .isEqualTo("The append is empty; expected at least one event, condition or tracking.");
        assertThat(invalid(Wire.Append.newBuilder().setId(ID).addConditions(Wire.Condition.getDefaultInstance())))
                .isEqualTo("A condition of the append says nothing; expected stream_at or nothing_matching.");
        assertThat(invalid(Wire.Append.newBuilder()
                        .setId(ID)
                        .addConditions(Wire.Condition.newBuilder()
                                .setStreamAt(Wire.StreamAt.newBuilder().setStream("order-17")))))
                .isEqualTo("The condition on stream \"order-17\" expects nothing; expected no_stream, revision,"
                        + " exists or any.");
        assertThat(served.store().nextPosition()).isZero();
    }

    @Test
    void a_message_that_cannot_be_read_is_the_clients_mistake_and_is_not_logged() {
        Logger library = Logger.getLogger("io.grpc.internal.SerializingExecutor");
        List<String> logged = new CopyOnWriteArrayList<>();
        library.setFilter(one -> !logged.add(one.getMessage()));
        try {
            Status malformed = status(new byte[] {-1, -1, -1}, CallOptions.DEFAULT);
            Wire.Append large = Wire.Append.newBuilder()
                    .addEvents(PLACED.toBuilder().setStream("x".repeat(20 << 20)))
                    .build();
            Status tooLong = status(large.toByteArray(), CallOptions.DEFAULT.withCompression("gzip"));

            assertThat(malformed.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(malformed.getDescription())
                    .isEqualTo("The message is none that everfold.v1.EventStore/Append takes, and nothing of it was"
                            + " done; expected one as the protocol's file has it.");
            assertThat(tooLong.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(logged).isEmpty();
        } finally {
            library.setFilter(null);
        }
    }

    /// Of an append whose message is these bytes.
    private Status status(byte[] message, CallOptions options) {
        MethodDescriptor<Wire.Append, Wire.AppendAnswer> append = EventStoreGrpc.getAppendMethod();
        MethodDescriptor<byte[], Wire.AppendAnswer> raw =
                append.toBuilder(new RawBytes(), append.getResponseMarshaller()).build();
        return catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> ClientCalls.blockingUnaryCall(channel, raw, options, message))
                .getStatus();
    }

    /// As they are.
    private record RawBytes() implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException();
        }
    }

    /// Trailers have some 8 KiB, and one character of these takes nine bytes there.
    @Test
    void a_refusal_that_repeats_a_long_name_reaches_the_client() {
        Wire.ReadRequest read = Wire.ReadRequest.newBuilder()
                .setMatching(Wire.Matching.newBuilder()
                        .setQuery(Wire.Query.newBuilder()
                                .addItems(Wire.Query.Item.newBuilder().setCategory("€".repeat(900) + "-"))))
                .build();

        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, () -> read(read));

        assertThat(refused.getStatus().getCode()).as(refused.toString()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused.getStatus().getDescription())
                .startsWith("The category \"€€€")
                .endsWith("€…");
    }

    @Test
    void a_read_that_is_not_valid_ends_with_a_status() {
        Status noSource = status(Wire.ReadRequest.getDefaultInstance());
        Status unknownForm = status(everything().toBuilder().setFormValue(7).build());
        Status unknownDirection =
                status(everything().toBuilder().setDirectionValue(7).build());
        Status noLimit = status(everything().toBuilder().setLimit(0).build());

        assertThat(noSource.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(noSource.getDescription()).isEqualTo("The read has no source; expected matching or revisions.");
        assertThat(unknownForm.getDescription())
                .isEqualTo("The read has the form 7, which this server does not know;"
                        + " expected one of the protocol's, version 1.");
        assertThat(unknownDirection.getDescription()).startsWith("The read has the direction 7");
        assertThat(noLimit.getDescription()).isEqualTo("The limit 0 of a read is too low; expected 1 or more.");
    }

    @Test
    void a_read_ahead_of_the_log_ends_with_out_of_range() {
        Wire.ReadRequest.Builder ahead = everything().toBuilder();
        ahead.getMatchingBuilder().setFromPosition(5);

        assertThat(status(ahead.build()).getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
    }

    @Test
    void a_wait_ends_with_the_next_position_when_it_is_there_or_when_the_time_is_out() {
        served.store().append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));

        long there = client.await(Wire.AwaitRequest.newBuilder()
                        .setPosition(0)
                        .setTimeoutMillis(20_000)
                        .build())
                .getNextPosition();
        long outOfTime = client.await(Wire.AwaitRequest.newBuilder()
                        .setPosition(1)
                        .setTimeoutMillis(5)
                        .build())
                .getNextPosition();

        assertThat(there).isEqualTo(1);
        assertThat(outOfTime).isEqualTo(1);
    }

    @Test
    void a_wait_that_its_client_gives_up_does_not_interrupt_what_the_store_does() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        EventStore slow = new ForwardingEventStore(new InMemoryEventStore()) {
            @Override
            public long nextPosition() {
                CountDownLatch givenUp = new CountDownLatch(1);
                Context.current().addListener(_ -> givenUp.countDown(), Runnable::run);
                asked.countDown();
                try {
                    givenUp.await();
                    interrupted.complete(Thread.currentThread().isInterrupted());
                } catch (InterruptedException disturbed) {
                    interrupted.complete(true);
                }
                return super.nextPosition();
            }
        };
        try (ServedStore other = ServedStore.of(slow)) {
            ManagedChannel to = NettyChannelBuilder.forAddress(
                            "localhost", other.server().port())
                    .usePlaintext()
                    .build();
            Context.CancellableContext call = Context.current().withCancellation();
            call.run(() -> EventStoreGrpc.newStub(to)
                    .await(
                            Wire.AwaitRequest.newBuilder()
                                    .setTimeoutMillis(20_000)
                                    .build(),
                            new Nobody()));
            asked.await();

            call.cancel(null);

            assertThat(interrupted.get()).isFalse();
            to.shutdownNow();
        }
    }

    /// Wants to know of nothing.
    private static final class Nobody implements StreamObserver<Wire.AwaitResponse> {
        @Override
        public void onNext(Wire.AwaitResponse response) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }

    @Test
    void a_call_of_one_who_knows_another_history_is_refused() {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("everfold-lineage", Metadata.ASCII_STRING_MARSHALLER), "another");
        var other = client.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));

        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class, () -> other.append(Wire.Append.getDefaultInstance()));

        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refused.getStatus().getDescription()).startsWith("The server holds history ");
    }

    private String invalid(Wire.Append.Builder append) {
        Wire.Refusal refusal = client.append(append.build()).getRefusal();
        assertThat(refusal.hasInvalid()).isTrue();
        assertThat(refusal.getRetryable()).isFalse();
        return refusal.getMessage();
    }

    private Status status(Wire.ReadRequest request) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> read(request))
                .getStatus();
    }

    private List<Wire.ReadResponse> read(Wire.ReadRequest request) {
        List<Wire.ReadResponse> responses = new ArrayList<>();
        client.read(request).forEachRemaining(responses::add);
        return responses;
    }

    private static Wire.ReadRequest everything() {
        return Wire.ReadRequest.newBuilder()
                .setMatching(Wire.Matching.newBuilder()
                        .setQuery(Wire.Query.newBuilder().addItems(Wire.Query.Item.getDefaultInstance())))
                .build();
    }
}
