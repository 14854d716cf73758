package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.nothing;
import static dev.everfold.eventsourcing.Decision.reject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.everfold.eventsourcing.CommandContext;
import dev.everfold.eventsourcing.Decided;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.eventsourcing.boundary.BoundaryConflictException.Met;
import dev.everfold.eventsourcing.boundary.HandlingSuite.SeatEvent;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
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
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// How a decision is read, guarded, appended, repeated and given up.
abstract class HandlingSuite extends BoundarySuite<SeatEvent> {

    private static final UUID COMMAND = UUID.fromString("00000000-0000-4000-8000-00000000c0de");

    sealed interface SeatEvent {
        String seat();

        @EventType("seat.offered")
        record Offered(String seat) implements SeatEvent {}

        @EventType("seat.reserved")
        record Reserved(String seat, String person) implements SeatEvent {}

        @EventType("seat.cleaned")
        record Cleaned(String seat) implements SeatEvent {}
    }

    record Known(boolean taken, int reservedByPerson) {}

    HandlingSuite() {
        super(
                EventCodec.builder(SeatEvent.class)
                        .tags(event -> switch (event) {
                            case SeatEvent.Reserved(var seat, var person) ->
                                List.of("seat:" + seat, "person:" + person);
                            default -> List.of("seat:" + event.seat());
                        })
                        .build(),
                event -> "seat-" + event.seat());
    }

    private static DecisionModel<Boolean> taken(String seat) {
        return DecisionModel.of("seat " + seat, false)
                .tagged("seat:" + seat)
                .on(SeatEvent.Offered.class, (_, _) -> false)
                .on(SeatEvent.Reserved.class, (_, _) -> true);
    }

    private static DecisionModel<Integer> reservedBy(String person) {
        return DecisionModel.of("reservations of " + person, 0)
                .tagged("person:" + person)
                .on(SeatEvent.Reserved.class, (count, _) -> count + 1);
    }

    private static DecisionModel<Known> known(String seat, String person) {
        return DecisionModel.compose(taken(seat), reservedBy(person), Known::new);
    }

    private static Outcome<SeatEvent> reserve(Boundary<SeatEvent> boundary, String seat, String person) {
        return boundary.decide(
                known(seat, person),
                known -> known.taken() ? reject("taken") : accept(new SeatEvent.Reserved(seat, person)));
    }

    private Boundary<SeatEvent> watching(WatchedStore watched) {
        return Boundary.on(watched, codec).into(streamOf).withClock(clockAt(NOON));
    }

    private SeatEvent.Reserved reserved(String seat, String person) {
        return new SeatEvent.Reserved(seat, person);
    }

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
        assertThat(watched.reads()).extracting(HandlingSuite::fromPosition).containsExactly(0L, 2L);
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

    // What goes with the events

    @Test
    void who_why_and_when_go_with_each_event() {
        UUID correlation = new UUID(1, 1);
        given(new SeatEvent.Offered("A1"));
        UUID compensated = store.read(Read.all()).toList().getFirst().id();
        Instant earlier = NOON.minus(Duration.ofHours(1));
        CommandContext context =
                CommandContext.none().withActor("alice").withReason("asked to").withCorrelation(correlation);

        boundary.with(context)
                .decide(
                        taken("A1"),
                        _ -> accept(
                                Decided.<SeatEvent>of(reserved("A1", "alice")),
                                Decided.<SeatEvent>of(reserved("A2", "alice"))
                                        .compensating(compensated)
                                        .occurredAt(earlier)));

        List<RecordedEvent> events = store.read(Read.all().fromPosition(1)).toList();
        assertThat(events).extracting(event -> event.occurred().orElseThrow()).containsExactly(NOON, earlier);
        assertThat(events).allSatisfy(event -> {
            EventMetadata metadata = EventMetadata.of(event);
            assertThat(metadata.actor()).contains("alice");
            assertThat(metadata.reason()).contains("asked to");
            assertThat(metadata.correlation()).contains(correlation);
        });
        assertThat(store.read(Read.matching(Query.tags(EventMetadata.correlationTag(correlation))))
                        .toList())
                .hasSize(2);
        assertThat(EventMetadata.of(events.getLast()).compensates()).contains(compensated);
        assertThat(EventMetadata.of(events.getFirst()).compensates()).isEmpty();
    }

    @Test
    void what_is_compensated_exists_and_was_not_compensated_before() {
        given(reserved("A1", "alice"));
        UUID target = store.read(Read.all()).toList().getFirst().id();
        UUID nowhere = new UUID(4, 4);

        assertRejected(compensate(boundary, nowhere), "there is no event " + nowhere + " to compensate");
        assertThat(compensate(boundary, target).isAccepted()).isTrue();
        assertRejected(
                compensate(boundary, target),
                "event " + target + " is compensated already, by the event at position 1");
        assertRejected(
                boundary.decide(
                        taken("A1"),
                        _ -> accept(
                                Decision.compensating(target, new SeatEvent.Offered("A1")),
                                Decision.compensating(target, new SeatEvent.Offered("A1")))),
                "one command compensates an event twice");
        assertThat(store.nextPosition()).isEqualTo(2);
    }

