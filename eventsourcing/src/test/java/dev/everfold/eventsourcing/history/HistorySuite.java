package dev.everfold.eventsourcing.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.CommandContext;
import dev.everfold.eventsourcing.Handled;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.testing.FixedIds;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.NewEvent;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How the state of a stream came about.
abstract class HistorySuite extends LedgerSuite {

    private UUID handle(String id, Ledger.Command command, CommandContext context) {
        return switch (ledgers.ledgers.handle(id, command, context)) {
            case Handled.Accepted<Ledger, Ledger.Event> accepted ->
                accepted.eventIds().getFirst();
            case Handled<Ledger, Ledger.Event> other -> throw new AssertionError(other.toString());
        };
    }

    private UUID handle(String id, Ledger.Command command) {
        return handle(id, command, CommandContext.none());
    }

    private List<HistoryEntry<Ledger, Ledger.Event>> history(String id) {
        return ledgers.ledgers.history(id).toList();
    }

    @Test
    void each_event_is_told_with_the_state_before_and_after() {
        recordTwoLedgers();

        var history = history("1");

        assertThat(history).extracting(HistoryEntry::revision).containsExactly(0L, 1L, 2L, 3L);
        assertThat(history).extracting(HistoryEntry::position).containsExactly(0L, 2L, 3L, 5L);
        assertThat(history).extracting(HistoryEntry::occurred).containsExactly(day(1), day(5), day(3), day(9));
        assertThat(history).extracting(HistoryEntry::recorded).containsExactly(day(1), day(5), day(6), day(8));
        assertThat(history)
                .extracting(HistoryEntry::before)
                .containsExactly(
                        Ledger.INITIAL, Ledger.of("alice"), Ledger.of("alice", 100), Ledger.of("alice", 100, 20));
        assertThat(history.getLast().after()).isEqualTo(Ledger.of("alice", 100, 20, -50));
        assertThat(history.get(2).events()).containsExactly(new Ledger.Moved(20));
        assertThat(history.get(2).differences())
                .extracting(Difference::toString)
                .containsExactly("moves[1]: nothing → 20");
    }

    @Test
    void who_and_why_and_what_it_belongs_to_are_told() {
        UUID correlation = FixedIds.id(1);
        UUID causation = FixedIds.id(2);
        handle(
                "1",
                new Ledger.Open("alice"),
                CommandContext.none()
                        .withActor("clerk")
                        .withReason("she asked for it")
                        .withCorrelation(correlation)
                        .withCausation(causation)
                        .with("branch", "berlin"));

        var opened = history("1").getFirst();

        assertThat(opened.actor()).contains("clerk");
        assertThat(opened.reason()).contains("she asked for it");
        assertThat(opened.correlation()).contains(correlation);
        assertThat(opened.causation()).contains(causation);
        assertThat(opened.metadata().other()).containsEntry("branch", "berlin");
    }

    @Test
    void both_ends_of_a_compensation_are_told_also_across_streams() {
        UUID moved = handle("1", new Ledger.Move(100));
        UUID undone = handle("2", new Ledger.Undo(moved, 100));

        var compensated = history("1").getFirst();
        var compensating = history("2").getFirst();

        assertThat(compensated.compensates()).isEmpty();
        assertThat(compensated.compensatedBy())
                .containsExactly(new EventPlace(undone, "ledger.moved", "ledger-2", 0, 1));
        assertThat(compensating.compensates()).contains(new EventPlace(moved, "ledger.moved", "ledger-1", 0, 0));
        assertThat(compensating.compensatedBy()).isEmpty();
    }

    @Test
    void a_compensation_many_pages_later_is_told_as_soon_as_its_target() {
        UUID moved = handle("1", new Ledger.Move(0));
        appendMoves("1", 600);
        handle("1", new Ledger.Undo(moved, 0));

        assertThat(ledgers.ledgers.history("1").findFirst().orElseThrow().compensatedBy())
                .extracting(EventPlace::revision)
                .containsExactly(601L);
        assertThat(history("1").getLast().compensates())
                .map(EventPlace::revision)
                .contains(0L);
    }

    @Test
    void an_event_that_is_made_good_in_parts_names_all_of_them_up_to_a_limit() {
        UUID moved = handle("1", new Ledger.Move(200));
        for (int i = 0; i < HistoryEntry.COMPENSATED_BY_MAX + 1; i++) {
            ledgers.store.append(Append.of(List.of(Ledger.CODEC.encode(
                    "ledger-2", new Ledger.Moved(-1), EventMetadata.none().withCompensates(moved)))));
        }

        assertThat(history("1").getFirst().compensatedBy())
                .hasSize(HistoryEntry.COMPENSATED_BY_MAX)
                .extracting(EventPlace::position)
                .startsWith(1L, 2L);
    }

