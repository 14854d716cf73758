package dev.everfold.log.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TermTableTest {

    @ParameterizedTest
    @ValueSource(longs = {-1L, 0L, 7L, 0xff00_0000_0000_0000L, 0xffffL})
    void it_holds_what_a_simple_map_holds(long mask) {
        long seed = 4711;
        Random random = new Random(seed);
        TermTable table = new TermTable();
        Map<Long, List<Long>> model = new TreeMap<>(Long::compareUnsigned);
        long[] known = random.longs(6_000).toArray();
        for (int offset = 0; offset < 30_000; offset++) {
            for (int i = random.nextInt(4); i > 0; i--) {
                long term = known[(int) (known.length * Math.pow(random.nextDouble(), 4))] & mask;
                List<Long> offsets = model.computeIfAbsent(term, key -> new ArrayList<>());
                boolean isNew = offsets.isEmpty() || offsets.getLast() != offset;

                assertThat(table.add(term, offset)).as("seed %d", seed).isEqualTo(isNew);

                if (isNew) {
                    offsets.add((long) offset);
                }
            }
        }

        assertThat(table.terms()).isEqualTo(model.size());
        assertThat(sortedTerms(table)).containsExactlyElementsOf(model.keySet());
        model.forEach((term, offsets) -> assertThat(offsets(table, term)).isEqualTo(offsets));
        assertThat(table.extentOffsets())
                .isEqualTo(model.values().stream()
                        .mapToInt(List::size)
                        .filter(size -> size > 1)
                        .sum());
        assertThat(table.find(0x1234_5678_9abc_def1L | ~mask, 0)).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1L, 0xfL})
    void a_reader_sees_everything_that_was_published_before_it_looked(long mask) {
        int offsets = 200_000;
        TermTable table = new TermTable();
        AtomicInteger published = new AtomicInteger();
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
            for (int end = 0; end < offsets; ) {
                end = published.get();
                for (int look = 0; look < 20 && end > 0; look++) {
                    int offset = ThreadLocalRandom.current().nextInt(end);
                    for (long term : termsOf(offset)) {
                        Postings postings = table.find(term & mask, 0);
                        assertThat(postings).isNotNull();
                        int rank = postings.rank(offset);
                        assertThat(rank).isLessThan(postings.count());
                        assertThat(postings.at(rank)).isEqualTo(offset);
                        assertThat(table.lastOf(table.value(term & mask))).isGreaterThanOrEqualTo(offset);
                    }
                }
            }
        });

        for (int offset = 0; offset < offsets; offset++) {
            for (long term : termsOf(offset)) {
                table.add(term & mask, offset);
            }
            published.setRelease(offset + 1);
        }

        assertThat(reader).succeedsWithin(Duration.ofSeconds(60));
    }

    /// A term of its own, one that it shares with some, one that it shares with many.
    private static long[] termsOf(int offset) {
        return new long[] {
            offset * 0x9e3779b97f4a7c15L,
            (offset % 5_000) * 0x6a09e667f3bcc909L + 1,
            (offset % 3) * 0x3c6ef372fe94f82bL + 2
        };
    }

    private static List<Long> sortedTerms(TermTable table) {
        List<Long> terms = new ArrayList<>();
        for (int shard = 0; shard < table.shards(); shard++) {
            for (long term : table.sortedTerms(shard)) {
                terms.add(term);
            }
        }
        return terms;
    }

    private static List<Long> offsets(TermTable table, long term) {
        Postings postings = table.find(term, 0);
        List<Long> offsets = new ArrayList<>();
        for (int i = 0; postings != null && i < postings.count(); i++) {
            offsets.add(postings.at(i));
        }
        return offsets;
    }
}
