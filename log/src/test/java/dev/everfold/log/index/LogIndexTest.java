package dev.everfold.log.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.log.index.LogIndex.Range;
import dev.everfold.log.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogIndexTest {

    /// Small memtables, so that a short log has runs of several levels, and merges.
    private static final IndexOptions SMALL = IndexOptions.defaults()
            .withMemtable(300, 10_000, 10_000)
            .withFlushOnCloseEventsMin(1)
            .withWriteBytesPerSecond(Long.MAX_VALUE);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {-1L, 0x3fL, 7L, 0L, 0xf000_0000_0000_0000L})
    void candidates_are_the_matches_whatever_collides(long mask) throws IOException {
        RandomLog log = new RandomLog(1, 7_000);
        try (LogIndex index = open(SMALL.withHashMask(mask), log)) {
            log.addTo(index);
            assertThat(index.runs()).isBetween(3, 12);

            for (int trial = 0; trial < 400; trial++) {
                Query query = log.randomQuery();
                Range range = log.randomRange();
                Direction direction = trial % 2 == 0 ? Direction.FORWARDS : Direction.BACKWARDS;
                boolean exactOnly = trial % 4 < 2;

                List<Long> candidates = RandomLog.all(index.candidates(query, range, direction, exactOnly));

                List<Long> matches = log.matches(query, range, direction);
                String as = "seed " + log.seed + " trial " + trial + " " + query + " " + range + " " + direction;
                assertThat(inOrder(candidates, direction)).as(as).isTrue();
                assertThat(candidates).as(as).allMatch(at -> at >= range.from() && at < range.to());
                assertThat(log.verified(index.candidates(query, range, direction, exactOnly), query.predicate()))
                        .as(as)
                        .isEqualTo(matches);
                if (mask == -1L && exactOnly) {
                    assertThat(candidates).as(as).isEqualTo(matches);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1L, 0xfL, 0L})
    void events_beyond_the_snapshot_are_ignored(long mask) throws IOException {
        RandomLog log = new RandomLog(2, 1_500);
        try (LogIndex index = open(SMALL.withHashMask(mask), log)) {
            Random random = new Random(log.seed);
            for (int frame = 0; frame < log.frames.size(); frame++) {
                log.add(index, frame);
                long end = random.nextLong(index.nextPosition() + 1);
                Query query = log.randomQuery();
                Range range = new Range(end / 2, end);

                assertThat(log.verified(index.candidates(query, range, Direction.FORWARDS, true), query.predicate()))
                        .isEqualTo(log.matches(query, range, Direction.FORWARDS));
                String stream = log.randomStream();
                assertThat(revisions(log, index, stream, new Range(0, Long.MAX_VALUE), end, Direction.BACKWARDS))
                        .isEqualTo(log.matches(Query.stream(stream), new Range(0, end), Direction.BACKWARDS));
                assertThat(lastOfStream(log, index, stream, end))
                        .isEqualTo(log.matches(Query.stream(stream), new Range(0, end), Direction.BACKWARDS).stream()
                                .findFirst()
                                .orElse(-1L));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1L, 0xfffL, 0xfL, 0L})
    void revisions_are_found_by_rank_in_both_directions(long mask) throws IOException {
        RandomLog log = new RandomLog(3, 4_000, 60);
        try (LogIndex index = open(SMALL.withHashMask(mask), log)) {
            log.addTo(index);
            Random random = new Random(log.seed);

            for (int trial = 0; trial < 500; trial++) {
                String stream = trial % 50 == 0 ? "missing-1" : log.randomStream();
                long from = random.nextInt(40);
                Range revisions = new Range(from, trial % 3 == 0 ? Long.MAX_VALUE : from + random.nextInt(30));
                Direction direction = trial % 2 == 0 ? Direction.FORWARDS : Direction.BACKWARDS;

                List<Long> found = revisions(log, index, stream, revisions, log.events.size(), direction);

                List<Long> expected =
                        log.matches(Query.stream(stream), new Range(0, log.events.size()), direction).stream()
                                .filter(at -> isWithin(log.events.get(at.intValue()), revisions))
                                .toList();
                assertThat(found).as("seed %d trial %d", log.seed, trial).isEqualTo(expected);
            }
        }
    }

    @Test
    void without_collisions_the_first_revision_asked_for_comes_first() throws IOException {
        RandomLog log = new RandomLog(4, 3_000, 40);
        try (LogIndex index = open(SMALL, log)) {
            log.addTo(index);
            for (RecordedEvent event : log.events) {
                Range only = new Range(event.revision(), event.revision() + 1);

                assertThat(index.revisions(event.stream(), only, log.events.size(), Direction.FORWARDS)
                                .next())
                        .isEqualTo(event.position());
                assertThat(RandomLog.all(index.revisions(event.stream(), only, log.events.size(), Direction.BACKWARDS)))
                        .containsExactly(event.position());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1L, 0L})
    void counts_appends_and_trackings_are_those_of_the_log_however_it_is_cut_into_sessions(long mask)
            throws IOException {
        RandomLog log = new RandomLog(5, 6_000);
        IndexOptions options = SMALL.withHashMask(mask);
        Random random = new Random(log.seed);
        int frames = 0;
        while (frames < log.frames.size()) {
            try (LogIndex index = open(options, log)) {
                assertThat(index.toPosition()).isEqualTo(log.positionAt((int) index.toFrame()));
                frames = Math.min(log.frames.size(), frames + random.nextInt(900));
                log.addTo(index, frames);
                index.stopWaiting();
                if (random.nextBoolean()) {
                    index.flush(frames);
                    assertThat(index.toFrame()).isEqualTo(frames);
                }
            }
        }
        try (LogIndex index = open(options, log)) {
            log.addTo(index);

            assertThat(index.types()).isEqualTo(log.types());
            assertThat(index.streams()).isEqualTo(log.streams());
            assertThat(index.trackings()).isEqualTo(log.trackings());
            assertThat(appends(index, Integer.MAX_VALUE))
                    .isEqualTo(log.frames.stream()
                            .map(frame -> new Append(frame.id(), frame.fromPosition(), frame.count()))
                            .toList());
            assertThat(appends(index, 17))
                    .isEqualTo(appends(index, Integer.MAX_VALUE).subList(log.frames.size() - 17, log.frames.size()));
            assertThat(index.bytes()).isPositive();
        }
    }

    @Test
    void only_the_newest_appends_are_remembered_by_runs() throws IOException {
        RandomLog log = new RandomLog(6, 8_000);
        IndexOptions options = SMALL.withRememberedAppendsMax(100);
        try (LogIndex index = open(options, log)) {
            log.addTo(index);
            index.flush(log.frames.size());
        }
        try (LogIndex index = open(options, log)) {
            List<Append> all = log.frames.stream()
                    .map(frame -> new Append(frame.id(), frame.fromPosition(), frame.count()))
                    .toList();

            assertThat(appends(index, 100)).isEqualTo(all.subList(all.size() - 100, all.size()));
            assertThat(appends(index, Integer.MAX_VALUE).size()).isBetween(100, 100 * index.runs());
        }
    }

    @Test
    void a_store_that_is_opened_and_closed_often_does_not_collect_runs() throws IOException {
        RandomLog log = new RandomLog(10, 4_000);
        for (int frames = 0; frames < log.frames.size(); frames += 5) {
            try (LogIndex index = open(SMALL, log)) {
                // Seven of each level, since eight are merged.
                assertThat(index.runs()).isLessThanOrEqualTo(3 * 7);
                log.addTo(index, Math.min(log.frames.size(), frames + 5));
                index.stopWaiting();
                index.flush(Math.min(log.frames.size(), frames + 5));
            }
        }
        try (LogIndex index = open(SMALL, log)) {
            assertThat(index.toPosition()).isEqualTo(log.events.size());
            assertThat(index.types()).isEqualTo(log.types());
        }
    }

    @Test
    void a_store_without_events_has_an_index_without_anything() throws IOException {
        RandomLog log = new RandomLog(7, 10);
        try (LogIndex index = open(IndexOptions.defaults(), log)) {
            Range all = new Range(0, Long.MAX_VALUE);
            assertThat(RandomLog.all(index.candidates(Query.all(), all, Direction.FORWARDS, true)))
                    .isEmpty();
            assertThat(index.lastPosition(index.terms().stream("order-1"), Long.MAX_VALUE))
                    .isEqualTo(-1);
            assertThat(index.types()).isEmpty();
            assertThat(index.trackings()).isEmpty();
            assertThat(index.streams()).isZero();
            assertThat(index.runs()).isZero();
            index.flush(0);
            assertThat(index.runs()).isZero();
        }
    }

    @Test
    void an_event_that_is_not_the_next_is_refused() throws IOException {
        RandomLog log = new RandomLog(8, 10);
        try (LogIndex index = open(IndexOptions.defaults(), log)) {
            assertThatThrownBy(() -> index.add(log.events.get(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("The event at position 1 was added to the index; expected the one at 0.");
        }
    }

    @Test
    void a_dense_query_may_be_answered_with_all_positions_unless_that_is_refused() throws IOException {
        RandomLog log = new RandomLog(9, 1_000);
        try (LogIndex index = open(IndexOptions.defaults(), log)) {
            log.addTo(index);
            Query query = Query.tags("hot:0").or(Query.tags("hot:1"));
            Range all = new Range(0, log.events.size());

            assertThat(RandomLog.all(index.candidates(query, all, Direction.FORWARDS, false)))
                    .hasSize(log.events.size());
            assertThat(RandomLog.all(index.candidates(query, all, Direction.FORWARDS, true)))
                    .isEqualTo(log.matches(query, all, Direction.FORWARDS));
        }
    }

    private LogIndex open(IndexOptions options, RandomLog log) throws IOException {
        return LogIndex.open(
                new FileStorage(directory), options, RandomLog.STORE, log.frames.size(), true, Runnable::run);
    }

    private record Append(UUID id, long fromPosition, int count) {}

    private static List<Append> appends(LogIndex index, int newest) {
        List<Append> appends = new ArrayList<>();
        index.forEachAppend(
                newest, (most, least, from, count) -> appends.add(new Append(new UUID(most, least), from, count)));
        return appends;
    }

    /// Reads a stream as a store does: by rank, and from the end where the first hit shows that
    /// ranks are off.
    private static List<Long> revisions(
            RandomLog log, LogIndex index, String stream, Range revisions, long end, Direction direction) {
        Candidates candidates = index.revisions(stream, revisions, end, direction);
        List<Long> positions = RandomLog.all(candidates);
        if (direction == Direction.BACKWARDS && revisions.to() != Long.MAX_VALUE) {
            RecordedEvent first = positions.isEmpty()
                    ? null
                    : log.events.get(positions.getFirst().intValue());
            boolean sure = first != null && first.stream().equals(stream) && first.revision() == revisions.to() - 1;
            if (!sure) {
                positions = RandomLog.all(index.candidates(Query.stream(stream), new Range(0, end), direction, true));
            }
        }
        assertThat(inOrder(positions, direction)).isTrue();
        return positions.stream()
                .filter(at -> log.events.get(at.intValue()).stream().equals(stream))
                .filter(at -> isWithin(log.events.get(at.intValue()), revisions))
                .toList();
    }

    private static long lastOfStream(RandomLog log, LogIndex index, String stream, long end) {
        long term = index.terms().stream(stream);
        long last = index.lastPosition(term, end);
        while (last >= 0 && !log.events.get((int) last).stream().equals(stream)) {
            last = index.lastPosition(term, last);
        }
        return last;
    }

    private static boolean isWithin(RecordedEvent event, Range revisions) {
        return event.revision() >= revisions.from() && event.revision() < revisions.to();
    }

    private static boolean inOrder(List<Long> positions, Direction direction) {
        for (int i = 1; i < positions.size(); i++) {
            boolean rises = positions.get(i) > positions.get(i - 1);
            if (positions.get(i).equals(positions.get(i - 1)) || rises != (direction == Direction.FORWARDS)) {
                return false;
            }
        }
        return true;
    }
}
