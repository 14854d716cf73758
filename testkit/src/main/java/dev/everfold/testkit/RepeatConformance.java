package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendIdReusedException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// A repeat is harmless: the same append again, by its id, is answered as it was the first time.
///
/// The store remembers four accepted appends.
///
/// Leaves open: whether limits are checked before a repeat is recognised. Repeats after a restart are in
/// [RestartConformance].
public abstract class RepeatConformance extends ConformanceSuite {

    @Override
    protected Limits limits() {
        return Limits.DEFAULTS.withRememberedAppends(4);
    }

    @Test
    void a_repeat_is_given_the_first_answer_and_stores_nothing() {
        Append placed = Append.of(event("order-17", "order.placed"), event("order-18", "order.placed"));
        Appended first = store.append(placed);
        append(event("order-17", "order.paid"));

        Appended second = store.append(placed);
        Appended third = store.append(placed);

        assertThat(first).isEqualTo(new Appended(0, List.of(0L, 0L)));
        assertThat(second).isEqualTo(first);
        assertThat(third).isEqualTo(first);
        assertThat(log()).hasSize(3);
    }

    @Test
    void a_repeat_is_recognised_before_its_conditions_are_checked() {
        Append guarded = Append.of(event("order-17", "order.placed", "order:17"))
                .expecting("order-17", Expected.noStream())
                .unless(Query.tags("order:17"), 0);
        Appended first = store.append(guarded);

        Appended second = store.append(guarded);

        assertThat(second).isEqualTo(first);
        assertThat(log()).hasSize(1);
    }

    @Test
    void a_repeat_is_recognised_before_its_tracking_is_checked_and_moves_none() {
        Append tracked = Append.of(event("order-17", "order.placed")).tracking("shop", 7);
        Appended first = store.append(tracked);
        store.append(Append.track("shop", 9));

        Appended second = store.append(tracked);
        Appended higher = store.append(tracked.tracking("shop", 99));

        assertThat(second).isEqualTo(first);
        assertThat(higher).isEqualTo(first);
        assertThat(store.trackedPosition("shop")).hasValue(9);
    }

    @Test
    void a_repeat_of_an_append_without_events_is_given_the_answer_of_then() {
        append(event("order-17", "order.placed"));
        Append tracked = Append.track("shop", 7);
        Appended first = store.append(tracked);
        append(event("order-17", "order.paid"));

        Appended second = store.append(tracked);

        assertThat(first).isEqualTo(new Appended(1, List.of()));
        assertThat(second).isEqualTo(first);
    }

    @Test
    void a_repeat_is_recognised_by_its_id_and_the_ids_of_its_events_alone() {
        UUID eventId = UUID.fromString("0190a3f2-7c1e-7d22-9b1a-3f5e6d7c8b9a");
        Append placed = Append.of(event("order-17", "order.placed").withId(eventId));
        Appended first = store.append(placed);
        Append reworded = Append.of(
                        event("order-17", "order.placed").withId(eventId).withMetadata(Bytes.utf8("said another way")))
                .withId(placed.id())
                .expecting("order-17", Expected.noStream());

        Appended second = store.append(reworded);

        assertThat(second).isEqualTo(first);
        assertThat(log()).hasSize(1);
        assertThat(log().getFirst().metadata().isEmpty()).isTrue();
    }

    @Test
    void the_same_events_under_another_id_are_stored_again() {
        Append placed = Append.of(event("order-17", "order.placed"));
        store.append(placed);

        Appended second = store.append(placed.withId(new UUID(17, 2)));

        assertThat(second).isEqualTo(new Appended(1, List.of(1L)));
    }

