package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.CommandContext;
import dev.everfold.eventsourcing.CommandIdReusedException;
import dev.everfold.eventsourcing.Decided;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
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
import org.junit.jupiter.api.Test;

/// What goes with the events of a decision, and what becomes of commands that are repeated.
abstract class CommandSuite extends SeatSuite {

    private static final UUID COMMAND = UUID.fromString("00000000-0000-4000-8000-00000000c0de");

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
                StaggeredRacers.race(17, 12, _ -> compensate(boundary, target).isAccepted());

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

            List<Outcome<SeatEvent>> outcomes = StaggeredRacers.race(
                    seed, 16, _ -> ofCommand.decide(taken(seat), _ -> accept(reserved(seat, "alice"))));

            assertThat(outcomes).as("seed %s", seed).containsOnly(outcomes.getFirst());
            assertThat(store.nextPosition()).as("seed %s", seed).isEqualTo(seed);
        }
    }

    @Test
    void a_command_has_its_first_answer_also_where_others_handed_its_metadata_on() {
        CommandContext context = CommandContext.of(new UUID(7, 7));
        Outcome<SeatEvent> first =
                boundary.with(context).decide(taken("A1"), _ -> accept(reserved("A1", "alice"), reserved("A2", "bob")));
        Instant later = store.read(Read.all()).next().recorded().plusMillis(1);
        store.append(Append.of(NewEvent.of("mail-1", "mail.sent", "{}")
                .recordedAt(later)
                .withMetadata(context.metadata().encode())
                .withTags(context.metadata().tags())));

        assertThat(boundary.with(context).decide(taken("A1"), _ -> accept(reserved("A1", "alice"))))
                .isEqualTo(first);
    }

    @Test
    void an_id_that_was_used_for_another_stream_is_refused() {
        CommandContext context = CommandContext.of(COMMAND);
        boundary.into("other").with(context).decide(taken("A1"), _ -> accept(reserved("A1", "alice")));

        assertThatThrownBy(() -> reserve(boundary.with(context), "A2", "bob"))
                .isInstanceOf(CommandIdReusedException.class)
                .hasMessage("Command " + COMMAND + " for stream \"seat-A1\" refused: this id was used for stream"
                        + " \"other\" (position 0). Repeat a command unchanged, or give it a new id.");
        assertThat(store.nextPosition()).isEqualTo(1);
    }
}
