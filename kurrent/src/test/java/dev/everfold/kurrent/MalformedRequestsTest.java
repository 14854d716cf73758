package dev.everfold.kurrent;

import static dev.everfold.kurrent.Stubs.EMPTY;
import static dev.everfold.kurrent.Stubs.event;
import static dev.everfold.kurrent.Stubs.stream;
import static dev.everfold.kurrent.Stubs.to;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.protocol.kurrent.OperationsGrpc;
import dev.everfold.protocol.kurrent.OperationsWire.StopScavengeReq;
import dev.everfold.protocol.kurrent.PersistentSubscriptionsGrpc;
import dev.everfold.protocol.kurrent.PersistentWire;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsGrpc;
import dev.everfold.protocol.kurrent.StreamsWire.AppendReq;
import dev.everfold.protocol.kurrent.StreamsWire.DeleteReq;
import dev.everfold.protocol.kurrent.StreamsWire.ReadReq;
import dev.everfold.protocol.kurrent.v2.StreamsServiceGrpc;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Requests that no client sends: they are refused as such, nothing is stored, and the server goes on.
///
/// System property: `everfold.seed` decides about the random ones.
@Timeout(120)
class MalformedRequestsTest {

    private static final long SEED = Long.getLong("everfold.seed", 23);
    private static final int MESSAGES_OF_METHOD = 150;
    private static final long PATIENCE_MILLIS = 60;

    /// What gRPC logs when a service throws instead of refusing.
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    private final ThrownByServices thrown = new ThrownByServices();
    private ServedStore served;
    private ManagedChannel channel;

    @BeforeEach
    void serve() {
        GRPC.addHandler(thrown);
        served = ServedStore.of(new InMemoryEventStore());
        channel = Stubs.channel(served);
    }

    @AfterEach
    void end() {
        channel.shutdownNow();
        served.close();
        GRPC.removeHandler(thrown);
        assertThat(thrown.failures).isEmpty();
    }

    private static final class ThrownByServices extends Handler {

        private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

