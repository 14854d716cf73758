package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Readers beside writers: whoever has seen a position never later sees a new event below it.
///
/// Four writers append batches of one to four events while four readers follow the log to its end, each
/// in a way of its own. Every reader must come to see exactly what the log holds in the end.
///
/// Leaves open: how far readers lag behind writers, as long as a writer can read what was acknowledged
/// to it.
public abstract class VisibilityConformance extends ConformanceSuite {

    private static final int WRITERS = 4;
    private static final int READERS = 4;
    private static final int BATCHES = 40;
    private static final long EVENTS = WRITERS * BATCHES * 5L / 2;
    private static final Duration LONG = Duration.ofSeconds(5);

    @Test
    void readers_see_positions_without_gaps() throws Exception {
        List<List<RecordedEvent>> seen = besideWriters(reader -> followed(Read.all()));

        List<RecordedEvent> log = log();
        assertThat(log)
                .extracting(RecordedEvent::position)
                .isEqualTo(LongStream.range(0, EVENTS).boxed().toList());
        assertThat(seen).allSatisfy(events -> assertThat(events).isEqualTo(log));
    }

    @Test
    void readers_of_a_query_see_every_match_once_and_in_order() throws Exception {
        List<Query> queries = List.of(
                Query.tags("writer:2"), Query.types("noted.1"), Query.stream("common-1"), Query.category("writer"));

        List<List<RecordedEvent>> seen = besideWriters(reader -> followed(Read.matching(queries.get(reader))));

        for (int reader = 0; reader < READERS; reader++) {
            assertThat(seen.get(reader)).isEqualTo(read(Read.matching(queries.get(reader))));
        }
    }

    @Test
    void readers_of_pages_see_every_match_once_and_in_order() throws Exception {
        List<List<RecordedEvent>> seen = besideWriters(
                reader -> followed(Read.matching(Query.tags("writer:" + reader)).limit(3)));

        for (int reader = 0; reader < READERS; reader++) {
            assertThat(seen.get(reader)).isEqualTo(read(Read.matching(Query.tags("writer:" + reader))));
        }
    }

    @Test
    void a_reader_sees_all_events_of_an_append_or_none() throws Exception {
        List<List<Boolean>> whole = besideWriters(reader -> {
            List<Boolean> answers = new ArrayList<>();
            Racers.Rounds rounds = new Racers.Rounds();
            long end = 0;
            while (end < EVENTS && rounds.another() && store.awaitPosition(end, LONG)) {
                try (EventCursor newest = store.read(Read.all().backwards().limit(1))) {
                    answers.add(newest.next().tags().contains("last"));
                    end = newest.end();
                }
            }
            return answers;
        });

        assertThat(whole.stream().flatMap(Collection::stream)).isNotEmpty().containsOnly(true);
    }

    @Test
    void a_backwards_read_is_the_reverse_of_a_forwards_read_of_the_same_range() throws Exception {
        List<Boolean> same = besideWriters(reader -> {
            boolean equal = true;
            Racers.Rounds rounds = new Racers.Rounds();
            long end = 0;
            while (end < EVENTS && rounds.another() && store.awaitPosition(end, LONG)) {
                end = store.nextPosition();
                List<RecordedEvent> forwards = read(Read.all().toPosition(end));
                equal &= forwards.size() == end;
                equal &= read(Read.all().toPosition(end).backwards()).equals(forwards.reversed());
            }
            return equal;
        });

        assertThat(same).containsOnly(true);
    }

    @Test
    void the_next_position_never_falls_and_everything_below_it_is_there() throws Exception {
        List<Boolean> rose = besideWriters(reader -> {
            boolean rising = true;
            Racers.Rounds rounds = new Racers.Rounds();
            long known = 0;
            while (known < EVENTS && rounds.another() && store.awaitPosition(known, LONG)) {
                long next = store.nextPosition();
                rising &= next > known;
                rising &= positions(Read.all().fromPosition(next - 1).toPosition(next))
                        .equals(List.of(next - 1));
                rising &= store.stats().events() >= next;
                known = next;
            }
            return rising;
        });

        assertThat(rose).containsOnly(true);
    }

    @Test
    void revisions_and_recorded_times_rise_with_positions() throws Exception {
        besideWriters(reader -> {
            SplittableRandom random = new SplittableRandom(reader);
            Instant noon = clock.instant();
            for (int i = 0; i < 50; i++) {
                Racers.stagger(random);
                clock.set(noon.plusSeconds(random.nextInt(100)));
            }
            return reader;
        });

        assertThat(log()).extracting(RecordedEvent::recorded).isSorted();
        assertThat(read(Read.matching(Query.stream("common-1"))))
                .extracting(RecordedEvent::revision)
                .isEqualTo(LongStream.range(0, read(Read.stream("common-1")).size())
                        .boxed()
                        .toList());
    }

    /// Reads and waits until the log holds everything; returns the events in the order in which they came.
    private List<RecordedEvent> followed(Read read) throws InterruptedException {
        List<RecordedEvent> seen = new ArrayList<>();
        Racers.Rounds rounds = new Racers.Rounds();
        long next = 0;
        while (next < EVENTS && rounds.another() && store.awaitPosition(next, LONG)) {
            try (EventCursor cursor = store.read(read.fromPosition(next))) {
                while (cursor.hasNext()) {
                    seen.add(cursor.next());
                }
                next = cursor.nextPosition();
            }
        }
        return seen;
    }

    /// Runs the readers beside the writers and returns what each reader returned.
    private <T> List<T> besideWriters(ReaderOf<T> reader) throws InterruptedException {
        List<List<T>> results = Racers.race(
                WRITERS + READERS,
                number -> number < WRITERS
                        ? () -> {
                            write(number);
                            return List.of();
                        }
                        : () -> List.of(reader.run(number - WRITERS)));
        return results.stream().flatMap(Collection::stream).toList();
    }

    private void write(int writer) {
        SplittableRandom random = new SplittableRandom(writer);
        for (int batch = 0; batch < BATCHES; batch++) {
            Racers.stagger(random);
            List<NewEvent> events = new ArrayList<>();
            int size = 1 + batch % 4;
            for (int i = 0; i < size; i++) {
                String stream = i == 1 ? "common-1" : "writer-" + writer;
                String place = i == size - 1 ? "last" : "more";
                events.add(event(stream, "noted." + i, "writer:" + writer, place));
            }
            store.append(Append.of(events));
        }
    }

    /// What one of the readers does.
    private interface ReaderOf<T> {
        T run(int reader) throws Exception;
    }
}