    @Test
    void a_target_that_is_not_in_the_log_is_named_by_its_id() {
        ledgers.store.append(Append.of(List.of(Ledger.CODEC.encode(
                "ledger-1", new Ledger.Moved(-1), EventMetadata.none().withCompensates(FixedIds.id(7))))));

        var entry = history("1").getFirst();

        assertThat(entry.compensates()).isEmpty();
        assertThat(entry.format()).contains("compensates: event 00000000-0000-7000-8000-000000000007");
    }

    @Test
    void it_is_read_page_by_page_and_no_further_than_asked() {
        appendMoves("1", 1_000);
        ledgers.watched.reads().clear();

        var first = ledgers.ledgers.history("1").limit(256).toList();
        int readsForOnePage = ledgers.watched.reads().size();
        var all = history("1");

        assertThat(first).hasSize(256);
        assertThat(readsForOnePage).isEqualTo(2);
        assertThat(ledgers.watched.reads().getFirst().limit()).isEqualTo(256);
        assertThat(all).hasSize(1_000);
        assertThat(all.getLast().after().moves()).hasSize(1_000);
    }

    @Test
    void what_is_appended_after_it_was_asked_for_is_not_part_of_it() {
        recordTwoLedgers();
        var asked = ledgers.ledgers.history("1");

        record("1", new Ledger.Moved(3), day(10), day(10));

        assertThat(asked).hasSize(4);
    }

    @Test
    void old_forms_are_told_as_they_are_read_today_and_what_the_system_wrote_is_left_out() {
        ledgers.record(NewEvent.of("ledger-3", "ledger.opened", "{\"owner\":\"carol\"}"), day(10));
        ledgers.record(NewEvent.of("ledger-3", "$note", "{}"), day(11));
        ledgers.record(NewEvent.of("ledger-3", "ledger.moved_twice", "{\"cents\":4}"), day(12));
        ledgers.record(NewEvent.of("ledger-3", "ledger.viewed", "{}"), day(13));

        var history = history("3");

        assertThat(history).extracting(HistoryEntry::revision).containsExactly(0L, 2L, 3L);
        assertThat(history.get(0).events()).containsExactly(new Ledger.Opened("carol", "EUR"));
        assertThat(history.get(1).events()).containsExactly(new Ledger.Moved(4), new Ledger.Moved(4));
        assertThat(history.get(1).after()).isEqualTo(Ledger.of("carol", 4, 4));
        assertThat(history.get(2).events()).isEmpty();
        assertThat(history.get(2).differences()).isEmpty();
    }

    @Test
    void nothing_is_told_of_a_stream_without_events() {
        recordTwoLedgers();

        assertThat(history("9")).isEmpty();
        Iterator<?> none = ledgers.ledgers.history("9").iterator();
        assertThatThrownBy(none::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void an_entry_is_readable_and_its_short_form_holds_no_data() {
        UUID moved = FixedIds.id(1);
        UUID undone = FixedIds.id(2);
        ledgers.record(
                Ledger.CODEC
                        .encode("ledger-1", new Ledger.Moved(100), EventMetadata.none())
                        .withId(moved)
                        .occurredAt(day(4)),
                day(5));
        ledgers.record(
                Ledger.CODEC
                        .encode(
                                "ledger-1",
                                new Ledger.Moved(-100),
                                EventMetadata.none()
                                        .withActor("clerk")
                                        .withReason("charged twice")
                                        .withCorrelation(FixedIds.id(8))
                                        .withCausation(FixedIds.id(9))
                                        .withCompensates(moved))
                        .withId(undone),
                day(6));

        var history = history("1");

        assertThat(history.get(0).format()).isEqualTo("""
                        revision 0, position 0: ledger.moved
                          when: 2026-01-04T00:00:00Z, recorded 2026-01-05T00:00:00Z
                          compensated by: ledger.moved, revision 1 of ledger-1, position 1
                          event: Moved[cents=100]
                          state: moves[0]: nothing → 100""");
        assertThat(history.get(1).format()).isEqualTo("""
                        revision 1, position 1: ledger.moved
                          when: 2026-01-06T00:00:00Z
                          who: clerk
                          why: charged twice
                          correlation: 00000000-0000-7000-8000-000000000008
                          caused by: 00000000-0000-7000-8000-000000000009
                          compensates: ledger.moved, revision 0 of ledger-1, position 0
                          event: Moved[cents=-100]
                          state: moves[1]: nothing → -100""");
        assertThat(history.get(1))
                .hasToString("HistoryEntry[revision=1, position=1, id=00000000-0000-7000-8000-000000000002]");
    }

    private void appendMoves(String id, int count) {
        ledgers.store.append(Append.of(IntStream.range(0, count)
                .mapToObj(move -> LedgerStore.event(id, new Ledger.Moved(move)))
                .toList()));
    }
}
