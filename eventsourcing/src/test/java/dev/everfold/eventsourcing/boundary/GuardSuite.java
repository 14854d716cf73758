package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.nothing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.everfold.eventsourcing.CommandContext;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.eventsourcing.boundary.BoundaryConflictException.Met;
import dev.everfold.eventsourcing.codec.EventContext;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// How a decision is read, guarded, decided again and given up.
abstract class GuardSuite extends SeatSuite {

    // Reading and guarding

    @Test
    void one_read_serves_all_models_and_the_union_of_their_queries_is_the_condition() {
        given(new SeatEvent.Offered("A1"), reserved("A2", "alice"), reserved("A3", "bob"));
        WatchedStore watched = new WatchedStore(store);

        assertThat(reserve(watching(watched), "A1", "alice").isAccepted()).isTrue();

        Query union = Query.of(
                new Query.Item().withTags("seat:A1").withTypes("seat.offered", "seat.reserved"),
                new Query.Item().withTags("person:alice").withTypes("seat.reserved"));
        assertThat(watched.reads()).containsExactly(Read.matching(union));
        assertThat(watched.eventsRead()).isEqualTo(2);
        assertThat(watched.appends())
                .singleElement()
                .satisfies(append ->
                        assertThat(append.conditions()).containsExactly(new AppendCondition.NothingMatching(union, 3)));
    }

    @Test
    void each_event_is_given_only_to_the_models_that_it_matches() {
        given(new SeatEvent.Offered("A1"), reserved("A2", "alice"), reserved("A1", "bob"));

        assertThat(boundary.state(known("A1", "alice"))).isEqualTo(new Known(true, 1));
        assertThat(boundary.state(known("A2", "bob"))).isEqualTo(new Known(true, 1));
        assertThat(boundary.state(known("A3", "carol"))).isEqualTo(new Known(false, 0));
    }

    @Test
    void a_read_that_found_nothing_guards_too() {
        WatchedStore watched = new WatchedStore(store);
        watched.beforeNextAppend(() -> given(reserved("A1", "bob")));

        assertRejected(reserve(watching(watched), "A1", "alice"), "taken");
    }

    @Test
    void a_decision_on_nothing_is_appended_without_a_condition() {
        given(new SeatEvent.Offered("A1"));
        WatchedStore watched = new WatchedStore(store);

        watching(watched)
                .decide(DecisionModel.all(List.<DecisionModel<Integer>>of()), _ -> accept(reserved("A1", "alice")));

        assertThat(watched.appends())
                .singleElement()
                .satisfies(append -> assertThat(append.conditions()).isEmpty());
    }

    @Test
    void events_of_types_that_no_model_folds_never_disturb() {
        WatchedStore watched = new WatchedStore(store);
        watched.beforeNextAppend(() -> given(new SeatEvent.Cleaned("A1")));

        assertThat(reserve(watching(watched).attempts(1), "A1", "alice").isAccepted())
                .isTrue();
    }

    @Test
    void a_model_of_a_type_and_one_of_a_tag_over_the_same_event_cannot_both_win() {
        DecisionModel<Integer> all =
                DecisionModel.of("all reservations", 0).on(SeatEvent.Reserved.class, (count, _) -> count + 1);
        WatchedStore watched = new WatchedStore(store);
        watched.beforeNextAppend(() -> assertThat(
                        boundary.decide(all, _ -> accept(reserved("A1", "bob"))).isAccepted())
                .isTrue());

        assertRejected(reserve(watching(watched), "A1", "alice"), "taken");
    }

    @Test
    void a_decision_of_many_events_with_one_tag_does_not_conflict_with_itself() {
        Outcome<SeatEvent> outcome = boundary.attempts(1)
                .decide(reservedBy("alice"), _ -> accept(reserved("A1", "alice"), reserved("A2", "alice")));

        assertAccepted(outcome, reserved("A1", "alice"), reserved("A2", "alice"));
        assertThat(boundary.state(reservedBy("alice"))).isEqualTo(2);
    }

    @Test
    void a_model_of_the_last_event_and_ordinary_ones_see_the_same_moment() {
        given(new SeatEvent.Offered("A1"), reserved("A2", "alice"), reserved("A3", "bob"));
        DecisionModel<String> last = DecisionModel.of("last reservation", "nobody")
                .on(SeatEvent.Reserved.class, (_, reserved) -> reserved.person())
                .lastOnly();
        WatchedStore watched = new WatchedStore(store);
        watched.beforeNextAppend(() -> given(reserved("A4", "carol")));
        List<String> seen = new ArrayList<>();

        watching(watched)
                .decide(DecisionModel.compose(last, taken("A1"), (person, taken) -> person + " " + taken), state -> {
                    seen.add(state);
                    return accept(reserved("A1", "dave"));
                });

        assertThat(seen).containsExactly("bob false", "carol false");
        assertThat(watched.appends())
                .extracting(append ->
                        ((AppendCondition.NothingMatching) append.conditions().getFirst()).fromPosition())
                .containsExactly(3L, 4L);
    }

    // Conflicts

    @Test
    void after_a_conflict_it_folds_on_from_where_it_was_and_decides_again() {
        given(new SeatEvent.Offered("A1"), reserved("A2", "alice"));
        WatchedStore watched = new WatchedStore(store);
        watched.beforeNextAppend(() -> given(reserved("A3", "alice")));
        List<Known> seen = new ArrayList<>();

        watching(watched).decide(known("A1", "alice"), known -> {
            seen.add(known);
            return accept(reserved("A1", "alice"));
        });

        assertThat(seen).containsExactly(new Known(false, 1), new Known(false, 2));
        assertThat(watched.reads()).extracting(GuardSuite::fromPosition).containsExactly(0L, 2L);
        assertThat(watched.eventsRead()).isEqualTo(3);
    }

