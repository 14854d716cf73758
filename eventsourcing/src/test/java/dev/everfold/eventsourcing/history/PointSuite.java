package dev.everfold.eventsourcing.history;

import static dev.everfold.eventsourcing.history.PointInTime.asOf;
import static dev.everfold.eventsourcing.history.PointInTime.atPosition;
import static dev.everfold.eventsourcing.history.PointInTime.atRevision;
import static dev.everfold.eventsourcing.history.PointInTime.knownAt;
import static dev.everfold.eventsourcing.history.PointInTime.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Read;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The state of one stream at one point.
abstract class PointSuite extends LedgerSuite {

    @BeforeEach
    void recordLedgers() {
        recordTwoLedgers();
    }

    private Ledger state(String id, PointInTime when) {
        Ledger state = ledgers.ledgers.state(id, when);
        assertThat(ledgers.ledgersWithSnapshots.state(id, when)).isEqualTo(state);
        return state;
    }

    @Test
    void as_of_a_time_counts_what_had_occurred_by_then_whenever_it_was_recorded() {
        assertThat(state("1", asOf(day(1).minusNanos(1_000)))).isEqualTo(Ledger.INITIAL);
        assertThat(state("1", asOf(day(1)))).isEqualTo(Ledger.of("alice"));
        assertThat(state("1", asOf(day(3)))).isEqualTo(Ledger.of("alice", 20));
        assertThat(state("1", asOf(day(8)))).isEqualTo(Ledger.of("alice", 100, 20));
        assertThat(state("1", asOf(day(9)))).isEqualTo(Ledger.of("alice", 100, 20, -50));
    }

    @Test
    void an_event_that_says_no_time_occurred_when_it_was_recorded() {
        assertThat(state("2", asOf(day(7).minusNanos(1_000)))).isEqualTo(Ledger.of("bob"));
        assertThat(state("2", asOf(day(7)))).isEqualTo(Ledger.of("bob", 7));
    }

    @Test
    void known_at_a_time_counts_what_was_recorded_by_then() {
        assertThat(state("1", knownAt(day(1).minusNanos(1_000)))).isEqualTo(Ledger.INITIAL);
        assertThat(state("1", knownAt(day(5)))).isEqualTo(Ledger.of("alice", 100));
        assertThat(state("1", knownAt(day(6).minusNanos(1_000)))).isEqualTo(Ledger.of("alice", 100));
        assertThat(state("1", knownAt(day(6)))).isEqualTo(Ledger.of("alice", 100, 20));
        assertThat(state("1", knownAt(day(8)))).isEqualTo(Ledger.of("alice", 100, 20, -50));
        assertThat(state("1", knownAt(LedgerStore.NOW))).isEqualTo(Ledger.of("alice", 100, 20, -50));
    }

    @Test
    void what_was_true_then_can_be_asked_as_it_was_known_at_another_time() {
        assertThat(state("1", asOf(day(4)).knownAt(day(5)))).isEqualTo(Ledger.of("alice"));
        assertThat(state("1", asOf(day(4)).knownAt(day(6)))).isEqualTo(Ledger.of("alice", 20));
        assertThat(state("1", asOf(day(4)).atPosition(3))).isEqualTo(Ledger.of("alice"));
        assertThat(state("1", asOf(day(4)).atPosition(4))).isEqualTo(Ledger.of("alice", 20));
    }

    @Test
    void an_event_that_arrives_late_changes_what_was_true_and_not_what_was_known() {
        record("1", new Ledger.Moved(3), day(2), day(10));

        assertThat(state("1", asOf(day(4)))).isEqualTo(Ledger.of("alice", 20, 3));
        assertThat(state("1", knownAt(day(9)))).isEqualTo(Ledger.of("alice", 100, 20, -50));
        assertThat(state("1", asOf(day(4)).knownAt(day(9)))).isEqualTo(Ledger.of("alice", 20));
    }

    @Test
    void at_a_position_counts_what_is_below_it() {
        assertThat(state("1", atPosition(0))).isEqualTo(Ledger.INITIAL);
        assertThat(state("1", atPosition(1))).isEqualTo(Ledger.of("alice"));
        assertThat(state("1", atPosition(3))).isEqualTo(Ledger.of("alice", 100));
        assertThat(state("2", atPosition(4))).isEqualTo(Ledger.of("bob"));
        assertThat(state("2", atPosition(6))).isEqualTo(Ledger.of("bob", 7));
    }

    @Test
    void at_a_revision_counts_what_is_below_it() {
        assertThat(state("1", atRevision(0))).isEqualTo(Ledger.INITIAL);
        assertThat(state("1", atRevision(1))).isEqualTo(Ledger.of("alice"));
        assertThat(state("1", atRevision(3))).isEqualTo(Ledger.of("alice", 100, 20));
        assertThat(state("1", atRevision(4))).isEqualTo(ledgers.ledgers.state("1"));
    }

    @Test
    void now_is_after_all_events_and_so_is_the_end_of_time() {
        assertThat(state("1", now())).isEqualTo(Ledger.of("alice", 100, 20, -50));
        assertThat(state("1", asOf(Instant.MAX))).isEqualTo(state("1", now()));
        assertThat(state("unknown", now())).isEqualTo(Ledger.INITIAL);
    }

