package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Reads by position and by revision: ranges, directions and limits.
///
/// The log holds ten events; event `i` is of stream `even-1` or `odd-1` and of type `t0`, `t1` or `t2` by
/// its remainder.
///
/// Leaves open: how many events are fetched at once.
public abstract class ReadConformance extends ConformanceSuite {

    private static final Read EVEN = Read.matching(Query.category("even"));

    @BeforeEach
    void fillLog() {
        for (int i = 0; i < 10; i++) {
            append(event(i % 2 == 0 ? "even-1" : "odd-1", "t" + i % 3, "number:" + i));
        }
    }

    @Test
    void everything_forwards_and_backwards() {
        assertThat(positions(Read.all())).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(positions(Read.all().backwards())).containsExactly(9L, 8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L, 0L);
    }

    @Test
    void from_a_position_on_includes_it() {
        assertThat(positions(Read.all().fromPosition(7))).containsExactly(7L, 8L, 9L);
        assertThat(positions(EVEN.fromPosition(4))).containsExactly(4L, 6L, 8L);
        assertThat(positions(EVEN.fromPosition(5))).containsExactly(6L, 8L);
        assertThat(positions(EVEN.fromPosition(9))).isEmpty();
    }

    @Test
    void up_to_a_position_excludes_it() {
        assertThat(positions(Read.all().toPosition(3))).containsExactly(0L, 1L, 2L);
        assertThat(positions(EVEN.toPosition(4))).containsExactly(0L, 2L);
        assertThat(positions(EVEN.toPosition(5))).containsExactly(0L, 2L, 4L);
        assertThat(positions(EVEN.toPosition(0))).isEmpty();
    }

    @Test
    void a_range_is_half_open_in_both_directions() {
        assertThat(positions(Read.all().fromPosition(3).toPosition(6))).containsExactly(3L, 4L, 5L);
        assertThat(positions(Read.all().fromPosition(3).toPosition(6).backwards()))
                .containsExactly(5L, 4L, 3L);
        assertThat(positions(EVEN.fromPosition(2).toPosition(8).backwards())).containsExactly(6L, 4L, 2L);
        assertThat(positions(Read.all().fromPosition(4).toPosition(4))).isEmpty();
        assertThat(positions(Read.all().fromPosition(4).toPosition(5).backwards()))
                .containsExactly(4L);
    }

    @Test
    void a_range_may_end_beyond_the_log() {
        assertThat(positions(Read.all().fromPosition(8).toPosition(11))).containsExactly(8L, 9L);
        assertThat(positions(Read.all().fromPosition(8).toPosition(1_000_000).backwards()))
                .containsExactly(9L, 8L);
    }

    @Test
    void from_the_next_position_there_is_nothing_yet() {
        assertThat(positions(Read.all().fromPosition(10))).isEmpty();
        assertThat(positions(Read.all().fromPosition(10).backwards())).isEmpty();
    }

    @Test
    void a_read_that_begins_beyond_the_log_is_refused() {
        assertThatThrownBy(() -> store.read(EVEN.fromPosition(11)))
                .isInstanceOfSatisfying(PositionAheadException.class, refusal -> {
                    assertThat(refusal.position()).isEqualTo(11);
                    assertThat(refusal.nextPosition()).isEqualTo(10);
                    assertThat(refusal.stored()).isEqualTo(EventStoreException.Stored.NO);
                })
                .hasMessage("Read from position 11 refused: the log ends at next position 10. "
                        + "The position is of another store or from before a restore; compare the lineage.");
    }

    @Test
    void a_backwards_read_or_one_of_nothing_that_begins_beyond_the_log_is_refused_too() {
        assertThatThrownBy(() -> store.read(Read.all().fromPosition(11).backwards()))
                .isInstanceOf(PositionAheadException.class)
                .hasMessageStartingWith("Read from position 11 refused: the log ends at next position 10.");
        assertThatThrownBy(() -> store.read(Read.matching(Query.nothing()).fromPosition(Long.MAX_VALUE)))
                .isInstanceOf(PositionAheadException.class)
                .hasMessageStartingWith("Read from position 9223372036854775807 refused: ");
    }

    @Test
    void a_limit_takes_the_first_of_the_direction() {
        assertThat(positions(Read.all().limit(3))).containsExactly(0L, 1L, 2L);
        assertThat(positions(Read.all().limit(3).backwards())).containsExactly(9L, 8L, 7L);
        assertThat(positions(EVEN.limit(1))).containsExactly(0L);
        assertThat(positions(EVEN.limit(1).backwards())).containsExactly(8L);
        assertThat(positions(EVEN.fromPosition(3).toPosition(9).limit(2))).containsExactly(4L, 6L);
        assertThat(positions(EVEN.fromPosition(3).toPosition(8).limit(2).backwards()))
                .containsExactly(6L, 4L);
    }

