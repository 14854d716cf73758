package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition.StreamAt;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure.StreamMoved;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Optimistic concurrency on streams: every expectation, where it holds and where it does not.
///
/// Leaves open: conditions of writers at the same time ([ConcurrencyConformance]) and several
/// conditions that fail together ([ConflictConformance]).
public abstract class StreamConditionConformance extends ConformanceSuite {

    private static final NewEvent PLACED = event("order-17", "order.placed");
    private static final NewEvent PAID = event("order-17", "order.paid");

    @Test
    void no_stream_holds_for_a_stream_without_events() {
        Appended appended = store.append(Append.of(PLACED).expecting("order-17", Expected.noStream()));

        assertThat(appended).isEqualTo(new Appended(0, List.of(0L)));
    }

    @Test
    void no_stream_does_not_hold_for_a_stream_with_events() {
        append(PLACED, PAID);

        AppendConflictException refusal = conflict(Append.of(PLACED).expecting("order-17", Expected.noStream()));

        assertThat(refusal)
                .hasMessage("Append to stream \"order-17\" refused: expected no stream, found 1. "
                        + "Read the stream again and repeat the command.");
        assertThat(refusal.failures())
                .containsExactly(new StreamMoved(new StreamAt("order-17", Expected.noStream()), OptionalLong.of(1)));
        assertThat(refusal.retryable()).isFalse();
    }

    @Test
    void a_revision_holds_when_it_is_that_of_the_last_event() {
        append(PLACED, PAID);

        Appended appended =
                store.append(Append.of(event("order-17", "order.sent")).expecting("order-17", Expected.revision(1)));

        assertThat(appended).isEqualTo(new Appended(2, List.of(2L)));
    }

    @Test
    void an_append_with_a_stale_revision_is_refused_and_nothing_is_stored() {
        append(PLACED, PAID);

        AppendConflictException refusal =
                conflict(Append.of(event("order-17", "order.sent")).expecting("order-17", Expected.revision(0)));

        assertThat(refusal)
                .hasMessage("Append to stream \"order-17\" refused: expected revision 0, found 1. "
                        + "Read the stream again and repeat the command.");
        assertThat(refusal.failures())
                .containsExactly(new StreamMoved(new StreamAt("order-17", Expected.revision(0)), OptionalLong.of(1)));
        assertThat(log()).hasSize(2);
    }

    @Test
    void a_revision_above_the_last_does_not_hold() {
        append(PLACED);

        AppendConflictException refusal = conflict(Append.of(PAID).expecting("order-17", Expected.revision(1)));

        assertThat(refusal)
                .hasMessage("Append to stream \"order-17\" refused: expected revision 1, found 0. "
                        + "Read the stream again and repeat the command.");
    }

    @Test
    void a_revision_does_not_hold_for_a_stream_without_events() {
        append(event("order-18", "order.placed"));

        AppendConflictException refusal = conflict(Append.of(PLACED).expecting("order-17", Expected.revision(0)));

        assertThat(refusal)
                .hasMessage("Append to stream \"order-17\" refused: expected revision 0, found no stream. "
                        + "Read the stream again and repeat the command.");
        assertThat(refusal.failures())
                .containsExactly(new StreamMoved(new StreamAt("order-17", Expected.revision(0)), OptionalLong.empty()));
    }

    @Test
    void exists_holds_for_a_stream_with_events() {
        append(PLACED, PAID);

        Appended appended =
                store.append(Append.of(event("order-17", "order.sent")).expecting("order-17", Expected.exists()));

        assertThat(appended).isEqualTo(new Appended(2, List.of(2L)));
    }

    @Test
    void exists_does_not_hold_for_a_stream_without_events() {
        AppendConflictException refusal = conflict(Append.of(PAID).expecting("order-17", Expected.exists()));

        assertThat(refusal)
                .hasMessage("Append to stream \"order-17\" refused: expected an existing stream, found no stream. "
                        + "Read the stream again and repeat the command.");
        assertThat(log()).isEmpty();
    }

    @Test
    void any_holds_with_and_without_events() {
        Appended first = store.append(Append.of(PLACED).expecting("order-17", Expected.any()));
        Appended second = store.append(Append.of(PAID).expecting("order-17", Expected.any()));

        assertThat(first).isEqualTo(new Appended(0, List.of(0L)));
        assertThat(second).isEqualTo(new Appended(1, List.of(1L)));
    }