    private static long fromPosition(Read read) {
        return ((Read.Source.Matching) read.source()).fromPosition();
    }

    @Test
    void a_decision_that_is_no_longer_needed_after_a_conflict_stores_nothing() {
        WatchedStore watched = new WatchedStore(store);
        watched.beforeNextAppend(() -> given(reserved("A1", "alice")));

        Outcome<SeatEvent> outcome =
                watching(watched).decide(taken("A1"), taken -> taken ? nothing() : accept(reserved("A1", "alice")));

        assertThat(outcome).isEqualTo(new Outcome.Nothing<SeatEvent>());
        assertThat(store.nextPosition()).isEqualTo(1);
    }

    @Test
    void who_is_too_slow_too_often_is_told_which_event_met_which_model() {
        given(new SeatEvent.Offered("A1"));
        WatchedStore watched = new WatchedStore(store);
        watched.beforeNextAppend(() -> given(reserved("B1", "alice")));
        watched.beforeNextAppend(() -> given(new SeatEvent.Cleaned("A1"), reserved("B2", "alice")));

        BoundaryConflictException conflict = catchThrowableOfType(
                BoundaryConflictException.class, () -> reserve(watching(watched).attempts(2), "A1", "alice"));

        assertThat(conflict)
                .hasMessage("Decision refused 2 times; at last it expected nothing new from position 2, but"
                        + " model \"reservations of alice\" met event \"seat.reserved\" of stream \"seat-B2\""
                        + " at position 3. Nothing was stored. Repeat the command, or allow more attempts.");
        assertThat(conflict.met()).containsExactly(new Met("reservations of alice", "seat.reserved", "seat-B2", 3));
        assertThat(conflict.attempts()).isEqualTo(2);
        assertThat(conflict.stored()).isEqualTo(EventStoreException.Stored.NO);
        assertThat(conflict.retryable()).isTrue();
        assertThat(conflict).hasCauseInstanceOf(AppendConflictException.class);
        assertThat(store.nextPosition()).isEqualTo(4);
    }

    @Test
    void an_event_that_meets_several_models_is_reported_for_each() {
        WatchedStore watched = new WatchedStore(store);
        watched.beforeNextAppend(() -> given(reserved("A1", "alice")));

        assertThatThrownBy(() -> reserve(watching(watched).attempts(1), "A1", "alice"))
                .isInstanceOf(BoundaryConflictException.class)
                .hasMessage("Decision refused once; at last it expected nothing new from position 0, but"
                        + " model \"seat A1\" met event \"seat.reserved\" of stream \"seat-A1\" at position 0,"
                        + " model \"reservations of alice\" met event \"seat.reserved\" of stream \"seat-A1\""
                        + " at position 0. Nothing was stored. Repeat the command, or allow more attempts.");
    }

    @Test
    void whoever_was_interrupted_does_not_try_again() {
        WatchedStore watched = new WatchedStore(new InMemoryEventStore());
        watched.beforeNextAppend(() -> {
            watched.append(Append.of(codec.encode("seat-A1", reserved("A1", "bob"), EventMetadata.none())));
            Thread.currentThread().interrupt();
        });

        try {
            assertThatThrownBy(() -> watching(watched).decide(taken("A1"), _ -> accept(reserved("A1", "alice"))))
                    .isInstanceOfAny(BoundaryConflictException.class, OutcomeUnknownException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
            watched.close();
        }
        assertThat(watched.appends()).hasSize(2);
    }

    // Deciding

    @Test
    void a_decision_sees_the_time_of_the_clock_or_that_of_its_command() {
        Instant earlier = NOON.minus(Duration.ofDays(1));
        List<Instant> seen = new ArrayList<>();

        boundary.decide(taken("A1"), (_, now) -> {
            seen.add(now);
            return nothing();
        });
        boundary.with(CommandContext.none().occurredAt(earlier)).decide(taken("A1"), (_, now) -> {
            seen.add(now);
            return nothing();
        });

        assertThat(seen).containsExactly(NOON, earlier);
    }

    @Test
    void a_fold_sees_when_and_where_an_event_was_recorded() {
        givenAt(NOON.minusSeconds(5), new SeatEvent.Offered("A1"));
        store.append(Append.of(
                NewEvent.of("seat-A1", "seat.cleaned", "{\"seat\":\"A1\"}").withTags("seat:A1")));
        DecisionModel<List<EventContext>> contexts = DecisionModel.of("contexts", List.<EventContext>of())
                .tagged("seat:A1")
                .on(SeatEvent.class, (before, _, context) -> {
                    List<EventContext> more = new ArrayList<>(before);
                    more.add(context);
                    return List.copyOf(more);
                });

        List<RecordedEvent> events = store.read(Read.all()).toList();
        assertThat(boundary.state(contexts))
                .extracting(EventContext::occurred, EventContext::recorded, EventContext::position, EventContext::id)
                .containsExactly(
                        tuple(
                                NOON.minusSeconds(5),
                                events.getFirst().recorded(),
                                0L,
                                events.getFirst().id()),
                        tuple(
                                events.getLast().recorded(),
                                events.getLast().recorded(),
                                1L,
                                events.getLast().id()));
    }

    @Test
    void an_exception_of_a_decision_is_the_callers_and_nothing_is_stored() {
        AtomicInteger calls = new AtomicInteger();

        assertThatThrownBy(() -> boundary.decide(taken("A1"), state -> {
                    calls.incrementAndGet();
                    return fail(state);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("broken false");
        assertThat(calls).hasValue(1);
        assertThat(store.nextPosition()).isZero();
    }

    private static Decision<SeatEvent> fail(boolean state) {
        throw new IllegalStateException("broken " + state);
    }
}
