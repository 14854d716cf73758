package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendCondition.StreamAt;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure.QueryMatched;
import dev.everfold.eventstore.AppendConflictException.Failure.RecordedTimeFalling;
import dev.everfold.eventstore.AppendConflictException.Failure.StreamMoved;
import dev.everfold.eventstore.AppendConflictException.Failure.TrackingNotRising;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Tracking;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Several conditions in one append: all must hold; all that do not are told, in the order of the request.
///
/// The log holds three events, two of stream `order-17`; source `shop` is tracked up to 40.
///
/// Leaves open: which of a conflict and a limit is seen first; limits are checked at the door.
public abstract class ConflictConformance extends ConformanceSuite {

    private static final Expected NONE = Expected.noStream();

    @BeforeEach
    void fillLog() {
        append(event("order-17", "order.placed", "order:17"));
        store.append(Append.of(
                        event("order-17", "order.paid", "order:17", "customer:alice"),
                        event("order-18", "order.placed", "order:18"))
                .tracking("shop", 40));
    }

    @Test
    void all_conditions_hold_together() {
        Append guarded = Append.of(event("order-17", "order.sent"))
                .expecting("order-17", Expected.revision(1))
                .unless(Query.tags("order:99"), 0)
                .expecting("order-18", Expected.exists())
                .unless(Query.all(), 3)
                .tracking("shop", 41);

        assertThat(store.append(guarded).fromPosition()).isEqualTo(3);
        assertThat(store.trackedPosition("shop")).hasValue(41);
    }

    @Test
    void every_condition_that_fails_is_told_in_the_order_of_the_request() {
        Instant before = clock.instant().minusSeconds(1);
        Append hopeless = Append.of(event("order-17", "order.sent").recordedAt(before))
                .unless(Query.tags("customer:alice"), 0)
                .expecting("order-18", NONE)
                .expecting("order-17", Expected.revision(1))
                .unless(Query.types("order.placed"), 1)
                .expecting("order-19", Expected.exists())
                .tracking("shop", 40);

        AppendConflictException refusal = conflict(hopeless);

        assertThat(refusal.failures())
                .containsExactly(
                        new QueryMatched(new NothingMatching(Query.tags("customer:alice"), 0), 1),
                        new StreamMoved(new StreamAt("order-18", NONE), OptionalLong.of(0)),
                        new QueryMatched(new NothingMatching(Query.types("order.placed"), 1), 2),
                        new StreamMoved(new StreamAt("order-19", Expected.exists()), OptionalLong.empty()),
                        new TrackingNotRising(new Tracking("shop", 40), 40),
                        new RecordedTimeFalling(before, clock.instant()));
        assertThat(refusal)
                .hasMessage("Append refused: expected nothing matching tags \"customer:alice\" from position 0, "
                        + "found an event at position 1; "
                        + "Append to stream \"order-18\" refused: expected no stream, found 0; "
                        + "Append refused: expected nothing matching types \"order.placed\" from position 1, "
                        + "found an event at position 2; "
                        + "Append to stream \"order-19\" refused: expected an existing stream, found no stream; "
                        + "Append refused: expected a position of source \"shop\" above 40, found 40; "
                        + "Append refused: expected a recorded time of 2026-03-01T12:00:00Z or later, "
                        + "found 2026-03-01T11:59:59Z. "
                        + "Read again, decide again and repeat the command.");
    }

    @Test
    void a_condition_that_is_given_twice_fails_twice() {
        AppendConflictException refusal = conflict(Append.of(event("order-17", "order.sent"))
                .expecting("order-17", NONE)
                .expecting("order-17", NONE));

        StreamMoved moved = new StreamMoved(new StreamAt("order-17", NONE), OptionalLong.of(1));
        assertThat(refusal.failures()).containsExactly(moved, moved);
        assertThat(refusal)
                .hasMessage("Append to stream \"order-17\" refused: expected no stream, found 1; "
                        + "Append to stream \"order-17\" refused: expected no stream, found 1. "
                        + "Read again, decide again and repeat the command.");
    }

    @Test
    void the_last_of_many_conditions_counts_as_much_as_the_first() {
        Append guarded = Append.of(event("order-17", "order.sent"));
        for (int i = 0; i < limits().conditionsMax() - 1; i++) {
            guarded = guarded.expecting("order-" + (100 + i), NONE);
        }

        AppendConflictException refusal = conflict(guarded.unless(Query.tags("order:18"), 0));

        assertThat(refusal.failures())
                .containsExactly(new QueryMatched(new NothingMatching(Query.tags("order:18"), 0), 2));
        assertThat(log()).hasSize(3);
    }

    @Test
    void a_refusal_stores_no_event_moves_no_stream_and_no_tracking() {
        List<RecordedEvent> before = log();
        Append mostlyRight = Append.of(event("order-17", "order.sent", "order:17"), event("order-20", "order.placed"))
                .expecting("order-17", Expected.revision(1))
                .expecting("order-20", Expected.exists())
                .tracking("shop", 41);

        conflict(mostlyRight);

        assertThat(log()).isEqualTo(before);
        assertThat(store.trackedPosition("shop")).hasValue(40);
        assertThat(store.stats().streams()).isEqualTo(2);
        assertThat(append(event("order-17", "order.sent")).revisions()).containsExactly(2L);
        assertThat(append(event("order-20", "order.placed")).revisions()).containsExactly(0L);
    }

    @Test
    void a_position_ahead_is_told_before_conditions_that_fail() {
        Append lost = Append.of(event("order-17", "order.sent"))
                .expecting("order-17", NONE)
                .unless(Query.tags("order:17"), 9)
                .tracking("shop", 1);

        PositionAheadException refusal = refused(PositionAheadException.class, lost);

        assertThat(refusal)
                .hasMessage("Condition from position 9 refused: the log ends at next position 3. "
                        + "The position is of another store or from before a restore; compare the lineage.");
        assertThat(log()).hasSize(3);
    }

    @Test
    void the_first_of_several_positions_ahead_is_told() {
        Append lost = Append.of(event("order-17", "order.sent"))
                .unless(Query.tags("order:17"), 3)
                .unless(Query.tags("order:17"), 5)
                .unless(Query.tags("order:17"), 4);

        PositionAheadException refusal = refused(PositionAheadException.class, lost);

        assertThat(refusal.position()).isEqualTo(5);
    }

    @Test
    void an_append_without_events_is_refused_like_one_with_events() {
        AppendConflictException refusal = conflict(Append.check(
                new StreamAt("order-17", Expected.revision(0)), new NothingMatching(Query.tags("order:18"), 0)));

        assertThat(refusal.failures())
                .containsExactly(
                        new StreamMoved(new StreamAt("order-17", Expected.revision(0)), OptionalLong.of(1)),
                        new QueryMatched(new NothingMatching(Query.tags("order:18"), 0), 2));
    }
}
