package dev.everfold.log.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.log.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunFileTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {-1L, 0xffL, 0L, 0xff00_0000_0000_0000L})
    void a_run_holds_what_the_memtable_held(long mask) throws IOException {
        RandomLog log = new RandomLog(11, 8_000);
        Memtable memtable = memtable(log, mask);

        RunFile run = write(memtable);

        assertThat(run.info()).isEqualTo(memtable.info());
        assertThat(run.layout().streams()).isEqualTo(log.streams());
        for (long term : terms(log, mask)) {
            assertThat(positions(run.find(term))).isEqualTo(positions(memtable.find(term)));
            long end = log.events.size() / 2;
            assertThat(run.lastBelow(term, end)).isEqualTo(memtable.lastBelow(term, end));
        }
        Map<String, Long> types = new TreeMap<>();
        run.addTypesTo(types);
        assertThat(types).isEqualTo(log.types());
        Map<String, Long> trackings = new HashMap<>();
        run.addTrackingsTo(trackings);
        assertThat(trackings).isEqualTo(log.trackings());
        assertThat(appends(run)).isEqualTo(appends(memtable));
    }

    @Test
    void terms_that_are_not_there_are_not_found_and_seldom_pass_the_bloom_filter() throws IOException {
        RandomLog log = new RandomLog(12, 8_000);
        RunFile run = write(memtable(log, -1));
        TermHash terms = new TermHash(RandomLog.STORE);
        int passed = 0;
        for (int i = 0; i < 100_000; i++) {
            long term = terms.tag("missing:" + i);
            assertThat(run.find(term)).isNull();
            passed += run.mayHold(term) ? 1 : 0;
        }

        assertThat(passed / 100_000.0).isLessThan(0.02);
    }

    @Test
    void a_run_of_nothing_but_frames_is_possible() throws IOException {
        RunFormat.Info begin = new RunFormat.Info(RandomLog.STORE, 0, 0, 0, 0, 0);
        Memtable memtable =
                new Memtable(new TermHash(RandomLog.STORE), IndexOptions.defaults(), begin, new TypeCounts());
        memtable.addTracking("billing", 17);
        memtable.endFrame(1);

        RunFile run = write(memtable);

        assertThat(run.find(17)).isNull();
        assertThat(run.toFrame()).isEqualTo(1);
        Map<String, Long> trackings = new HashMap<>();
        run.addTrackingsTo(trackings);
        assertThat(trackings).containsExactly(Map.entry("billing", 17L));
    }

    @Test
    void whichever_byte_is_flipped_no_answer_is_wrong() throws IOException {
        RandomLog log = new RandomLog(13, 60);
        Memtable memtable = memtable(log, -1);
        RunFile whole = write(memtable);
        Path file = directory.resolve(whole.name());
        byte[] bytes = Files.readAllBytes(file);
        List<Long> terms = terms(log, -1);
        List<String> expected = answers(whole, terms);
        Random random = new Random(log.seed);
        int detected = 0;
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            try {
                RunFile run = RunFile.open(new OneFileStorage(whole.name(), damaged), whole.name());
                assertThat(answers(run, terms)).as("byte %d", at).isEqualTo(expected);
                assertThat(isDamageFoundByCheckingAll(run)).as("byte %d", at).isTrue();
            } catch (CorruptIndexException found) {
                detected++;
                assertThat(found.file()).isEqualTo(whole.name());
            }
        }

        // What is not detected by lookups lies in padding.
        assertThat(detected).isGreaterThan(6_000);
    }

    @Test
    void a_file_that_is_cut_or_longer_is_refused() throws IOException {
        RunFile whole = write(memtable(new RandomLog(14, 60), -1));
        byte[] bytes = Files.readAllBytes(directory.resolve(whole.name()));
        for (int length : new int[] {0, 100, 4095, 4096, 10_000, bytes.length - 1, bytes.length + 1}) {
            Files.write(directory.resolve(whole.name()), Arrays.copyOf(bytes, length));

            assertThatThrownBy(() -> RunFile.open(new FileStorage(directory), whole.name()))
                    .isInstanceOf(CorruptIndexException.class)
                    .hasMessageStartingWith("Index file " + whole.name() + " is damaged at byte ");
        }
    }

    @Test
    void a_damaged_block_is_named() throws IOException {
        RunFile whole = write(memtable(new RandomLog(15, 60), -1));
        Path file = directory.resolve(whole.name());
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) whole.layout().termsAt() + 5] ^= 1;
        Files.write(file, bytes);
        RunFile damaged = RunFile.open(new FileStorage(directory), whole.name());

        assertThatThrownBy(() -> damaged.hash(0))
                .isInstanceOf(CorruptIndexException.class)
                .hasMessageMatching("Index file index-0+-0+\\d+\\.run is damaged at byte "
                        + whole.layout().termsAt()
                        + ": checksum 0x[0-9a-f]{8} expected, 0x[0-9a-f]{8} found\\. It holds nothing that the log"
                        + " does not; it is built anew when the store is opened for writing\\.");
    }

    private RunFile write(Memtable memtable) throws IOException {
        FileStorage storage = new FileStorage(directory);
        RunWriter.write(storage, memtable, () -> {});
        assertThat(storage.list()).noneMatch(name -> name.endsWith(".tmp"));
        return RunFile.open(storage, memtable.info().name().toString());
    }

    static Memtable memtable(RandomLog log, long mask) {
        return memtable(log, mask, 0, log.frames.size());
    }

    /// A memtable of some frames.
    static Memtable memtable(RandomLog log, long mask, int fromFrame, int toFrame) {
        TermHash terms = new TermHash(RandomLog.STORE, mask);
        long from = log.positionAt(fromFrame);
        Memtable memtable = new Memtable(
                terms,
                IndexOptions.defaults(),
                new RunFormat.Info(RandomLog.STORE, terms.probe(), from, from, fromFrame, fromFrame),
                new TypeCounts());
        for (int number = fromFrame; number < toFrame; number++) {
            RandomLog.Frame frame = log.frames.get(number);
            memtable.addAppend(
                    frame.id().getMostSignificantBits(),
                    frame.id().getLeastSignificantBits(),
                    frame.fromPosition(),
                    frame.count());
            for (int i = 0; i < frame.count(); i++) {
                memtable.add(log.events.get((int) frame.fromPosition() + i));
            }
            frame.trackings().forEach(memtable::addTracking);
            memtable.endFrame(number + 1L);
        }
        return memtable;
    }

    private static List<Long> terms(RandomLog log, long mask) {
        TermHash terms = new TermHash(RandomLog.STORE, mask);
        Set<Long> found = new LinkedHashSet<>();
        log.events.forEach(event -> {
            found.add(terms.stream(event.stream()));
            found.add(terms.type(event.type()));
            found.add(terms.id(event.idMost(), event.idLeast()));
            event.tags().forEach(tag -> found.add(terms.tag(tag)));
        });
        found.add(terms.firstOfStream());
        found.add(terms.category("order"));
        found.add(terms.tag("missing"));
        return List.copyOf(found);
    }

    private static List<String> answers(RunFile run, List<Long> terms) {
        List<String> answers = new ArrayList<>();
        terms.forEach(term -> answers.add(positions(run.find(term)).toString()));
        Map<String, Long> numbers = new TreeMap<>();
        run.addTypesTo(numbers);
        answers.add(numbers.toString());
        numbers.clear();
        run.addTrackingsTo(numbers);
        answers.add(numbers.toString());
        answers.add(appends(run).toString());
        answers.add(run.info().toString());
        return answers;
    }

    private static boolean isDamageFoundByCheckingAll(RunFile run) {
        try {
            for (int block = 0; block < run.layout().blocks(); block++) {
                run.checkBlock(block);
            }
            return false;
        } catch (CorruptIndexException found) {
            return true;
        }
    }

    private static List<List<Long>> appends(Part part) {
        List<List<Long>> appends = new ArrayList<>();
        part.forEachAppend(0, (most, least, from, count) -> appends.add(List.of(most, least, from, (long) count)));
        return appends;
    }

    private static List<Long> positions(Postings postings) {
        List<Long> positions = new ArrayList<>();
        for (int i = 0; postings != null && i < postings.count(); i++) {
            positions.add(postings.at(i));
        }
        return positions;
    }
}
