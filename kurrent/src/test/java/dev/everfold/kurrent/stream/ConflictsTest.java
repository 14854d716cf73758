package dev.everfold.kurrent.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.testkit.ForwardingEventStore;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a client is told whose append does not find the stream as it expected.
@Timeout(30)
class ConflictsTest {

    private final InMemoryEventStore store = new InMemoryEventStore();

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void the_revision_is_told_that_refused_the_append_whatever_came_after_it() {
        store.append(Append.of(changed(), changed(), changed()));
        EventStore growing = new ForwardingEventStore(store) {
            @Override
            public Appended append(Append append) {
                try {
                    return super.append(append);
                } catch (AppendConflictException conflict) {
                    delegate.append(Append.of(changed()));
                    throw conflict;
                }
            }
        };

        ExpectedState three = ExpectedState.revision(3);
        assertThat(append(growing, three, List.of(changed())))
                .isEqualTo(new AppendOutcome.Refused(List.of(Violation.found("order-1", three, 2))));
    }

    @Test
    void what_follows_is_read_no_further_than_to_the_first_event_that_is_another() {
        store.append(
                Append.of(Stream.generate(ConflictsTest::changed).limit(500).toArray(NewEvent[]::new)));
        List<NewEvent> events =
                Stream.generate(ConflictsTest::changed).limit(500).toList();
        Counting counting = new Counting(store);

        assertThat(append(counting, ExpectedState.NO_STREAM, events)).isInstanceOf(AppendOutcome.Refused.class);

        assertThat(counting.events).isLessThan(5);
    }

    private static AppendOutcome append(EventStore store, ExpectedState expected, List<NewEvent> events) {
        try (Streams streams = Streams.over(store, task -> Thread.ofVirtual().start(task), Clock.systemUTC())) {
            return streams.appends()
                    .append(AppendRequest.to("order-1", expected, events))
                    .join();
        }
    }

    private static NewEvent changed() {
        return NewEvent.of("order-1", "changed", "{}");
    }
}
