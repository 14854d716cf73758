package dev.everfold.log.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.log.index.LogIndex.Range;
import dev.everfold.log.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadOnlyIndexTest {

    private static final IndexOptions WRITER = IndexOptions.defaults()
            .withMemtable(300, 10_000, 10_000)
            .withFlushOnCloseEventsMin(1)
            .withWriteBytesPerSecond(Long.MAX_VALUE);

    /// Cut differently, so that runs end in the middle of the reader's memtables.
    private static final IndexOptions READER = WRITER.withMemtable(170, 10_000, 10_000);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {-1L, 0xfL})
    void a_reader_takes_over_runs_of_a_writer_without_a_gap_or_a_repetition(long mask) throws IOException {
        RandomLog log = new RandomLog(61, 6_000);
        Random random = new Random(log.seed);
        int written = 500;
        int read = 300;
        int refreshed = 0;
        try (LogIndex writer = open(WRITER.withHashMask(mask), written, true)) {
            log.addTo(writer, written);
            try (LogIndex reader = open(READER.withHashMask(mask), read, false)) {
                log.addTo(reader, read);
                while (read < log.frames.size()) {
                    int target = Math.min(log.frames.size(), written + random.nextInt(60));
                    for (; written < target; written++) {
                        log.add(writer, written);
                    }
                    for (int end = Math.min(written, read + random.nextInt(80)); read < end; read++) {
                        log.add(reader, read);
                    }
                    refreshed += reader.refresh() ? 1 : 0;
                    assertAgrees(log, reader, read);
                }
                assertThat(refreshed).isGreaterThan(5);
                assertThat(reader.runs()).isGreaterThan(0);
                assertThat(reader.toPosition()).isGreaterThan(5_000);
            }
        }
    }

    @Test
    void full_memtables_wait_in_memory_and_nothing_is_written() throws IOException {
        RandomLog log = new RandomLog(62, 3_000);
        try (LogIndex reader = open(READER, log.frames.size(), false)) {
            log.addTo(reader);
            reader.flush(log.frames.size());

            assertThat(new FileStorage(directory).list()).isEmpty();
            assertThat(reader.refresh()).isFalse();
            assertAgrees(log, reader, log.frames.size());
        }
    }

    private static void assertAgrees(RandomLog log, LogIndex index, int frames) {
        Range all = new Range(0, log.positionAt(frames));
        for (int i = 0; i < 3; i++) {
            Query query = log.randomQuery();
            Direction direction = i % 2 == 0 ? Direction.FORWARDS : Direction.BACKWARDS;
            assertThat(log.verified(index.candidates(query, all, direction, true), query.predicate()))
                    .isEqualTo(log.matches(query, all, direction));
        }
        String stream = log.randomStream();
        assertThat(log.verified(
                        index.revisions(stream, new Range(3, Long.MAX_VALUE), all.to(), Direction.FORWARDS),
                        event -> event.stream().equals(stream) && event.revision() >= 3))
                .isEqualTo(log.matches(Query.stream(stream), all, Direction.FORWARDS).stream()
                        .skip(3)
                        .toList());
        List<Long> appends = new ArrayList<>();
        index.forEachAppend(Integer.MAX_VALUE, (most, least, from, count) -> {
            if (count > 0) {
                appends.add(from);
            }
        });
        assertThat(appends)
                .isEqualTo(log.frames.subList(0, frames).stream()
                        .filter(frame -> frame.count() > 0)
                        .map(RandomLog.Frame::fromPosition)
                        .toList());
        assertThat(index.nextPosition()).isEqualTo(all.to());
        long events = index.types().values().stream().mapToLong(Long::longValue).sum();
        assertThat(events).isEqualTo(all.to());
        assertThat(index.streams())
                .isEqualTo(log.matches(Query.firstOfStream(), all, Direction.FORWARDS)
                        .size());
    }

    private LogIndex open(IndexOptions options, int frames, boolean writable) throws IOException {
        return LogIndex.open(new FileStorage(directory), options, RandomLog.STORE, frames, writable, Runnable::run);
    }
}
