package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Cursors: what they see, where they end, and where to go on.
///
/// The log holds five events: `a-1`, `b-1`, `a-1`, `b-1`, `c-1`.
///
/// Leaves open: use of one cursor by several threads, which is not allowed; what a cursor says once
/// both it and its store are closed.
public abstract class CursorConformance extends ConformanceSuite {

    private static final Read A = Read.matching(Query.stream("a-1"));

    @BeforeEach
    void fillLog() {
        append(event("a-1", "noted"), event("b-1", "noted"), event("a-1", "noted"));
        append(event("b-1", "noted"), event("c-1", "noted"));
    }

    @Test
    void the_end_is_the_next_position_when_the_cursor_was_opened() {
        try (EventCursor cursor = store.read(A)) {
            append(event("a-1", "noted"));

            assertThat(cursor.end()).isEqualTo(5);
        }
    }

    @Test
    void the_end_is_where_the_read_ends_when_that_is_lower() {
        assertThat(endOf(A.toPosition(3))).isEqualTo(3);
        assertThat(endOf(A.toPosition(5))).isEqualTo(5);
        assertThat(endOf(A.toPosition(6))).isEqualTo(5);
        assertThat(endOf(A.toPosition(0))).isZero();
        assertThat(endOf(A.fromPosition(2).toPosition(2))).isEqualTo(2);
        assertThat(endOf(A.toPosition(3).backwards())).isEqualTo(3);
        assertThat(endOf(Read.stream("a-1").toRevision(1))).isEqualTo(5);
        assertThat(endOf(Read.stream("nowhere").backwards())).isEqualTo(5);
    }

    @Test
    void a_cursor_does_not_see_what_is_appended_after_it_was_opened() {
        try (EventCursor forwards = store.read(Read.all());
                EventCursor backwards = store.read(Read.all().backwards());
                EventCursor stream = store.read(Read.stream("a-1"))) {
            forwards.next();
            append(event("a-1", "noted"), event("d-1", "noted"));

            assertThat(rest(forwards)).containsExactly(1L, 2L, 3L, 4L);
            assertThat(rest(backwards)).containsExactly(4L, 3L, 2L, 1L, 0L);
            assertThat(rest(stream)).containsExactly(0L, 2L);
        }
    }

    @Test
    void a_cursor_at_the_end_of_the_log_stays_empty() {
        try (EventCursor cursor = store.read(Read.all().fromPosition(5))) {
            append(event("a-1", "noted"));

            assertThat(cursor.hasNext()).isFalse();
            assertThat(cursor.end()).isEqualTo(5);
            assertThat(cursor.nextPosition()).isEqualTo(5);
        }
    }

    @Test
    void before_anything_was_returned_it_goes_on_where_the_read_begins() {
        assertThat(nextPositionAfter(0, A)).isZero();
        assertThat(nextPositionAfter(0, A.fromPosition(2))).isEqualTo(2);
        assertThat(nextPositionAfter(0, A.fromPosition(2).toPosition(4).limit(1)))
                .isEqualTo(2);
        assertThat(nextPositionAfter(0, Read.stream("b-1"))).isZero();
    }

    @Test
    void stopped_early_it_goes_on_after_the_last_returned() {
        assertThat(nextPositionAfter(1, Read.all())).isEqualTo(1);
        assertThat(nextPositionAfter(1, A.fromPosition(1))).isEqualTo(3);
        assertThat(nextPositionAfter(1, Read.stream("b-1"))).isEqualTo(2);
        assertThat(nextPositionAfter(2, Read.all().fromPosition(1))).isEqualTo(3);
    }

    @Test
    void looking_ahead_does_not_move_it() {
        try (EventCursor cursor = store.read(A)) {
            cursor.next();
            boolean more = cursor.hasNext();
            boolean still = cursor.hasNext();

            assertThat(more).isTrue();
            assertThat(still).isTrue();
            assertThat(cursor.nextPosition()).isEqualTo(1);
            assertThat(cursor.next().position()).isEqualTo(2);
        }
    }

