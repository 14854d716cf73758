package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.testkit.ForwardingEventStore;
import dev.everfold.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecordedTimesTest {

    private static final Instant BEGIN = Instant.parse("2026-03-01T09:30:00Z");

    private final MutableClock clock = MutableClock.at(BEGIN);
    private final EventStore store = new InMemoryEventStore(clock, Limits.DEFAULTS, UUID.randomUUID());

    @BeforeEach
    void append() {
        for (String type : new String[] {"Hidden", "Seen", "Seen", "Hidden", "Seen", "Hidden", "Hidden"}) {
            store.append(Append.of(NewEvent.of("order-17", type, "{}")));
            clock.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void a_place_is_found_by_its_time() {
        RecordedTimes times = new RecordedTimes(store);

        for (int second = 0; second <= 7; second++) {
            Instant time = BEGIN.plusSeconds(second);
            assertThat(times.firstAtOrAfter(time)).isEqualTo(second);
            assertThat(times.firstAfter(time, 7)).isEqualTo(Math.min(second + 1, 7));
        }
    }

    @Test
    void events_that_are_not_seen_do_not_stand_in_the_way() {
        RecordedTimes times = new RecordedTimes(new WithHiddenEvents(store));

        for (int second = 0; second <= 7; second++) {
            Instant time = BEGIN.plusSeconds(second);
            assertThat(seenBefore(times.firstAtOrAfter(time))).isEqualTo(seenBefore(second));
            assertThat(seenBefore(times.firstAfter(time, 7))).isEqualTo(seenBefore(second + 1));
        }
    }

    private long seenBefore(long position) {
        return new WithHiddenEvents(store)
                .read(Read.all().toPosition(position))
                .toList()
                .size();
    }

    /// A store as one sees it who may not see everything.
    private static final class WithHiddenEvents extends ForwardingEventStore {

        WithHiddenEvents(EventStore store) {
            super(store);
        }

        @Override
        public EventCursor read(Read read) {
            if (!(read.source() instanceof Read.Source.Matching place)) {
                throw new AssertionError(read);
            }
            Read seen = Read.matching(Query.types("Seen"))
                    .fromPosition(place.fromPosition())
                    .toPosition(place.toPosition());
            return super.read(seen.limit(read.limit()));
        }
    }
}
