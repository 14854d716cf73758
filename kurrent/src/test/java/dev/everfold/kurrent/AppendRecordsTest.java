package dev.everfold.kurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import com.google.rpc.Status;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.protocol.kurrent.StreamsGrpc;
import dev.everfold.protocol.kurrent.StreamsWire;
import dev.everfold.protocol.kurrent.v2.ErrorsV2Wire.AppendConsistencyViolationErrorDetails;
import dev.everfold.protocol.kurrent.v2.ErrorsV2Wire.AppendTransactionSizeExceededErrorDetails;
import dev.everfold.protocol.kurrent.v2.ErrorsV2Wire.StreamRevisionConflictErrorDetails;
import dev.everfold.protocol.kurrent.v2.StreamsServiceGrpc;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire.AppendRecord;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire.AppendRecordsRequest;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire.AppendRecordsResponse;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire.AppendRequest;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire.AppendSessionResponse;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire.ConsistencyCheck;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire.SchemaFormat;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire.SchemaInfo;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire.StreamRevision;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Appends of records with checks of streams in every state, whether they are written or only checked.
@Timeout(60)
class AppendRecordsTest {

    private ServedStore served;
    private ManagedChannel channel;
    private StreamsServiceGrpc.StreamsServiceBlockingStub stub;

    @BeforeEach
    void serve() {
        served = ServedStore.of(new InMemoryEventStore());
        channel = Stubs.channel(served);
        stub = StreamsServiceGrpc.newBlockingStub(channel);
    }

    @AfterEach
    void end() {
        channel.shutdownNow();
        served.close();
    }

    @ParameterizedTest(name = "a stream that is {0}, expected {1}: written {2}, only checked {3}")
    @CsvSource({
        "missing,    -2, stored, stored",
        "missing,    -1, stored, stored",
        "missing,    -4, -1,     -1",
        "missing,     9, -1,     -1",
        "living,     -2, stored, stored",
        "living,     -1, 2,      2",
        "living,     -4, stored, stored",
        "living,      2, stored, stored",
        "living,      9, 2,      2",
        "living,     -5, 2,      2",
        "deleted,    -2, stored, stored",
        "deleted,    -1, stored, stored",
        "deleted,    -4, -5,     -5",
        "deleted,     9, -5,     -5",
        "deleted,    -5, stored, stored",
        "tombstoned, -2, -6,     stored",
        "tombstoned, -1, -6,     stored",
        "tombstoned, -4, -6,     -6",
        "tombstoned,  9, -6,     -6",
        "tombstoned, -6, -6,     stored",
    })
    void a_check_holds_or_its_violation_tells_the_state(String state, long expected, String written, String checked)
            throws Exception {
        for (String target : new String[] {"subject", "other"}) {
            String subject = target.equals("subject") ? "written" : "checked";
            bring(subject, state);
            long before = served.store().nextPosition();

            AppendRecordsRequest request = AppendRecordsRequest.newBuilder()
                    .addRecords(record(target.equals("subject") ? subject : target))
                    .addChecks(check(subject, expected))
                    .build();

            String wanted = target.equals("subject") ? written : checked;
            assertThat(outcome(request)).as(subject).isEqualTo(wanted);
            assertThat(served.store().nextPosition() > before).isEqualTo(wanted.equals("stored"));
        }
    }