    @Test
    void stopped_by_the_limit_it_goes_on_after_the_last_returned() {
        assertThat(nextPositionAtEnd(Read.all().limit(2))).isEqualTo(2);
        assertThat(nextPositionAtEnd(A.limit(1))).isEqualTo(1);
        assertThat(nextPositionAtEnd(Read.stream("b-1").limit(1))).isEqualTo(2);
    }

    @Test
    void a_limit_that_is_reached_by_the_last_match_counts_as_stopped_early() {
        assertThat(nextPositionAtEnd(A.limit(2))).isEqualTo(3);
        assertThat(nextPositionAtEnd(Read.all().limit(5))).isEqualTo(5);
        assertThat(nextPositionAtEnd(Read.all().toPosition(2).limit(2))).isEqualTo(2);
    }

    @Test
    void exhausted_it_goes_on_at_the_end_not_after_the_last_match() {
        assertThat(nextPositionAtEnd(A)).isEqualTo(5);
        assertThat(nextPositionAtEnd(A.limit(3))).isEqualTo(5);
        assertThat(nextPositionAtEnd(A.toPosition(4))).isEqualTo(4);
        assertThat(nextPositionAtEnd(Read.all().toPosition(100))).isEqualTo(5);
        assertThat(nextPositionAtEnd(Read.stream("a-1").toRevision(1))).isEqualTo(5);
    }

    @Test
    void exhausted_without_a_match_it_goes_on_at_the_end() {
        assertThat(nextPositionAtEnd(Read.matching(Query.tags("nobody:knows")))).isEqualTo(5);
        assertThat(nextPositionAtEnd(Read.matching(Query.nothing()))).isEqualTo(5);
        assertThat(nextPositionAtEnd(A.fromPosition(3))).isEqualTo(5);
        assertThat(nextPositionAtEnd(A.fromPosition(1).toPosition(2))).isEqualTo(2);
        assertThat(nextPositionAtEnd(Read.stream("nowhere"))).isEqualTo(5);
        assertThat(nextPositionAtEnd(A.fromPosition(4).toPosition(4))).isEqualTo(4);
    }

    @Test
    void returned_all_but_not_asked_for_more_it_goes_on_after_the_last_returned() {
        assertThat(nextPositionAfter(2, A)).isEqualTo(3);
        assertThat(nextPositionAfter(5, Read.all())).isEqualTo(5);
    }

    @Test
    void backwards_it_always_goes_on_at_the_end() {
        assertThat(nextPositionAfter(0, A.backwards())).isEqualTo(5);
        assertThat(nextPositionAfter(1, A.backwards())).isEqualTo(5);
        assertThat(nextPositionAtEnd(A.backwards())).isEqualTo(5);
        assertThat(nextPositionAtEnd(A.backwards().limit(1))).isEqualTo(5);
        assertThat(nextPositionAtEnd(A.fromPosition(1).toPosition(3).backwards()))
                .isEqualTo(3);
        assertThat(nextPositionAtEnd(Read.stream("a-1").backwards().limit(1))).isEqualTo(5);
        assertThat(nextPositionAtEnd(Read.matching(Query.nothing()).backwards()))
                .isEqualTo(5);
    }

    @Test
    void pages_by_next_position_leave_nothing_out_and_read_nothing_twice() {
        append(event("a-1", "noted"), event("c-1", "noted"), event("a-1", "noted"));
        List<Long> seen = new ArrayList<>();
        long next = 0;
        for (int page = 0; page < 4 && next < store.nextPosition(); page++) {
            try (EventCursor cursor = store.read(A.fromPosition(next).limit(2))) {
                seen.addAll(rest(cursor));
                next = cursor.nextPosition();
            }
        }

        assertThat(seen).containsExactly(0L, 2L, 5L, 7L);
        assertThat(next).isEqualTo(8);
    }