    @Test
    void a_remembered_id_with_another_event_is_refused_and_nothing_is_stored() {
        Append placed = Append.of(event("order-17", "order.placed"));
        store.append(placed);
        List<RecordedEvent> before = log();
        Append misuse = Append.of(event("order-17", "order.placed")).withId(placed.id());

        AppendIdReusedException refusal = refused(AppendIdReusedException.class, misuse);

        assertThat(refusal)
                .hasMessage("Append " + placed.id() + " refused: this id was used for the 1 events at positions [0, 1) "
                        + "with other event ids. Repeat an append unchanged, or give it a new id.");
        assertThat(refusal.retryable()).isFalse();
        assertThat(log()).isEqualTo(before);
    }

    @Test
    void a_remembered_id_with_more_fewer_or_reordered_events_is_refused() {
        NewEvent placed = event("order-17", "order.placed");
        NewEvent paid = event("order-17", "order.paid");
        append(event("order-16", "order.placed"));
        Append both = Append.of(placed, paid);
        store.append(both);

        List<Append> misuses = List.of(
                withEvents(both, List.of(placed)),
                withEvents(both, List.of(placed, paid, paid)),
                withEvents(both, List.of(paid, placed)),
                withEvents(both, List.of()).tracking("shop", 1));

        assertThat(misuses)
                .allSatisfy(misuse -> assertThat(refused(AppendIdReusedException.class, misuse))
                        .hasMessage("Append " + both.id()
                                + " refused: this id was used for the 2 events at positions [1, 3) "
                                + "with other event ids. Repeat an append unchanged, or give it a new id."));
        assertThat(log()).hasSize(3);
        assertThat(store.trackedPosition("shop")).isEmpty();
    }

    @Test
    void a_remembered_id_of_an_append_without_events_is_refused_with_events() {
        append(event("order-17", "order.placed"));
        Append tracked = Append.track("shop", 7);
        store.append(tracked);

        AppendIdReusedException refusal = refused(
                AppendIdReusedException.class,
                Append.of(event("order-17", "order.paid")).withId(tracked.id()));

        assertThat(refusal)
                .hasMessage("Append " + tracked.id() + " refused: this id was used for the 0 events at positions "
                        + "[1, 1) with other event ids. Repeat an append unchanged, or give it a new id.");
    }

    @Test
    void a_misused_id_is_told_before_conditions_that_fail() {
        Append placed = Append.of(event("order-17", "order.placed"));
        store.append(placed);
        Append misuse = Append.of(event("order-17", "order.placed"))
                .withId(placed.id())
                .expecting("order-17", Expected.noStream())
                .unless(Query.all(), 99);

        AppendIdReusedException refusal = refused(AppendIdReusedException.class, misuse);

        assertThat(refusal).hasMessageStartingWith("Append " + placed.id() + " refused: this id was used for");
    }

    @Test
    void a_refused_append_is_not_remembered() {
        Append paid = Append.of(event("order-17", "order.paid")).expecting("order-17", Expected.exists());
        conflict(paid);
        append(event("order-17", "order.placed"));

        Appended accepted = store.append(paid);

        assertThat(accepted).isEqualTo(new Appended(1, List.of(1L)));
    }

    @Test
    void a_refused_id_may_come_again_with_other_events() {
        Append paid = Append.of(event("order-17", "order.paid")).expecting("order-17", Expected.exists());
        conflict(paid);

        Appended accepted =
                store.append(Append.of(event("order-17", "order.placed")).withId(paid.id()));

        assertThat(accepted).isEqualTo(new Appended(0, List.of(0L)));
    }

    @Test
    void as_many_appends_are_remembered_as_the_limit_says_and_no_more() {
        Append oldest = Append.of(event("order-0", "order.placed"));
        Append nextOldest = Append.of(event("order-1", "order.placed"));
        store.append(oldest);
        store.append(nextOldest);
        append(event("order-2", "order.placed"), event("order-3", "order.placed"));
        append(event("order-4", "order.placed"));

        Appended remembered = store.append(oldest);
        append(event("order-5", "order.placed"));
        Appended stillRemembered = store.append(nextOldest);
        Appended forgotten = store.append(oldest);

        assertThat(remembered).isEqualTo(new Appended(0, List.of(0L)));
        assertThat(stillRemembered).isEqualTo(new Appended(1, List.of(0L)));
        assertThat(forgotten).isEqualTo(new Appended(6, List.of(1L)));
    }

