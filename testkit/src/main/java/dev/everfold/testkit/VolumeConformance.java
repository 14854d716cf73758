package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure.QueryMatched;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// More events than fit into one page, block or buffer of an engine.
///
/// The log holds 10,000 events in appends of 500; event `i` is of stream `meter-<i % 1,000>` and of type
/// `measured.<i % 4>`, and carries the tags `house:<i % 100>` and, every 2,500th event, `alarm`.
///
/// Leaves open: volumes that only a benchmark reaches.
public abstract class VolumeConformance extends ConformanceSuite {

    private static final int EVENTS = 10_000;
    private static final int EVENTS_OF_APPEND = 500;

    @BeforeEach
    void fillLog() {
        for (int from = 0; from < EVENTS; from += EVENTS_OF_APPEND) {
            List<NewEvent> events = new ArrayList<>();
            for (int i = from; i < from + EVENTS_OF_APPEND; i++) {
                NewEvent event = event("meter-" + i % 1_000, "measured." + i % 4, "house:" + i % 100);
                events.add(event.withId(idOf(i)));
                if (i % 2_500 == 2_499) {
                    events.set(events.size() - 1, events.getLast().withTags("house:" + i % 100, "alarm"));
                }
            }
            store.append(Append.of(events));
        }
    }

    @Test
    void everything_comes_in_order_in_both_directions() {
        assertThat(positions(Read.all())).isEqualTo(every(1, 0));
        assertThat(positions(Read.all().backwards())).isEqualTo(every(1, 0).reversed());
        assertThat(log())
                .extracting(event -> event.id().getLeastSignificantBits())
                .isEqualTo(every(1, 0));
    }

    @Test
    void streams_types_and_tags_are_found_among_many() {
        assertThat(positions(Read.stream("meter-7"))).isEqualTo(every(1_000, 7));
        assertThat(positions(Read.stream("meter-999").backwards()))
                .isEqualTo(every(1_000, 999).reversed());
        assertThat(positions(Read.matching(Query.types("measured.3")))).isEqualTo(every(4, 3));
        assertThat(positions(Read.matching(Query.tags("house:42")).backwards()))
                .isEqualTo(every(100, 42).reversed());
        assertThat(positions(Read.matching(Query.tags("alarm")))).containsExactly(2_499L, 4_999L, 7_499L, 9_999L);
        assertThat(positions(Read.matching(Query.tags("alarm", "house:99"))
                        .backwards()
                        .limit(2)))
                .containsExactly(9_999L, 7_499L);
        assertThat(positions(Read.matching(Query.category("meter")).fromPosition(9_000)))
                .isEqualTo(every(1, 0).subList(9_000, EVENTS));
    }

    @Test
    void items_of_a_query_are_merged_in_order() {
        Query merged = Query.tags("alarm").or(Query.stream("meter-0")).or(Query.types("measured.0"));

        List<Long> expected = LongStream.range(0, EVENTS)
                .filter(i -> i % 2_500 == 2_499 || i % 1_000 == 0 || i % 4 == 0)
                .boxed()
                .toList();
        assertThat(positions(Read.matching(merged))).isEqualTo(expected);
        assertThat(positions(Read.matching(merged).backwards())).isEqualTo(expected.reversed());
    }

    @Test
    void the_catalogue_names_every_stream_once() {
        assertThat(positions(Read.matching(Query.firstOfStream())))
                .isEqualTo(every(1, 0).subList(0, 1_000));
        assertThat(store.stats().streams()).isEqualTo(1_000);
        assertThat(store.stats().types()).containsEntry("measured.2", 2_500L).hasSize(4);
    }

    @Test
    void an_id_is_found_among_many() {
        List<RecordedEvent> found = read(Read.matching(Query.ids(List.of(idOf(1), idOf(5_000), idOf(9_998)))));

        assertThat(found).extracting(RecordedEvent::position).containsExactly(1L, 5_000L, 9_998L);
    }

    @Test
    void ranges_begin_and_end_anywhere() {
        for (long from : new long[] {0, 1, 499, 500, 501, 4_095, 4_096, 8_191, 9_999}) {
            long to = Math.min(EVENTS, from + 257);
            List<Long> expected = every(1, 0).subList((int) from, (int) to);

            assertThat(positions(Read.all().fromPosition(from).toPosition(to))).isEqualTo(expected);
            assertThat(positions(Read.all().fromPosition(from).toPosition(to).backwards()))
                    .isEqualTo(expected.reversed());
        }
        assertThat(read(Read.stream("meter-3").fromRevision(4).toRevision(7)))
                .extracting(RecordedEvent::position)
                .containsExactly(4_003L, 5_003L, 6_003L);
    }

    @Test
    void pages_put_together_are_the_whole() {
        List<Long> paged = new ArrayList<>();
        long next = 0;
        for (int page = 0; page < 100 && next < EVENTS; page++) {
            try (EventCursor cursor = store.read(
                    Read.matching(Query.types("measured.1")).fromPosition(next).limit(97))) {
                while (cursor.hasNext()) {
                    paged.add(cursor.next().position());
                }
                next = cursor.nextPosition();
            }
        }

        assertThat(paged).isEqualTo(every(4, 1));
        assertThat(next).isEqualTo(EVENTS);
    }

    @Test
    void conditions_look_through_the_whole_log() {
        Append first = Append.of(event("meter-7", "measured.0")).expecting("meter-7", Expected.revision(9));
        AppendConflictException lowest =
                conflict(Append.of(event("meter-7", "read")).unless(Query.tags("alarm"), 2_500));

        Appended appended = store.append(first.unless(Query.tags("flood"), 0));

        assertThat(appended).isEqualTo(new Appended(EVENTS, List.of(10L)));
        assertThat(((QueryMatched) lowest.failures().getFirst()).position()).isEqualTo(4_999);
    }

    private static UUID idOf(int number) {
        return new UUID(7, number);
    }

    private static List<Long> every(int step, int offset) {
        return LongStream.range(0, EVENTS)
                .filter(i -> i % step == offset)
                .boxed()
                .toList();
    }
}