    @Test
    void beyond_the_last_event_there_is_no_next() {
        try (EventCursor cursor = store.read(A)) {
            rest(cursor);

            assertThat(cursor.hasNext()).isFalse();
            assertThatThrownBy(cursor::next).isInstanceOf(NoSuchElementException.class);
            assertThat(cursor.hasNext()).isFalse();
        }
    }

    @Test
    void beyond_the_limit_there_is_no_next() {
        try (EventCursor cursor = store.read(Read.all().limit(1))) {
            cursor.next();

            assertThatThrownBy(cursor::next).isInstanceOf(NoSuchElementException.class);
            assertThat(cursor.hasNext()).isFalse();
            assertThat(cursor.nextPosition()).isEqualTo(1);
        }
    }

    @Test
    void next_needs_no_asking_before() {
        try (EventCursor cursor = store.read(A)) {
            assertThat(cursor.next().position()).isZero();
            assertThat(cursor.next().position()).isEqualTo(2);
            assertThatThrownBy(cursor::next).isInstanceOf(NoSuchElementException.class);
            assertThat(cursor.nextPosition()).isEqualTo(5);
        }
    }

    @Test
    void a_closed_cursor_refuses_to_move_but_still_says_where_it_was() {
        EventCursor cursor = store.read(Read.all().toPosition(4));
        cursor.next();
        cursor.next();
        cursor.close();
        cursor.close();

        assertThatThrownBy(cursor::hasNext)
                .isInstanceOf(StoreClosedException.class)
                .hasMessage("The cursor is closed; nothing was stored. Open it again.");
        assertThatThrownBy(cursor::next).isInstanceOf(StoreClosedException.class);
        assertThat(cursor.end()).isEqualTo(4);
        assertThat(cursor.nextPosition()).isEqualTo(2);
    }

    @Test
    void a_list_of_the_rest_closes_the_cursor() {
        EventCursor cursor = store.read(Read.all());
        cursor.next();

        List<RecordedEvent> rest = cursor.toList();

        assertThat(rest).extracting(RecordedEvent::position).containsExactly(1L, 2L, 3L, 4L);
        assertThatThrownBy(cursor::hasNext).isInstanceOf(StoreClosedException.class);
        assertThat(cursor.nextPosition()).isEqualTo(5);
    }

    @Test
    void cursors_do_not_disturb_each_other() {
        EventCursor first = store.read(Read.all());
        EventCursor second = store.read(Read.all().backwards());

        assertThat(first.next().position()).isZero();
        assertThat(second.next().position()).isEqualTo(4);
        assertThat(first.next().position()).isEqualTo(1);
        first.close();
        assertThat(rest(second)).containsExactly(3L, 2L, 1L, 0L);
        second.close();
    }

    @Test
    void events_outlive_the_cursor_that_returned_them() {
        List<RecordedEvent> kept = store.read(Read.all()).toList();
        append(event("a-1", "noted"));

        assertThat(log().subList(0, 5)).isEqualTo(kept);
        assertThat(kept).extracting(RecordedEvent::detached).isEqualTo(kept);
        assertThat(kept).extracting(RecordedEvent::stream).containsExactly("a-1", "b-1", "a-1", "b-1", "c-1");
    }

    private static List<Long> rest(EventCursor cursor) {
        List<Long> positions = new ArrayList<>();
        while (cursor.hasNext()) {
            positions.add(cursor.next().position());
        }
        return positions;
    }

    private long endOf(Read read) {
        try (EventCursor cursor = store.read(read)) {
            return cursor.end();
        }
    }

    private long nextPositionAfter(int events, Read read) {
        try (EventCursor cursor = store.read(read)) {
            for (int i = 0; i < events; i++) {
                cursor.next();
            }
            return cursor.nextPosition();
        }
    }

    private long nextPositionAtEnd(Read read) {
        try (EventCursor cursor = store.read(read)) {
            rest(cursor);
            return cursor.nextPosition();
        }
    }
}