    @Test
    void a_forgotten_id_may_come_again_with_other_events() {
        Append forgotten = Append.of(event("order-0", "order.placed"));
        store.append(forgotten);
        for (int i = 1; i <= 4; i++) {
            append(event("order-" + i, "order.placed"));
        }

        Appended again =
                store.append(Append.of(event("order-17", "order.placed")).withId(forgotten.id()));

        assertThat(again).isEqualTo(new Appended(5, List.of(0L)));
    }

    @Test
    void a_forgotten_append_is_checked_like_a_new_one() {
        Append forgotten = Append.of(event("order-0", "order.placed")).expecting("order-0", Expected.noStream());
        store.append(forgotten);
        for (int i = 1; i <= 4; i++) {
            append(event("order-" + i, "order.placed"));
        }

        assertThat(conflict(forgotten))
                .hasMessage("Append to stream \"order-0\" refused: expected no stream, found 0. "
                        + "Read the stream again and repeat the command.");
    }

    @Test
    void appends_without_events_are_counted_and_refusals_and_repeats_are_not() {
        Append first = Append.of(event("order-0", "order.placed"));
        store.append(first);
        for (int i = 1; i <= 3; i++) {
            store.append(Append.track("shop", i));
            store.append(first);
            conflict(Append.track("shop", 0));
        }

        Appended remembered = store.append(first);
        store.append(Append.track("shop", 4));
        Appended forgotten = store.append(first);

        assertThat(remembered).isEqualTo(new Appended(0, List.of(0L)));
        assertThat(forgotten).isEqualTo(new Appended(1, List.of(1L)));
    }

    @Test
    void repeats_of_an_append_in_flight_are_one_append() {
        append(event("order-16", "order.placed"));
        Append placed = Append.of(event("order-17", "order.placed")).expecting("order-17", Expected.noStream());

        List<CompletableFuture<Appended>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(store.appendAsync(placed));
        }

        assertThat(answers).allSatisfy(answer -> assertThat(answer(answer)).isEqualTo(new Appended(1, List.of(0L))));
        assertThat(log()).hasSize(2);
    }

    @Test
    void an_answer_to_a_repeat_is_given_only_when_the_events_can_be_read() {
        for (int round = 0; round < 20; round++) {
            Append placed = Append.of(event("order-17", "order.placed"));
            CompletableFuture<Appended> first = store.appendAsync(placed);

            Appended repeated = store.append(placed);

            assertThat(store.nextPosition()).isGreaterThanOrEqualTo(repeated.toPosition());
            assertThat(answer(first)).isEqualTo(repeated);
        }
    }

    @Test
    void an_append_of_an_interrupted_thread_may_be_repeated_and_is_stored_once() {
        for (int round = 0; round < 20; round++) {
            Append placed = Append.of(event("order-17", "order.placed"));

            Thread.currentThread().interrupt();
            OutcomeUnknownException unknown =
                    catchThrowableOfType(OutcomeUnknownException.class, () -> store.append(placed));
            boolean stillInterrupted = Thread.interrupted();
            Appended repeated = store.append(placed);

            assertThat(stillInterrupted).isTrue();
            assertThat(repeated).isEqualTo(new Appended(round, List.of((long) round)));
            if (unknown != null) {
                assertThat(unknown.stored()).isEqualTo(EventStoreException.Stored.UNKNOWN);
                assertThat(unknown.retryable()).isTrue();
                assertThat(unknown)
                        .hasMessageEndingWith(
                                "; whether the append is stored is unknown. Repeat it with the same append id.");
            }
        }
        assertThat(log()).hasSize(20);
    }

    private static Append withEvents(Append append, List<NewEvent> events) {
        return events.isEmpty()
                ? Append.track("shop", 1).withId(append.id())
                : new Append(append.id(), events, List.of(), Optional.empty());
    }
}