    @Test
    void of_all_that_compensate_an_event_at_once_one_does() throws Exception {
        given(reserved("A1", "alice"));
        UUID target = store.read(Read.all()).toList().getFirst().id();

        List<Boolean> won =
                Racers.race(17, 12, _ -> compensate(boundary, target).isAccepted());

        assertThat(won).as("seed 17").filteredOn(each -> each).hasSize(1);
    }

    private static Outcome<SeatEvent> compensate(Boundary<SeatEvent> boundary, UUID target) {
        return boundary.decide(
                reservedBy("nobody"), _ -> accept(Decision.compensating(target, new SeatEvent.Offered("A1"))));
    }

    @Test
    void tags_of_a_boundary_go_beside_those_of_the_codec() {
        boundary.withTags(event -> List.of("hall:1", "seat:" + event.seat()))
                .decide(taken("A1"), _ -> accept(reserved("A1", "alice")));

        assertThat(store.read(Read.all()).toList())
                .extracting(RecordedEvent::tags)
                .containsExactly(List.of("seat:A1", "person:alice", "hall:1"));
    }

    @Test
    void an_answer_says_where_its_events_are() {
        given(new SeatEvent.Offered("A1"), new SeatEvent.Offered("A2"));

        Outcome<SeatEvent> outcome =
                boundary.decide(reservedBy("alice"), _ -> accept(reserved("A1", "alice"), reserved("A2", "alice")));

        Outcome.Accepted<SeatEvent> accepted = accepted(outcome);
        assertThat(accepted.appended()).isEqualTo(new Appended(2, List.of(1L, 1L)));
        assertThat(accepted.eventIds())
                .isEqualTo(store.read(Read.all().fromPosition(2)).toList().stream()
                        .map(RecordedEvent::id)
                        .toList());
    }

    @Test
    void an_event_that_goes_nowhere_is_refused() {
        assertThatThrownBy(() -> Boundary.on(store, codec).decide(taken("A1"), _ -> accept(reserved("A1", "alice"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Event Reserved was accepted, but nobody said into which stream it goes."
                        + " Say so with into(…).");
    }

    // Commands that are repeated

    @Test
    void a_command_that_is_repeated_has_one_effect_and_the_first_answer() {
        Boundary<SeatEvent> ofCommand = boundary.with(CommandContext.of(COMMAND));
        Outcome<SeatEvent> first = reserve(ofCommand, "A1", "alice");
        given(reserved("A9", "bob"));

        Outcome<SeatEvent> second = reserve(ofCommand, "A1", "alice");

        assertThat(second).isEqualTo(first);
        assertThat(store.nextPosition()).isEqualTo(2);
    }

    @Test
    void a_command_whose_answer_was_lost_is_repeated_without_harm() {
        WatchedStore watched = new WatchedStore(store);
        watched.loseNextAnswer();
        Boundary<SeatEvent> ofCommand = watching(watched).with(CommandContext.of(COMMAND));
        assertThatThrownBy(() -> reserve(ofCommand, "A1", "alice")).isInstanceOf(OutcomeUnknownException.class);

        assertAccepted(reserve(ofCommand, "A1", "alice"), reserved("A1", "alice"));
        assertThat(store.nextPosition()).isEqualTo(1);
    }

    @Test
    void a_command_that_was_rejected_is_decided_anew() {
        given(reserved("A1", "bob"));
        Boundary<SeatEvent> ofCommand = boundary.with(CommandContext.of(COMMAND));
        assertRejected(reserve(ofCommand, "A1", "alice"), "taken");
        given(new SeatEvent.Offered("A1"));

        assertThat(reserve(ofCommand, "A1", "alice").isAccepted()).isTrue();
    }

    @Test
    void a_command_that_another_is_handling_at_the_same_moment_has_one_effect() {
        WatchedStore watched = new WatchedStore(store);
        CommandContext context = CommandContext.of(COMMAND);
        List<Outcome<SeatEvent>> outcomes = new ArrayList<>();
        watched.beforeNextAppend(() -> outcomes.add(reserve(boundary.with(context), "A1", "alice")));

        outcomes.add(reserve(watching(watched).attempts(1).with(context), "A1", "alice"));

        assertThat(outcomes.getLast()).isEqualTo(outcomes.getFirst());
        assertThat(store.nextPosition()).isEqualTo(1);
    }

    @Test
    void a_command_given_many_times_at_once_has_one_effect() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            String seat = "S" + seed;
            Boundary<SeatEvent> ofCommand = boundary.with(CommandContext.of(new UUID(7, seed)));

            List<Outcome<SeatEvent>> outcomes =
                    Racers.race(seed, 16, _ -> ofCommand.decide(taken(seat), _ -> accept(reserved(seat, "alice"))));

            assertThat(outcomes).as("seed %s", seed).containsOnly(outcomes.getFirst());
            assertThat(store.nextPosition()).as("seed %s", seed).isEqualTo(seed);
        }
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