    @Test
    void a_session_that_expects_a_deleted_stream_to_exist_is_told_the_last_revision() throws Exception {
        bring("order-1", "deleted");
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        StreamObserver<AppendRequest> session = StreamsServiceGrpc.newStub(channel)
                .appendSession(new StreamObserver<>() {
                    @Override
                    public void onNext(AppendSessionResponse stored) {
                        refused.completeExceptionally(new AssertionError(stored));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        refused.complete(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });

        session.onNext(AppendRequest.newBuilder()
                .setStream("order-1")
                .setExpectedRevision(-4)
                .addRecords(record("order-1"))
                .build());
        session.onCompleted();

        Status status = StatusProto.fromThrowable(refused.get());
        assertThat(status.getDetails(1).unpack(StreamRevisionConflictErrorDetails.class))
                .isEqualTo(StreamRevisionConflictErrorDetails.newBuilder()
                        .setStream("order-1")
                        .setExpectedRevision(-4)
                        .setActualRevision(2)
                        .build());
    }

    @Test
    void every_check_that_does_not_hold_is_told_by_its_index() throws Exception {
        bring("deleted", "deleted");
        bring("tombstoned", "tombstoned");

        AppendRecordsRequest request = AppendRecordsRequest.newBuilder()
                .addRecords(record("order-1"))
                .addChecks(check("deleted", -4))
                .addChecks(check("missing", -1))
                .addChecks(check("tombstoned", -4))
                .addChecks(check("missing-too", 3))
                .build();

        assertThat(violations(request).getViolationsList())
                .extracting(violation -> violation.getCheckIndex() + " "
                        + violation.getStreamState().getActualState())
                .containsExactly("0 -5", "2 -6", "3 -1");
    }

    @Test
    void a_stream_with_a_tombstone_that_was_not_checked_is_told_behind_the_checks() throws Exception {
        bring("order-1", "tombstoned");

        AppendRecordsRequest request = AppendRecordsRequest.newBuilder()
                .addRecords(record("order-1"))
                .addChecks(check("missing", -1))
                .build();

        assertThat(violations(request).getViolationsList())
                .extracting(violation -> violation.getCheckIndex() + " "
                        + violation.getStreamState().getExpectedState() + " "
                        + violation.getStreamState().getActualState())
                .containsExactly("1 -2 -6");
    }

    @Test
    void an_append_that_is_too_large_says_how_large_it_is() throws Exception {
        ByteString data = ByteString.copyFrom(new byte[900_000]);
        AppendRecordsRequest.Builder request = AppendRecordsRequest.newBuilder();
        for (int i = 0; i < 6; i++) {
            request.addRecords(record("order-1").toBuilder().setData(data));
        }

        Status status = StatusProto.fromThrowable(catchThrowable(() -> stub.appendRecords(request.build())));

        AppendTransactionSizeExceededErrorDetails details =
                status.getDetails(1).unpack(AppendTransactionSizeExceededErrorDetails.class);
        assertThat(details.getMaxSize()).isEqualTo(4 << 20);
        assertThat(details.getSize()).isBetween(4_500_000, 4_501_000);
    }

    @Test
    void an_append_of_too_many_records_tells_clients_what_they_look_for_in_its_trailers() {
        AppendRecordsRequest request = AppendRecordsRequest.newBuilder()
                .addAllRecords(Collections.nCopies(10_001, record("order-1")))
                .build();

        StatusRuntimeException refused =
                catchThrowableOfType(StatusRuntimeException.class, () -> stub.appendRecords(request));

        assertThat(refused)
                .hasMessage("INVALID_ARGUMENT: Append has 10001 events; the limit is 10000 (Limits.appendEventsMax)."
                        + " Append in several steps.");
        assertThat(GroupFixture.trailer(refused, "exception")).isEqualTo("maximum-append-size-exceeded");
        // A client for Node.js that does not find it ends its process.
        assertThat(GroupFixture.trailer(refused, "maximum-append-size")).isEqualTo(Integer.toString(4 << 20));
    }

    @Test
    void last_revisions_are_told_in_the_order_in_which_streams_were_named_first() {
        List<String> streams = List.of("order-7", "order-3", "order-9", "order-1", "order-8", "order-2");
        AppendRecordsRequest.Builder request = AppendRecordsRequest.newBuilder();
        streams.forEach(stream -> request.addRecords(record(stream)));
        streams.reversed().forEach(stream -> request.addRecords(record(stream)));

        AppendRecordsResponse first = stub.appendRecords(request.build());

        assertThat(first.getRevisionsList())
                .extracting(StreamRevision::getStream)
                .containsExactlyElementsOf(streams);
        assertThat(first.getRevisionsList())
                .extracting(StreamRevision::getRevision)
                .containsOnly(1L);
    }

    @Test
    void properties_and_schema_are_the_metadata_that_other_clients_read() {
        var _ = stub.appendRecords(AppendRecordsRequest.newBuilder()
                .addRecords(record("order-1").toBuilder()
                        .putProperties(
                                "by", Value.newBuilder().setStringValue("ada").build()))
                .build());

        assertThat(served.store().read(Read.stream("order-1")).toList())
                .extracting(event -> event.metadata().utf8())
                .containsExactly("{\"by\":\"ada\",\"$schema.format\":\"Json\",\"$schema.name\":\"OrderChanged\"}");
    }

    private void bring(String stream, String state) {
        StreamsGrpc.StreamsBlockingStub streams = StreamsGrpc.newBlockingStub(channel);
        if (!state.equals("missing")) {
            var _ = stub.appendRecords(AppendRecordsRequest.newBuilder()
                    .addRecords(record(stream))
                    .addRecords(record(stream))
                    .addRecords(record(stream))
                    .build());
        }
        StreamsWire.DeleteReq end =
                StreamsWire.DeleteReq.newBuilder().setOptions(Stubs.to(stream)).build();
        if (state.equals("deleted")) {
            var _ = streams.delete(end);
        } else if (state.equals("tombstoned")) {
            var _ = streams.tombstone(end);
        }
    }

    /// "stored", or the actual state that the only violation tells.
    private String outcome(AppendRecordsRequest request) throws InvalidProtocolBufferException {
        try {
            var _ = stub.appendRecords(request);
            return "stored";
        } catch (StatusRuntimeException refused) {
            AppendConsistencyViolationErrorDetails details = violations(refused);
            assertThat(details.getViolationsCount()).isEqualTo(1);
            return Long.toString(details.getViolations(0).getStreamState().getActualState());
        }
    }

    private AppendConsistencyViolationErrorDetails violations(AppendRecordsRequest request)
            throws InvalidProtocolBufferException {
        try {
            throw new AssertionError("stored: " + stub.appendRecords(request));
        } catch (StatusRuntimeException refused) {
            return violations(refused);
        }
    }

    private static AppendConsistencyViolationErrorDetails violations(StatusRuntimeException refused)
            throws InvalidProtocolBufferException {
        Status status = StatusProto.fromThrowable(refused);
        assertThat(status.getDetailsCount()).as(status.getMessage()).isEqualTo(2);
        return status.getDetails(1).unpack(AppendConsistencyViolationErrorDetails.class);
    }

    private static AppendRecord record(String stream) {
        return AppendRecord.newBuilder()
                .setStream(stream)
                .setSchema(SchemaInfo.newBuilder()
                        .setFormat(SchemaFormat.SCHEMA_FORMAT_JSON)
                        .setName("OrderChanged"))
                .setData(ByteString.copyFromUtf8("{}"))
                .build();
    }

    private static ConsistencyCheck check(String stream, long expected) {
        return ConsistencyCheck.newBuilder()
                .setStreamState(ConsistencyCheck.StreamStateCheck.newBuilder()
                        .setStream(stream)
                        .setExpectedState(expected))
                .build();
    }
}