    @Test
    void what_is_negative_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> atPosition(-1))
                .withMessage("The position -1 is negative; expected 0, the beginning of the log, or more.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> atRevision(-1))
                .withMessage("The revision -1 is negative; expected 0, the beginning of the stream, or more.");
    }

    @Test
    void what_is_ahead_of_the_log_is_refused() {
        assertThatThrownBy(() -> ledgers.ledgers.state("1", atPosition(7)))
                .isInstanceOf(PositionAheadException.class)
                .hasMessage("State from position 7 refused: the log ends at next position 6."
                        + " The position is of another store or from before a restore; compare the lineage.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ledgers.ledgers.state("1", atRevision(5)))
                .withMessage("Stream \"ledger-1\" has no state at revision 5, which is after as many events:"
                        + " it has 4. Expected 0..4.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ledgers.ledgers.state("unknown", atRevision(1)))
                .withMessage("Stream \"ledger-unknown\" has no state at revision 1, which is after as many events:"
                        + " it has 0. Expected 0..0.");
    }

    @Test
    void what_is_known_at_a_time_to_come_is_refused() {
        Instant tomorrow = LedgerStore.NOW.plusSeconds(86_400);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ledgers.ledgers.state("1", knownAt(tomorrow)))
                .withMessage("What is known at 2026-02-01T00:00:00Z is not known yet: it is 2026-01-31T00:00:00Z."
                        + " Expected a time that has come; for what is to be true then, use asOf(…).");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ledgers.ledgers.state("1", asOf(day(4)).knownAt(tomorrow)));
    }

    @Test
    void a_store_whose_clock_is_ahead_of_ours_knows_what_it_has_recorded() {
        Instant tomorrow = LedgerStore.NOW.plusSeconds(86_400);
        record("1", new Ledger.Moved(3), day(31), tomorrow);

        assertThat(state("1", knownAt(tomorrow))).isEqualTo(Ledger.of("alice", 100, 20, -50, 3));
    }

    @Test
    void a_snapshot_before_the_point_shortens_the_way() {
        ledgers.saveSnapshot("1", 1, 2, Ledger.of("alice", 100));
        ledgers.watched.reads().clear();

        assertThat(state("1", atPosition(6))).isEqualTo(Ledger.of("alice", 100, 20, -50));

        assertThat(ledgers.watched.reads())
                .anyMatch(read -> read.source() instanceof Read.Source.Matching(var _, long from, var _) && from == 2);
    }

    @Test
    void a_snapshot_after_the_point_is_never_used() {
        Ledger wrong = Ledger.of("mallory");
        ledgers.saveSnapshot("1", 2, 3, wrong);

        assertThat(state("1", atRevision(2))).isEqualTo(Ledger.of("alice", 100));
        assertThat(state("1", atPosition(3))).isEqualTo(Ledger.of("alice", 100));
        assertThat(state("1", knownAt(day(5)))).isEqualTo(Ledger.of("alice", 100));
        assertThat(ledgers.ledgersWithSnapshots.state("1", atRevision(3))).isEqualTo(wrong);
    }

    @Test
    void by_time_of_occurrence_no_snapshot_is_ever_used() {
        ledgers.saveSnapshot("1", 0, 0, Ledger.of("mallory"));

        assertThat(state("1", asOf(day(9)))).isEqualTo(Ledger.of("alice", 100, 20, -50));
        assertThat(state("1", asOf(day(9)).atPosition(6))).isEqualTo(Ledger.of("alice", 100, 20, -50));
    }

    @Test
    void a_snapshot_that_does_not_fit_the_log_is_passed_over() {
        Logger log = Logger.getLogger(TimeTravel.class.getPackageName());
        log.setLevel(Level.OFF);
        try {
            ledgers.saveSnapshot("1", 1, 3, Ledger.of("mallory"));
            assertThat(state("1", atRevision(4))).isEqualTo(Ledger.of("alice", 100, 20, -50));

            ledgers.saveSnapshot("1", 1, 9, Ledger.of("mallory"));
            assertThat(state("1", atRevision(4))).isEqualTo(Ledger.of("alice", 100, 20, -50));
        } finally {
            log.setLevel(null);
        }
    }

    @Test
    void old_forms_of_events_are_read_as_the_codec_says_and_those_of_the_system_are_skipped() {
        ledgers.record(NewEvent.of("ledger-3", "ledger.opened", "{\"owner\":\"carol\"}"), day(10));
        ledgers.record(NewEvent.of("ledger-3", "$note", "{}"), day(11));
        ledgers.record(NewEvent.of("ledger-3", "ledger.moved_twice", "{\"cents\":4}"), day(12));
        ledgers.record(NewEvent.of("ledger-3", "ledger.viewed", "{}"), day(13));

        assertThat(state("3", asOf(day(11)))).isEqualTo(Ledger.of("carol"));
        assertThat(state("3", knownAt(day(12)))).isEqualTo(Ledger.of("carol", 4, 4));
        assertThat(state("3", atRevision(4))).isEqualTo(Ledger.of("carol", 4, 4));
    }

    @Test
    void two_points_differ_field_by_field() {
        assertThat(ledgers.ledgers.difference("1", atRevision(1), atRevision(3)))
                .extracting(Difference::toString)
                .containsExactly("moves[0]: nothing → 100", "moves[1]: nothing → 20");
        assertThat(ledgers.ledgers.difference("1", now(), asOf(day(4))))
                .extracting(Difference::toString)
                .containsExactly("moves[0]: 100 → 20", "moves[1]: 20 → nothing", "moves[2]: -50 → nothing");
        assertThat(ledgers.ledgers.difference("1", knownAt(day(6)), atPosition(5)))
                .isEmpty();
    }

    @Test
    void a_point_tells_what_it_is() {
        assertThat(now()).hasToString("now");
        assertThat(asOf(day(1))).hasToString("as of 2026-01-01T00:00:00Z");
        assertThat(asOf(day(1)).knownAt(day(2)))
                .hasToString("as of 2026-01-01T00:00:00Z, known at 2026-01-02T00:00:00Z");
        assertThat(asOf(day(1)).atPosition(7)).hasToString("as of 2026-01-01T00:00:00Z, at position 7");
        assertThat(atRevision(7)).hasToString("at revision 7");
    }
}
