package dev.everfold.eventsourcing.boundary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Decision;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.testing.FixedClock;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Read;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How models are made and put together.
final class DecisionModelTest {

    sealed interface NoteEvent {
        sealed interface Change extends NoteEvent {}

        @EventType("note.written")
        record Written(String note, int words) implements NoteEvent {}

        @EventType("note.edited")
        record Edited(String note, int words) implements Change {}

        @EventType("note.shortened")
        record Shortened(String note, int words) implements Change {}
    }

    private final EventCodec<NoteEvent> codec = EventCodec.builder(NoteEvent.class)
            .tags(event -> switch (event) {
                case NoteEvent.Written(var note, var _) -> List.of("note:" + note);
                case NoteEvent.Edited(var note, var _) -> List.of("note:" + note);
                case NoteEvent.Shortened(var note, var _) -> List.of("note:" + note);
            })
            .build();

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Boundary<NoteEvent> boundary = Boundary.on(store, codec);

    @AfterEach
    void close() {
        store.close();
    }

    private void given(String stream, NoteEvent event) {
        store.append(Append.of(codec.encode(stream, event, EventMetadata.none())));
    }

    private static QueryModel<Integer> words(String note) {
        return DecisionModel.of("words of note " + note, 0)
                .tagged("note:" + note)
                .on(NoteEvent.Written.class, (_, written) -> written.words());
    }

    @Test
    void models_of_two_to_five_states_give_each_its_own() {
        for (int i = 1; i <= 5; i++) {
            given("notes", new NoteEvent.Written("n" + i, i));
        }
        DecisionModel<Integer> one = words("n1");
        DecisionModel<Integer> two = words("n2");
        DecisionModel<Integer> three = words("n3");
        DecisionModel<Integer> four = words("n4");
        DecisionModel<Integer> five = words("n5");

        assertStates(DecisionModel.compose(one, two, List::of), 1, 2);
        assertStates(DecisionModel.compose(one, two, three, List::of), 1, 2, 3);
        assertStates(DecisionModel.compose(one, two, three, four, List::of), 1, 2, 3, 4);
        assertStates(DecisionModel.compose(one, two, three, four, five, List::of), 1, 2, 3, 4, 5);
    }

    private void assertStates(DecisionModel<List<Integer>> model, Integer... expected) {
        assertThat(boundary.state(model)).containsExactly(expected);
    }

    @Test
    void composed_models_compose() {
        given("notes", new NoteEvent.Written("a", 3));
        given("notes", new NoteEvent.Written("b", 4));
        DecisionModel<Integer> sum = DecisionModel.compose(words("a"), words("b"), Integer::sum);

        DecisionModel<String> both =
                DecisionModel.compose(words("b").map(words -> "b=" + words), sum, (b, all) -> b + ", all=" + all);

        assertThat(boundary.state(both)).isEqualTo("b=4, all=7");
    }

    @Test
    void a_model_for_each_key_is_a_map_in_the_order_of_the_keys() {
        given("notes", new NoteEvent.Written("a", 3));
        given("notes", new NoteEvent.Written("b", 4));

        Map<String, Integer> words =
                boundary.state(DecisionModel.each(List.of("b", "c", "a", "b"), DecisionModelTest::words));

        assertThat(words).containsExactly(Map.entry("b", 4), Map.entry("c", 0), Map.entry("a", 3));
    }

    @Test
    void models_of_one_kind_are_a_list() {
        given("notes", new NoteEvent.Written("a", 3));

        assertThat(boundary.state(DecisionModel.all(List.of(words("x"), words("a"), words("a")))))
                .containsExactly(0, 3, 3);
    }

    @Test
    void a_sealed_interface_stands_for_all_of_its_records() {
        given("notes", new NoteEvent.Written("a", 3));
        given("notes", new NoteEvent.Edited("a", 5));
        given("notes", new NoteEvent.Shortened("a", 2));

        DecisionModel<Integer> changes =
                DecisionModel.of("changes", 0).on(NoteEvent.Change.class, (count, _) -> count + 1);

        assertThat(boundary.state(changes)).isEqualTo(2);
    }

    @Test
    void a_model_of_a_stream_or_a_category_sees_nothing_else() {
        given("note-a", new NoteEvent.Written("a", 3));
        given("note-b", new NoteEvent.Written("b", 3));
        given("draft-a", new NoteEvent.Written("a", 3));
        QueryModel<Integer> count =
                DecisionModel.of("written", 0).on(NoteEvent.Written.class, (written, _) -> written + 1);

        assertThat(boundary.state(count.inStream("note-a"))).isEqualTo(1);
        assertThat(boundary.state(count.inCategory("note"))).isEqualTo(2);
        assertThat(boundary.state(count.inCategory("note").tagged("note:a"))).isEqualTo(1);
        assertThat(boundary.state(count)).isEqualTo(3);
    }

    @Test
    void a_model_of_the_last_event_forgets_the_others() {
        given("notes", new NoteEvent.Written("a", 3));
        given("notes", new NoteEvent.Written("a", 4));

        assertThat(boundary.state(DecisionModel.of("words", 0)
                        .on(NoteEvent.Written.class, (words, written) -> words + written.words())
                        .lastOnly()))
                .isEqualTo(4);
    }

    @Test
    void a_model_is_named() {
        assertThatThrownBy(() -> DecisionModel.of(" ", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The name of a decision model is blank; expected words that a message can use.");
    }

    @Test
    void a_model_folds_something() {
        assertThatThrownBy(() -> boundary.state(DecisionModel.of("idle", 0).tagged("note:a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Model \"idle\" folds no event type; expected at least one. Name it with on(…).");
    }

    @Test
    void a_model_of_events_that_the_codec_does_not_know_is_refused() {
        assertThatThrownBy(() -> boundary.state(DecisionModel.of("texts", 0).on(String.class, (texts, _) -> texts)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("java.lang.String is not an event type of ");
    }

    @Test
    void event_types_of_a_model_do_not_overlap() {
        assertThatThrownBy(() -> DecisionModel.of("words", 0)
                        .on(NoteEvent.Change.class, (words, _) -> words)
                        .on(NoteEvent.Edited.class, (_, edited) -> edited.words()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Model \"words\" folds Change already, so Edited would be ambiguous;"
                        + " expected event types that do not overlap.");
    }

    @Test
    void attempts_are_at_least_one() {
        assertThatThrownBy(() -> boundary.attempts(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("0 attempts are too few; expected 1 or more.");
    }

    @Test
    void a_boundary_of_an_application_decides_by_its_clock() {
        FixedClock clock = new FixedClock();
        try (Everfold everfold = Everfold.on(store, EverfoldOptions.defaults().withClock(clock))) {
            Boundary<NoteEvent> notes = everfold.boundary(codec).into("notes");

            notes.decide(words("a"), (_, now) -> {
                assertThat(now).isEqualTo(FixedClock.NOON);
                return Decision.accept(new NoteEvent.Written("a", 5));
            });
        }

        assertThat(store.read(Read.all()).next().occurred()).contains(FixedClock.NOON);
    }
}
