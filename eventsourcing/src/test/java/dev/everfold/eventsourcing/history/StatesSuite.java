package dev.everfold.eventsourcing.history;

import static dev.everfold.eventsourcing.history.PointInTime.asOf;
import static dev.everfold.eventsourcing.history.PointInTime.atPosition;
import static dev.everfold.eventsourcing.history.PointInTime.atRevision;
import static dev.everfold.eventsourcing.history.PointInTime.knownAt;
import static dev.everfold.eventsourcing.history.PointInTime.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Query;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The states of several streams at one point.
abstract class StatesSuite extends LedgerSuite {

    @BeforeEach
    void recordLedgers() {
        recordTwoLedgers();
    }

    private Map<String, Ledger> states(PointInTime when) {
        return ledgers.ledgers.states(when);
    }

    @Test
    void all_ledgers_are_seen_at_one_position() {
        assertThat(states(atPosition(0))).isEmpty();
        assertThat(states(atPosition(1))).containsExactly(entry("1", Ledger.of("alice")));
        assertThat(states(atPosition(4)))
                .containsExactly(entry("1", Ledger.of("alice", 100, 20)), entry("2", Ledger.of("bob")));
    }

    @Test
    void all_ledgers_are_seen_as_of_a_time_and_as_they_were_known_at_one() {
        assertThat(states(asOf(day(4))))
                .containsExactly(entry("1", Ledger.of("alice", 20)), entry("2", Ledger.of("bob")));
        assertThat(states(knownAt(day(7))))
                .containsExactly(entry("1", Ledger.of("alice", 100, 20)), entry("2", Ledger.of("bob", 7)));
        assertThat(states(asOf(day(4)).knownAt(day(5))))
                .containsExactly(entry("1", Ledger.of("alice")), entry("2", Ledger.of("bob")));
    }

    @Test
    void those_asked_for_are_answered_in_that_order_with_the_initial_state_where_nothing_counts() {
        assertThat(ledgers.ledgers.states(List.of("9", "2", "1", "2"), knownAt(day(5))))
                .containsExactly(
                        entry("9", Ledger.INITIAL), entry("2", Ledger.of("bob")), entry("1", Ledger.of("alice", 100)));
        assertThat(ledgers.ledgers.states(List.of(), now())).isEmpty();
    }

    @Test
    void many_are_answered_in_one_pass_like_few() {
        List<String> many = IntStream.range(0, 1_000).mapToObj(String::valueOf).toList();
        ledgers.watched.reads().clear();

        Map<String, Ledger> states = ledgers.ledgers.states(many, now());

        assertThat(ledgers.watched.reads()).hasSize(1);
        assertThat(states).hasSize(1_000).containsEntry("0", Ledger.INITIAL);
        assertThat(states).containsAllEntriesOf(ledgers.ledgers.states(List.of("1", "2"), now()));
    }

    @Test
    void a_tag_finds_ledgers_and_all_their_events_are_folded() {
        ledgers.record(
                LedgerStore.event("2", new Ledger.Moved(1)).occurredAt(day(2)).withTags("audited"), day(10));
        ledgers.record(NewEvent.of("cart-1", "cart.opened", "{}").withTags("audited"), day(10));

        assertThat(ledgers.ledgers.states(Query.tags("audited"), now()))
                .containsExactly(entry("2", Ledger.of("bob", 7, 1)));
        assertThat(ledgers.ledgers.states(Query.tags("audited"), asOf(day(2))))
                .containsExactly(entry("2", Ledger.of("bob", 1)));
        assertThat(ledgers.ledgers.states(Query.tags("audited"), knownAt(day(9))))
                .isEmpty();
    }

    @Test
    void a_query_for_streams_and_categories_stays_within_the_deciders_own() {
        ledgers.record(NewEvent.of("cart-1", "cart.opened", "{}"), day(10));

        Query query = Query.stream("ledger-2").or(Query.stream("cart-1")).or(Query.category("cart"));

        assertThat(ledgers.ledgers.states(query, now())).containsExactly(entry("2", Ledger.of("bob", 7)));
    }

    @Test
    void streams_of_the_category_that_are_of_no_id_are_not_ledgers_nor_is_what_only_the_system_wrote() {
        ledgers.record(NewEvent.of("ledger", "cart.opened", "{}"), day(10));
        ledgers.record(NewEvent.of("ledger-", "cart.opened", "{}"), day(10));
        ledgers.record(NewEvent.of("ledger-3", "$note", "{}"), day(10));

        assertThat(states(now())).containsOnlyKeys("1", "2");
        assertThat(ledgers.ledgers.states(Query.category("ledger"), now())).containsOnlyKeys("1", "2");
    }

    @Test
    void what_several_ledgers_cannot_be_asked_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> states(atRevision(1)))
                .withMessage("Several streams at revision 1 are no state of anything; expected a point that all of"
                        + " them share, as now(), asOf(…), knownAt(…) or atPosition(…).");
        assertThatThrownBy(() -> ledgers.ledgers.states(List.of("1"), atPosition(7)))
                .isInstanceOf(PositionAheadException.class);
    }

    @Test
    void more_states_than_the_limit_are_refused() {
        TimeTravel<Ledger, Ledger.Event> narrow = ledgers.timeTravel().statesMax(1);

        assertThatIllegalStateException()
                .isThrownBy(() -> narrow.statesOf("ledger", now()))
                .withMessage("Category \"ledger\" has more than 1 streams at that point; that is the limit"
                        + " (TimeTravel.STATES_MAX). Ask for some at a time, at one position.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> narrow.states(List.of("ledger-1", "ledger-2"), now()))
                .withMessage("The states of 2 streams are asked for at once; the limit is 1"
                        + " (TimeTravel.STATES_MAX). Ask for some at a time, at one position.");
        assertThat(narrow.statesOf("ledger", atPosition(1))).hasSize(1);
    }
}
