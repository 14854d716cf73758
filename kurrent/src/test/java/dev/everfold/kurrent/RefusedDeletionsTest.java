package dev.everfold.kurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.protocol.kurrent.Shared.ExpectedStream;
import dev.everfold.protocol.kurrent.StreamsGrpc;
import dev.everfold.protocol.kurrent.StreamsWire.DeleteReq;
import dev.everfold.protocol.kurrent.v2.StreamsServiceGrpc;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire.AppendRecord;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire.AppendRecordsRequest;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire.SchemaFormat;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire.SchemaInfo;
import io.grpc.ManagedChannel;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is said to who deletes a stream that is not as he expects: clients show it as it comes.
@Timeout(30)
class RefusedDeletionsTest {

    private static final ExpectedStream ORDER = Stubs.to("order-1");

    private final ServedStore served = ServedStore.of(new InMemoryEventStore());
    private final ManagedChannel channel = Stubs.channel(served);
    private final StreamsGrpc.StreamsBlockingStub streams = StreamsGrpc.newBlockingStub(channel);

    @AfterEach
    void end() {
        channel.shutdownNow();
        served.close();
    }

    @Test
    void what_was_expected_and_what_was_found_is_said_in_words() {
        ExpectedStream exists = ORDER.toBuilder().setStreamExists(Stubs.EMPTY).build();
        ExpectedStream none = ORDER.toBuilder().setNoStream(Stubs.EMPTY).build();
        ExpectedStream seventh = ORDER.toBuilder().setRevision(7).build();
        assertRefused(ORDER, "one that has events or metadata, found no stream");
        assertRefused(none, "one that has events or metadata, found no stream");
        assertRefused(exists, "one that exists, found no stream");
        assertRefused(seventh, "revision 7, found no stream");

        var _ = served.store().append(Append.of(NewEvent.of("order-1", "OrderPlaced", "{}")));
        assertRefused(none, "no stream, found revision 0");
        assertRefused(seventh, "revision 7, found revision 0");

        var _ = streams.delete(DeleteReq.newBuilder().setOptions(ORDER).build());
        assertRefused(exists, "one that exists, found a deleted one of revision 0");
    }

    @Test
    void an_append_cannot_give_a_tombstone() {
        for (String stream : List.of("$$order-1", "$$$persistentsubscription-order-1::shop-parked")) {
            AppendRecordsRequest tombstone = AppendRecordsRequest.newBuilder()
                    .addRecords(AppendRecord.newBuilder()
                            .setStream(stream)
                            .setSchema(SchemaInfo.newBuilder()
                                    .setFormat(SchemaFormat.SCHEMA_FORMAT_JSON)
                                    .setName("$streamDeleted")))
                    .build();
            assertThatThrownBy(() -> StreamsServiceGrpc.newBlockingStub(channel).appendRecords(tombstone))
                    .hasMessage("INVALID_ARGUMENT: An event of type \"$streamDeleted\" in \"" + stream
                            + "\" would be a tombstone; expected metadata. Call Tombstone to give one.");
        }
        assertThat(served.store().nextPosition()).isZero();
    }

    private void assertRefused(ExpectedStream expected, String words) {
        DeleteReq request = DeleteReq.newBuilder().setOptions(expected).build();
        assertThatThrownBy(() -> streams.delete(request))
                .hasMessage("FAILED_PRECONDITION: The stream \"order-1\" is not where it was expected: expected "
                        + words + ". Read it again and decide again.");
    }
}
