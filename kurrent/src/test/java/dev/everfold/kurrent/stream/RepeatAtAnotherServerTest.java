package dev.everfold.kurrent.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.kurrent.stream.AppendOutcome.Refused;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An append whose answer was lost is repeated at another server of the same store, which does not
/// know yet what the append changed.
@Timeout(30)
class RepeatAtAnotherServerTest {

    private final EventStore store = new InMemoryEventStore();
    private final Streams first = Streams.over(store, task -> Thread.ofVirtual().start(task), Clock.systemUTC());
    private final Streams second =
            Streams.over(store, task -> Thread.ofVirtual().start(task), Clock.systemUTC());

    @AfterEach
    void close() {
        first.close();
        second.close();
        store.close();
    }

    @Test
    void the_append_that_begins_a_deleted_stream_anew_is_answered_as_the_first_time() {
        append(first, "order-1", ExpectedState.NO_STREAM, event("order-1", "placed"));
        first.appends().delete("order-1", ExpectedState.ANY);
        assertThat(append(second, "order-1", ExpectedState.EXISTS, event("order-1", "paid")))
                .isInstanceOf(Refused.class);
        NewEvent anew = event("order-1", "placed");

        AppendOutcome answer = append(first, "order-1", ExpectedState.NO_STREAM, anew);
        AppendOutcome repeated = append(second, "order-1", ExpectedState.NO_STREAM, anew);

        assertThat(repeated).isEqualTo(answer);
        assertThat(store.nextPosition()).isEqualTo(4);
    }

    @Test
    void metadata_that_brings_a_deleted_stream_back_is_answered_as_the_first_time() {
        append(first, "order-1", ExpectedState.NO_STREAM, event("order-1", "placed"));
        first.appends().delete("order-1", ExpectedState.ANY);
        assertThat(append(second, "order-1", ExpectedState.EXISTS, event("order-1", "paid")))
                .isInstanceOf(Refused.class);
        NewEvent metadata = NewEvent.of("$$order-1", StreamNames.METADATA_TYPE, "{\"$maxCount\":5}");

        AppendOutcome answer = append(first, "$$order-1", ExpectedState.ANY, metadata);
        AppendOutcome repeated = append(second, "$$order-1", ExpectedState.ANY, metadata);

        assertThat(repeated).isEqualTo(answer);
        assertThat(store.nextPosition()).isEqualTo(4);
    }

    private static AppendOutcome append(Streams streams, String stream, ExpectedState expected, NewEvent event) {
        return streams.appends()
                .append(AppendRequest.to(stream, expected, List.of(event)))
                .join();
    }

    private static NewEvent event(String stream, String type) {
        return NewEvent.of(stream, type, "{}");
    }
}