        @Override
        public void publish(LogRecord logged) {
            if (logged.getLevel().equals(Level.SEVERE) && logged.getThrown() != null) {
                failures.add(logged.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    void a_malformed_read_is_refused() throws Exception {
        ReadReq.Options good = ReadReq.Options.newBuilder()
                .setStream(Shared.StreamStart.newBuilder()
                        .setStreamIdentifier(stream("order-1"))
                        .setStart(EMPTY))
                .setCount(1)
                .setUuidOption(Shared.UUIDOption.newBuilder().setString(EMPTY))
                .build();
        Shared.FilterOptions byStream = Shared.FilterOptions.newBuilder()
                .setStreamIdentifier(
                        Shared.FilterOptions.Expression.newBuilder().setRegex("("))
                .build();
        ReadReq.Options all = good.toBuilder()
                .setAll(Shared.AllStart.newBuilder().setStart(EMPTY))
                .build();

        for (ReadReq.Options wrong : List.of(
                ReadReq.Options.getDefaultInstance(),
                good.toBuilder().clearUuidOption().build(),
                good.toBuilder().clearCountOption().build(),
                good.toBuilder().clearStreamOption().build(),
                good.toBuilder().setReadDirectionValue(7).build(),
                good.toBuilder().setFilter(byStream).build(),
                good.toBuilder()
                        .setStream(Shared.StreamStart.getDefaultInstance())
                        .build(),
                good.toBuilder()
                        .setStream(named(ByteString.copyFrom(new byte[] {(byte) 0xff})))
                        .build(),
                good.toBuilder()
                        .setStream(named(ByteString.copyFromUtf8("a\0b")))
                        .build(),
                good.toBuilder()
                        .setStream(named(ByteString.copyFromUtf8("x".repeat(2_000))))
                        .build(),
                all.toBuilder().setFilter(byStream).build(),
                all.toBuilder()
                        .setFilter(Shared.FilterOptions.getDefaultInstance())
                        .build(),
                all.toBuilder()
                        .setFilter(Shared.FilterOptions.newBuilder()
                                .setEventType(Shared.FilterOptions.Expression.newBuilder()
                                        .setRegex("a".repeat(257))))
                        .build(),
                all.toBuilder()
                        .setSubscription(ReadReq.Options.SubscriptionOptions.getDefaultInstance())
                        .setReadDirection(ReadReq.Options.ReadDirection.Backwards)
                        .build())) {
            assertRefused(
                    StreamsGrpc.getReadMethod(),
                    ReadReq.newBuilder().setOptions(wrong).build());
        }
    }

    @Test
    void a_malformed_append_or_deletion_is_refused() throws Exception {
        AppendReq begin = AppendReq.newBuilder().setOptions(to("order-1")).build();
        AppendReq good = AppendReq.newBuilder().setProposedMessage(event("x")).build();

        assertRefused(StreamsGrpc.getAppendMethod());
        assertRefused(StreamsGrpc.getAppendMethod(), AppendReq.getDefaultInstance());
        assertRefused(StreamsGrpc.getAppendMethod(), good);
        assertRefused(StreamsGrpc.getAppendMethod(), begin, begin);
        assertRefused(StreamsGrpc.getAppendMethod(), begin, good, AppendReq.getDefaultInstance());
        for (Shared.ExpectedStream options : List.of(
                Shared.ExpectedStream.getDefaultInstance(),
                to(""),
                to("$$"),
                to("$all"),
                to("a\0b"),
                to("order-1").toBuilder().clearAny().build(),
                to("order-1").toBuilder().setRevision(-7).build())) {
            assertRefused(
                    StreamsGrpc.getAppendMethod(),
                    AppendReq.newBuilder().setOptions(options).build(),
                    good);
            DeleteReq deletion = DeleteReq.newBuilder().setOptions(options).build();
            assertRefused(StreamsGrpc.getDeleteMethod(), deletion);
            assertRefused(StreamsGrpc.getTombstoneMethod(), deletion);
        }
        for (Shared.ProposedMessage wrong : List.of(
                Shared.ProposedMessage.getDefaultInstance(),
                event("x").toBuilder().clearMetadata().build(),
                event("x").toBuilder().clearId().build(),
                event("x").toBuilder()
                        .setId(Shared.UUID.newBuilder().setString("no id"))
                        .build(),
                event("x").toBuilder().putMetadata("type", "").build(),
                event("x").toBuilder().putMetadata("type", "a\0").build(),
                event("x").toBuilder().putMetadata("type", "x".repeat(2_000)).build(),
                event("x".repeat(2 << 20)))) {
            assertRefused(
                    StreamsGrpc.getAppendMethod(),
                    begin,
                    good,
                    AppendReq.newBuilder().setProposedMessage(wrong).build());
        }
    }

    @Test
    void malformed_records_are_refused() throws Exception {
        StreamsV2Wire.AppendRecord good = StreamsV2Wire.AppendRecord.newBuilder()
                .setStream("order-1")
                .setSchema(StreamsV2Wire.SchemaInfo.newBuilder()
                        .setFormat(StreamsV2Wire.SchemaFormat.SCHEMA_FORMAT_JSON)
                        .setName("OrderChanged"))
                .build();
        StreamsV2Wire.ConsistencyCheck check = StreamsV2Wire.ConsistencyCheck.newBuilder()
                .setStreamState(StreamsV2Wire.ConsistencyCheck.StreamStateCheck.newBuilder()
                        .setStream("order-1")
                        .setExpectedState(-1))
                .build();
        List<StreamsV2Wire.AppendRecord> wrong = List.of(
                StreamsV2Wire.AppendRecord.getDefaultInstance(),
                good.toBuilder().clearStream().build(),
                good.toBuilder().clearSchema().build(),
                good.toBuilder().setRecordId("no id").build(),
                good.toBuilder()
                        .setSchema(good.getSchema().toBuilder().setName("a b"))
                        .build(),
                good.toBuilder()
                        .setSchema(good.getSchema().toBuilder().setFormatValue(77))
                        .build());

        assertRefused(
                StreamsServiceGrpc.getAppendRecordsMethod(), StreamsV2Wire.AppendRecordsRequest.getDefaultInstance());
        for (StreamsV2Wire.AppendRecord record : wrong) {
            assertRefused(
                    StreamsServiceGrpc.getAppendRecordsMethod(),
                    StreamsV2Wire.AppendRecordsRequest.newBuilder()
                            .addRecords(good)
                            .addRecords(record)
                            .build());
            assertRefused(
                    StreamsServiceGrpc.getAppendSessionMethod(),
                    StreamsV2Wire.AppendRequest.newBuilder()
                            .setStream(record.hasStream() ? "order-1" : "")
                            .addRecords(record)
                            .build());
        }
        for (StreamsV2Wire.ConsistencyCheck contradiction : List.of(
                StreamsV2Wire.ConsistencyCheck.getDefaultInstance(),
                check.toBuilder()
                        .setStreamState(check.getStreamState().toBuilder().setExpectedState(-3))
                        .build(),
                check.toBuilder()
                        .setStreamState(check.getStreamState().toBuilder().setExpectedState(4))
                        .build())) {
            assertRefused(
                    StreamsServiceGrpc.getAppendRecordsMethod(),
                    StreamsV2Wire.AppendRecordsRequest.newBuilder()
                            .addRecords(good)
                            .addChecks(check)
                            .addChecks(contradiction)
                            .build());
        }
    }

    @Test
    void an_id_that_is_no_uuid_is_refused_with_what_was_expected() throws Exception {
        AppendReq begin = AppendReq.newBuilder().setOptions(to("order-1")).build();
        for (String id : List.of("no id", "1-1-1-1-1", "123456789-1-1-1-1", "x".repeat(60))) {
            Shared.ProposedMessage event = event("x").toBuilder()
                    .setId(Shared.UUID.newBuilder().setString(id))
                    .build();
            AppendReq proposed =
                    AppendReq.newBuilder().setProposedMessage(event).build();

            Status status = call(StreamsGrpc.getAppendMethod(), List.of(begin, proposed), 30_000)
                    .get();

            assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(status.getDescription())
                    .isEqualTo("The id \"" + id + "\" is not a UUID; expected 8-4-4-4-12 hexadecimal digits.");
        }
        assertThat(served.store().nextPosition()).isZero();
    }

    /// Trailers have some 8 KiB, and one character of these takes nine bytes there.
    @Test
    void a_refusal_that_repeats_a_long_name_reaches_the_client() throws Exception {
        String name = "€".repeat(3_000);
        StopScavengeReq stop = StopScavengeReq.newBuilder()
                .setOptions(StopScavengeReq.Options.newBuilder().setScavengeId(name))
                .build();
        PersistentWire.DeleteReq delete = PersistentWire.DeleteReq.newBuilder()
                .setOptions(PersistentWire.DeleteReq.Options.newBuilder()
                        .setStreamIdentifier(stream("order-1"))
                        .setGroupName(name))
                .build();

        Status noScavenge = call(OperationsGrpc.getStopScavengeMethod(), List.of(stop), 30_000)
                .get();
        Status noGroup = call(PersistentSubscriptionsGrpc.getDeleteMethod(), List.of(delete), 30_000)
                .get();

        assertThat(noScavenge.getCode()).as(noScavenge.toString()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(noScavenge.getDescription()).startsWith("No scavenge \"€€€").endsWith("€ …");
        assertThat(noGroup.getCode()).as(noGroup.toString()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void whatever_comes_no_method_fails_for_a_reason_of_its_own() throws Exception {
        Random random = new Random(SEED);
        RandomMessages messages = new RandomMessages(random);
        List<MethodDescriptor<Message, Message>> methods = served.services().stream()
                .flatMap(service -> service.bindService().getMethods().stream())
                .map(MalformedRequestsTest::descriptor)
                .toList();

        for (MethodDescriptor<Message, Message> method : methods) {
            PrototypeMarshaller<Message> requests = (PrototypeMarshaller<Message>) method.getRequestMarshaller();
            List<CompletableFuture<Status>> answers = new ArrayList<>();
            for (int count = 0; count < MESSAGES_OF_METHOD; count++) {
                boolean isOne = method.getType().clientSendsOneMessage();
                List<Message> some = Stream.generate(() -> messages.like(requests.getMessagePrototype()))
                        .limit(isOne ? 1 : random.nextInt(1, 4))
                        .toList();
                answers.add(call(method, some, PATIENCE_MILLIS));
            }
            for (CompletableFuture<Status> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS).getCode())
                        .as("%s, seed %d: %s", method.getFullMethodName(), SEED, answer.get())
                        .isNotIn(Status.Code.INTERNAL, Status.Code.UNKNOWN);
            }
        }
        DeleteReq deletion = DeleteReq.newBuilder().setOptions(to("afterwards")).build();
        assertThat(call(StreamsGrpc.getTombstoneMethod(), List.of(deletion), 30_000)
                        .get()
                        .getCode())
                .isEqualTo(Status.Code.OK);
    }

    /// A group that cannot be made or changed is told of by INTERNAL with this word, as clients expect it.
    private static boolean isOfTheProtocol(Status status, Metadata trailers) {
        String word = trailers.get(Metadata.Key.of("exception", Metadata.ASCII_STRING_MARSHALLER));
        return status.getCode() == Status.Code.INTERNAL && "persistent-subscription-failed".equals(word);
    }

    @SuppressWarnings("unchecked") // every message is one
    private static MethodDescriptor<Message, Message> descriptor(ServerMethodDefinition<?, ?> method) {
        return (MethodDescriptor<Message, Message>) (MethodDescriptor<?, ?>) method.getMethodDescriptor();
    }

    private static Shared.StreamStart named(ByteString name) {
        return Shared.StreamStart.newBuilder()
                .setStreamIdentifier(Shared.StreamIdentifier.newBuilder().setStreamName(name))
                .setStart(EMPTY)
                .build();
    }

    @SafeVarargs
    private <Q, A> void assertRefused(MethodDescriptor<Q, A> method, Q... requests) throws Exception {
        List<Q> sent = new ArrayList<>();
        for (Q request : requests) {
            sent.add(request);
        }

        Status status = call(method, sent, 30_000).get();

        assertThat(status.getCode())
                .as("%s %s: %s", method.getFullMethodName(), sent, status)
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(served.store().nextPosition()).isZero();
    }

    /// How a call ends that sends these and no more.
    private <Q, A> CompletableFuture<Status> call(
            MethodDescriptor<Q, A> method, List<Q> requests, long deadlineMillis) {
        CompletableFuture<Status> ended = new CompletableFuture<>();
        ClientCall<Q, A> call =
                channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(deadlineMillis, TimeUnit.MILLISECONDS));
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        ended.complete(isOfTheProtocol(status, trailers) ? Status.INVALID_ARGUMENT : status);
                    }
                },
                new Metadata());
        call.request(Integer.MAX_VALUE);
        requests.forEach(call::sendMessage);
        call.halfClose();
        return ended;
    }
}
