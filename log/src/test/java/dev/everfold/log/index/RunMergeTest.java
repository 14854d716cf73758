package dev.everfold.log.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.log.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunMergeTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {-1L, 0xfffL, 0x7L, 0L})
    void merged_runs_are_byte_for_byte_the_run_of_one_large_memtable(long mask) throws IOException {
        RandomLog log = new RandomLog(21, 12_000);
        FileStorage storage = new FileStorage(directory);
        List<RunFile> inputs = runs(storage, log, mask, 9);
        RunMerge merge = new RunMerge(inputs, 1_000_000, () -> {});

        RunWriter.write(storage, merge, () -> {});

        FileStorage other = new FileStorage(Files.createDirectory(directory.resolve("other")));
        Memtable large = RunFileTest.memtable(log, mask);
        RunWriter.write(other, large, () -> {});
        String name = large.info().name().toString();
        assertThat(directory.resolve(name))
                .hasSameBinaryContentAs(directory.resolve("other").resolve(name));
    }

    @Test
    void the_newest_appends_are_kept_without_a_gap() throws IOException {
        RandomLog log = new RandomLog(22, 3_000);
        FileStorage storage = new FileStorage(directory);
        RunMerge merge = new RunMerge(runs(storage, log, -1, 5), 500, () -> {});

        RunWriter.write(storage, merge, () -> {});

        RunFile merged = RunFile.open(storage, merge.info().name().toString());
        List<Long> begins = new ArrayList<>();
        merged.forEachAppend(0, (most, least, from, count) -> begins.add(from));
        assertThat(begins)
                .isEqualTo(log.frames.subList(log.frames.size() - 500, log.frames.size()).stream()
                        .map(RandomLog.Frame::fromPosition)
                        .toList());
        assertThat(merged.layout().appendsDropped()).isEqualTo(log.frames.size() - 500);
    }

    @Test
    void a_merge_that_is_told_to_stop_leaves_nothing_behind() throws IOException {
        FileStorage storage = new FileStorage(directory);
        RunMerge merge = new RunMerge(runs(storage, new RandomLog(23, 40_000), -1, 3), 1_000, () -> {});
        List<String> before = storage.list();

        assertThatThrownBy(() -> RunWriter.write(storage, merge, () -> {
                    throw new CancellationException();
                }))
                .isInstanceOf(CancellationException.class);

        assertThat(storage.list()).isEqualTo(before);
    }

    @Test
    void a_merge_that_is_interrupted_leaves_nothing_behind() throws IOException {
        FileStorage storage = new FileStorage(directory);
        RunMerge merge = new RunMerge(runs(storage, new RandomLog(26, 40_000), -1, 3), 1_000, () -> {});
        List<String> before = storage.list();

        assertThatThrownBy(() -> RunWriter.write(
                        storage, merge, () -> Thread.currentThread().interrupt()))
                .isInstanceOf(IOException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(storage.list()).isEqualTo(before);
    }

    @Test
    void eight_runs_of_one_size_are_merged_and_seven_are_not() throws IOException {
        assertThat(plan(100, 100, 100, 100, 100, 100, 100)).isEmpty();
        assertThat(plan(100, 100, 100, 100, 100, 100, 100, 100)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(plan(900, 100, 100, 100, 100, 100, 100, 100, 100)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void small_runs_are_merged_where_there_are_eight_however_many_larger_ones_lie_between() throws IOException {
        assertThat(plan(9, 9, 9, 9, 9, 9, 9)).isEmpty();
        assertThat(plan(9, 9, 9, 9, 9, 9, 9, 9)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(plan(800, 9, 100, 9, 9, 100, 9, 9, 100, 9, 9, 9)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    }

    @Test
    void a_damaged_run_and_too_large_a_sum_are_not_merged() throws IOException {
        FileStorage storage = new FileStorage(directory);
        List<RunFile> runs = runs(storage, new RandomLog(24, 2_000), -1, 9);
        IndexOptions options = IndexOptions.defaults().withMemtable(200, 100_000, 100_000);
        assertThat(RunMerge.plan(runs, options)).hasSize(8);

        runs.get(4).markDamaged();

        assertThat(RunMerge.plan(runs, options)).isEmpty();
        IndexOptions limited =
                new IndexOptions(200, 100_000, 100_000, 1, 2, 4, 1_000, 1_000, 8, 1_000, 1 << 20, -1, failure -> {});
        assertThat(RunMerge.plan(runs(storage, new RandomLog(24, 2_000), -1, 9), limited))
                .isEmpty();
    }

    /// Which of runs with so many events are merged next, when a memtable has 100.
    private List<Integer> plan(int... events) throws IOException {
        RandomLog log = new RandomLog(25, 3_000);
        FileStorage storage = new FileStorage(Files.createTempDirectory(directory, "plan"));
        List<RunFile> runs = new ArrayList<>();
        int frame = 0;
        for (int count : events) {
            int from = frame;
            while (log.positionAt(frame) - log.positionAt(from) < count) {
                frame++;
            }
            runs.add(write(storage, RunFileTest.memtable(log, -1, from, frame)));
        }
        return RunMerge.plan(runs, IndexOptions.defaults().withMemtable(100, 100_000, 100_000)).stream()
                .map(runs::indexOf)
                .toList();
    }

    private static List<RunFile> runs(FileStorage storage, RandomLog log, long mask, int count) throws IOException {
        Random random = new Random(log.seed);
        List<RunFile> runs = new ArrayList<>();
        int frame = 0;
        for (int i = 1; i <= count; i++) {
            int target = log.frames.size() * i / count;
            int end = i == count ? target : target - random.nextInt(5);
            runs.add(write(storage, RunFileTest.memtable(log, mask, frame, end)));
            frame = end;
        }
        return runs;
    }

    private static RunFile write(FileStorage storage, Memtable memtable) throws IOException {
        RunWriter.write(storage, memtable, () -> {});
        return RunFile.open(storage, memtable.info().name().toString());
    }
}
