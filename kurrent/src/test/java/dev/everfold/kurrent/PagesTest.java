package dev.everfold.kurrent;

import static dev.everfold.kurrent.Stubs.EMPTY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsGrpc;
import dev.everfold.protocol.kurrent.StreamsWire.ReadReq;
import dev.everfold.protocol.kurrent.StreamsWire.ReadResp;
import io.grpc.ManagedChannel;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The messages of a page in their order, which clients hand on to whoever asks for messages instead of events.
@Timeout(30)
class PagesTest {

    private final ServedStore served = ServedStore.of(new InMemoryEventStore());
    private final ManagedChannel channel = Stubs.channel(served);

    @AfterEach
    void end() {
        channel.shutdownNow();
        served.close();
    }

    @Test
    void where_a_truncated_stream_begins_comes_before_its_events_and_where_it_ends_behind() {
        appendFour();

        assertThat(read(options(0, 1))).containsExactly("first 2", "2", "3", "last 3");
        assertThat(read(options(2, 1))).containsExactly("2", "3", "last 3");
        assertThat(read(options(9, 1))).containsExactly("last 3");
        assertThat(read(options(3, 1).toBuilder()
                        .setReadDirection(ReadReq.Options.ReadDirection.Backwards)
                        .build()))
                .containsExactly("3", "2", "last 3");
    }

    @Test
    void clients_that_know_events_only_get_events_only() {
        appendFour();

        assertThat(read(options(0, 0))).containsExactly("2", "3");
    }

    private void appendFour() {
        served.store()
                .append(Append.of(Stream.generate(() -> NewEvent.of("order-1", "changed", "{}"))
                        .limit(4)
                        .toArray(NewEvent[]::new)));
        served.store().append(Append.of(NewEvent.of("$$order-1", "$metadata", "{\"$tb\":2}")));
    }

    private static ReadReq.Options options(long revision, int compatibility) {
        return ReadReq.Options.newBuilder()
                .setStream(Shared.StreamStart.newBuilder()
                        .setStreamIdentifier(Stubs.stream("order-1"))
                        .setRevision(revision))
                .setCount(10)
                .setNoFilter(EMPTY)
                .setUuidOption(Shared.UUIDOption.newBuilder().setString(EMPTY))
                .setControlOption(ReadReq.Options.ControlOption.newBuilder().setCompatibility(compatibility))
                .build();
    }

    private List<String> read(ReadReq.Options options) {
        Iterable<ReadResp> page = () -> StreamsGrpc.newBlockingStub(channel)
                .read(ReadReq.newBuilder().setOptions(options).build());
        return StreamSupport.stream(page.spliterator(), false)
                .map(PagesTest::text)
                .toList();
    }

    private static String text(ReadResp message) {
        return switch (message.getContentCase()) {
            case EVENT -> Long.toString(message.getEvent().getEvent().getStreamRevision());
            case FIRST_STREAM_POSITION -> "first " + message.getFirstStreamPosition();
            case LAST_STREAM_POSITION -> "last " + message.getLastStreamPosition();
            default -> message.getContentCase().toString();
        };
    }
}
