package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.boundary.ReplaySuite.NoteEvent;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Random boundaries at once, checked afterwards: each event says what its decision had seen, and the log says
/// what there was to see.
abstract class ReplaySuite extends BoundarySuite<NoteEvent> {

    private static final int TAGS = 5;
    private static final int WRITERS = 12;
    private static final int NOTES = 8;

    sealed interface NoteEvent {
        /// A note, and what was seen when it was made.
        ///
        /// @param seenFirst how many notes with the first tag were seen
        /// @param seenBoth how many notes with both tags
        /// @param lastSecond text of the last note with the second tag
        @EventType("note.made")
        record Made(String text, String first, String second, int seenFirst, int seenBoth, String lastSecond)
                implements NoteEvent {}
    }

    record Seen(int first, int both, String lastSecond) {}

    ReplaySuite() {
        super(
                EventCodec.builder(NoteEvent.class)
                        .tags(event -> switch (event) {
                            case NoteEvent.Made made -> List.of(made.first(), made.second());
                        })
                        .build(),
                event -> switch (event) {
                    case NoteEvent.Made made -> "notes-" + made.first();
                });
    }

    private static DecisionModel<Seen> seen(String first, String second) {
        return DecisionModel.compose(count(first), count(first, second), last(second), Seen::new);
    }

    private static DecisionModel<Integer> count(String... tags) {
        return DecisionModel.of("notes with " + List.of(tags), 0)
                .tagged(tags)
                .on(NoteEvent.Made.class, (count, _) -> count + 1);
    }

    private static DecisionModel<String> last(String tag) {
        return DecisionModel.of("last note with " + tag, "")
                .tagged(tag)
                .on(NoteEvent.Made.class, (_, made) -> made.text())
                .lastOnly();
    }

    @Test
    void every_decision_was_made_on_exactly_what_the_log_held_before_its_event() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            long round = seed;
            StaggeredRacers.race(seed, WRITERS, racer -> {
                SplittableRandom random = new SplittableRandom(round * 1_000 + racer);
                for (int i = 0; i < NOTES; i++) {
                    String text = round + "." + racer + "." + i;
                    String first = "tag:" + random.nextInt(TAGS);
                    String second = "tag:" + random.nextInt(TAGS);
                    boundary.attempts(1_000)
                            .decide(
                                    seen(first, second),
                                    known -> accept(new NoteEvent.Made(
                                            text, first, second, known.first(), known.both(), known.lastSecond())));
                }
                return true;
            });

            assertThat(log()).as("seed %s", seed).hasSize((int) seed * WRITERS * NOTES);
            assertReplayed("seed " + seed);
        }
    }

    private void assertReplayed(String seed) {
        Map<String, Integer> notes = new HashMap<>();
        Map<String, Integer> both = new HashMap<>();
        Map<String, String> last = new HashMap<>();
        for (NoteEvent event : log()) {
            NoteEvent.Made made = (NoteEvent.Made) event;
            String pair = pair(made.first(), made.second());
            // Where both tags are the same one, "both" means that one.
            int seenBoth = made.first().equals(made.second())
                    ? notes.getOrDefault(made.first(), 0)
                    : both.getOrDefault(pair, 0);

            assertThat(new Seen(made.seenFirst(), made.seenBoth(), made.lastSecond()))
                    .as("%s, note %s", seed, made.text())
                    .isEqualTo(new Seen(
                            notes.getOrDefault(made.first(), 0), seenBoth, last.getOrDefault(made.second(), "")));

            notes.merge(made.first(), 1, Integer::sum);
            if (!made.first().equals(made.second())) {
                notes.merge(made.second(), 1, Integer::sum);
                both.merge(pair, 1, Integer::sum);
            }
            last.put(made.first(), made.text());
            last.put(made.second(), made.text());
        }
    }

    private static String pair(String first, String second) {
        return first.compareTo(second) < 0 ? first + " " + second : second + " " + first;
    }
}