    @Test
    void a_condition_may_be_about_a_stream_that_the_append_does_not_write_to() {
        append(event("customer-alice", "registered"));

        Appended appended = store.append(Append.of(PLACED).expecting("customer-alice", Expected.revision(0)));
        AppendConflictException refusal = conflict(Append.of(PAID).expecting("customer-bob", Expected.exists()));

        assertThat(appended).isEqualTo(new Appended(1, List.of(0L)));
        assertThat(refusal)
                .hasMessage("Append to stream \"customer-bob\" refused: expected an existing stream, found no stream. "
                        + "Read the stream again and repeat the command.");
        assertThat(store.nextPosition()).isEqualTo(2);
    }

    @Test
    void events_of_an_append_do_not_conflict_with_what_it_expects_of_their_stream() {
        Appended appended = store.append(
                Append.of(PLACED, PAID, event("order-17", "order.sent")).expecting("order-17", Expected.noStream()));

        assertThat(appended).isEqualTo(new Appended(0, List.of(0L, 1L, 2L)));
    }

    @Test
    void all_streams_of_an_append_may_be_expected_at_once() {
        append(event("account-alice", "opened"), event("account-bob", "opened"), event("account-bob", "deposited"));
        Append transfer = Append.of(
                        event("account-alice", "withdrawn"),
                        event("account-bob", "deposited"),
                        event("transfer-1", "completed"))
                .expecting("account-alice", Expected.revision(0))
                .expecting("account-bob", Expected.revision(1))
                .expecting("transfer-1", Expected.noStream());

        Appended appended = store.append(transfer);

        assertThat(appended).isEqualTo(new Appended(3, List.of(1L, 2L, 0L)));
    }

    @Test
    void one_condition_of_several_that_fails_refuses_the_events_of_all_streams() {
        append(event("account-alice", "opened"), event("account-bob", "opened"), event("account-bob", "deposited"));
        Append transfer = Append.of(
                        event("account-alice", "withdrawn"),
                        event("account-bob", "deposited"),
                        event("transfer-1", "completed"))
                .expecting("account-alice", Expected.revision(0))
                .expecting("account-bob", Expected.revision(0))
                .expecting("transfer-1", Expected.noStream());

        AppendConflictException refusal = conflict(transfer);

        assertThat(refusal)
                .hasMessage("Append to stream \"account-bob\" refused: expected revision 0, found 1. "
                        + "Read the stream again and repeat the command.");
        assertThat(log()).hasSize(3);
        assertThat(store.stats().streams()).isEqualTo(2);
    }

    @Test
    void expectations_of_one_stream_that_contradict_each_other_never_hold() {
        Append impossible =
                Append.of(PLACED).expecting("order-17", Expected.noStream()).expecting("order-17", Expected.exists());

        AppendConflictException before = conflict(impossible);
        append(PLACED);
        AppendConflictException after = conflict(impossible);

        assertThat(before.failures())
                .containsExactly(new StreamMoved(new StreamAt("order-17", Expected.exists()), OptionalLong.empty()));
        assertThat(after.failures())
                .containsExactly(new StreamMoved(new StreamAt("order-17", Expected.noStream()), OptionalLong.of(0)));
    }

    @Test
    void a_stream_is_its_whole_name_not_its_beginning() {
        append(event("order-17", "order.placed"), event("order-1", "order.placed"), event("order-1", "order.paid"));

        AppendConflictException refusal =
                conflict(Append.of(event("order-1", "order.sent")).expecting("order-1", Expected.revision(0)));
        Appended fresh =
                store.append(Append.of(event("order-", "order.placed")).expecting("order-", Expected.noStream()));
        Appended longer =
                store.append(Append.of(event("order-17-a", "noted")).expecting("order-17-a", Expected.noStream()));

        assertThat(refusal)
                .hasMessage("Append to stream \"order-1\" refused: expected revision 0, found 1. "
                        + "Read the stream again and repeat the command.");
        assertThat(fresh.revisions()).containsExactly(0L);
        assertThat(longer.revisions()).containsExactly(0L);
    }

    @Test
    void asking_about_a_stream_does_not_make_it() {
        store.append(Append.of(PLACED).expecting("order-99", Expected.any()));
        conflict(Append.of(event("order-99", "order.paid")).expecting("order-99", Expected.exists()));

        Appended first =
                store.append(Append.of(event("order-99", "order.placed")).expecting("order-99", Expected.noStream()));

        assertThat(first).isEqualTo(new Appended(1, List.of(0L)));
        assertThat(store.stats().streams()).isEqualTo(2);
    }

    @Test
    void after_a_refusal_the_revisions_go_on_as_if_nothing_had_been_asked() {
        append(PLACED);
        conflict(Append.of(PAID, PAID, PAID).expecting("order-17", Expected.noStream()));

        Appended appended = store.append(Append.of(PAID).expecting("order-17", Expected.revision(0)));

        assertThat(appended).isEqualTo(new Appended(1, List.of(1L)));
        assertThat(log()).hasSize(2);
    }
}