    @Test
    void a_limit_counts_events_that_match_not_events_that_are_looked_at() {
        Read rare = Read.matching(Query.tags("number:7").or(Query.tags("number:9")));

        assertThat(positions(rare.limit(1))).containsExactly(7L);
        assertThat(positions(rare.limit(2))).containsExactly(7L, 9L);
        assertThat(positions(rare.limit(2).backwards())).containsExactly(9L, 7L);
        assertThat(positions(rare.limit(3))).containsExactly(7L, 9L);
    }

    @Test
    void a_limit_as_high_as_the_matches_or_higher_takes_all() {
        assertThat(positions(EVEN.limit(5))).containsExactly(0L, 2L, 4L, 6L, 8L);
        assertThat(positions(EVEN.limit(6))).containsExactly(0L, 2L, 4L, 6L, 8L);
        assertThat(positions(EVEN.limit(5).backwards())).containsExactly(8L, 6L, 4L, 2L, 0L);
        assertThat(positions(EVEN.limit(Long.MAX_VALUE - 1))).hasSize(5);
    }

    @Test
    void the_last_event_of_a_boundary_is_a_backwards_read_of_one() {
        List<RecordedEvent> last =
                read(Read.matching(Query.types("t0")).backwards().limit(1));

        assertThat(last).extracting(RecordedEvent::position).containsExactly(9L);
        assertThat(last).extracting(RecordedEvent::tags).containsExactly(List.of("number:9"));
    }

    @Test
    void a_stream_by_revisions_forwards_and_backwards() {
        List<RecordedEvent> forwards = read(Read.stream("odd-1"));

        assertThat(forwards).extracting(RecordedEvent::revision).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(forwards).extracting(RecordedEvent::position).containsExactly(1L, 3L, 5L, 7L, 9L);
        assertThat(read(Read.stream("odd-1").backwards())).isEqualTo(forwards.reversed());
    }

    @Test
    void a_range_of_revisions_is_half_open_in_both_directions() {
        Read odd = Read.stream("odd-1");

        assertThat(positions(odd.fromRevision(3))).containsExactly(7L, 9L);
        assertThat(positions(odd.toRevision(2))).containsExactly(1L, 3L);
        assertThat(positions(odd.fromRevision(1).toRevision(3))).containsExactly(3L, 5L);
        assertThat(positions(odd.toRevision(3).fromRevision(1).backwards())).containsExactly(5L, 3L);
        assertThat(positions(odd.fromRevision(2).toRevision(2))).isEmpty();
        assertThat(positions(odd.toRevision(0))).isEmpty();
        assertThat(positions(odd.fromRevision(4).toRevision(100))).containsExactly(9L);
    }

    @Test
    void a_limit_on_a_stream_takes_the_first_of_the_direction() {
        Read odd = Read.stream("odd-1");

        assertThat(positions(odd.limit(2))).containsExactly(1L, 3L);
        assertThat(positions(odd.limit(2).backwards())).containsExactly(9L, 7L);
        assertThat(positions(odd.fromRevision(1).toRevision(4).limit(2))).containsExactly(3L, 5L);
        assertThat(positions(odd.fromRevision(1).toRevision(4).limit(2).backwards()))
                .containsExactly(7L, 5L);
    }

    @Test
    void revisions_beyond_the_end_of_the_stream_are_not_an_error() {
        assertThat(positions(Read.stream("odd-1").fromRevision(5))).isEmpty();
        assertThat(positions(Read.stream("odd-1").fromRevision(1_000_000))).isEmpty();
        assertThat(positions(Read.stream("odd-1").fromRevision(Long.MAX_VALUE).backwards()))
                .isEmpty();
    }

    @Test
    void a_stream_that_does_not_exist_is_empty() {
        assertThat(positions(Read.stream("odd-2"))).isEmpty();
        assertThat(positions(Read.stream("odd").backwards())).isEmpty();
        assertThat(positions(Read.matching(Query.stream("odd-2")))).isEmpty();
    }

    @Test
    void a_stream_by_query_and_by_revisions_are_the_same_events() {
        assertThat(read(Read.matching(Query.stream("even-1")))).isEqualTo(read(Read.stream("even-1")));
    }

    @Test
    void pages_put_together_are_the_whole() {
        List<Long> all = positions(EVEN);
        List<Long> paged = new ArrayList<>();
        for (long from = 0; from < 10; from += 3) {
            paged.addAll(positions(EVEN.fromPosition(from).toPosition(from + 3)));
        }

        assertThat(paged).isEqualTo(all);
    }

    @Test
    void reading_changes_nothing() {
        List<RecordedEvent> first = log();
        List<RecordedEvent> second = log();

        assertThat(second).isEqualTo(first);
        assertThat(store.nextPosition()).isEqualTo(10);
    }
}
