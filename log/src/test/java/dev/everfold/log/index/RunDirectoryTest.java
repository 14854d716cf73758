package dev.everfold.log.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.log.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {

    private static final IndexOptions OPTIONS = IndexOptions.defaults();

    @TempDir
    Path directory;

    private final RandomLog log = new RandomLog(51, 2_000);
    private final int frames = log.frames.size();
    private FileStorage storage;

    @BeforeEach
    void openStorage() {
        storage = new FileStorage(directory);
    }

    @Test
    void runs_that_adjoin_each_other_are_taken() throws IOException {
        String first = write(0, 100);
        String second = write(100, 250);

        assertThat(openForWriting(frames)).containsExactly(first, second);
        assertThat(storage.list()).containsExactly(first, second);
    }

    @Test
    void temporary_files_and_runs_covered_by_a_larger_one_are_deleted() throws IOException {
        write(0, 100);
        write(100, 250);
        String whole = write(0, 250);
        Files.write(directory.resolve(whole + ".tmp"), new byte[10]);
        Files.write(directory.resolve(write(250, 260) + ".damaged"), new byte[10]);
        Files.write(directory.resolve("something-else.tmp"), new byte[10]);

        assertThat(openForWriting(frames)).hasSize(2).startsWith(whole);
        assertThat(storage.list())
                .containsExactlyInAnyOrder(whole, name(250, 260), name(250, 260) + ".damaged", "something-else.tmp");
    }

    @Test
    void a_larger_run_that_is_damaged_gives_way_to_those_that_it_covers() throws IOException {
        String first = write(0, 100);
        String second = write(100, 250);
        String whole = write(0, 250);
        Damage.flip(directory.resolve(whole), 20);

        assertThat(openForWriting(frames)).containsExactly(first, second);
        assertThat(storage.list()).containsExactly(first, second);
    }

    @Test
    void what_lies_behind_a_gap_is_deleted() throws IOException {
        String first = write(0, 100);
        write(110, 250);

        assertThat(openForWriting(frames)).containsExactly(first);
        assertThat(storage.list()).containsExactly(first);
    }

    @Test
    void runs_that_reach_beyond_the_log_are_deleted() throws IOException {
        String first = write(0, 100);
        write(100, 250);

        assertThat(openForWriting(249)).containsExactly(first);
        assertThat(storage.list()).containsExactly(first);
    }

    @Test
    void runs_of_another_store_another_hash_and_under_another_name_are_deleted() throws IOException {
        Memtable other = RunFileTest.memtable(log, 0xff, 0, 100);
        RunWriter.write(storage, other, () -> {});
        assertThat(openForWriting(frames)).isEmpty();
        assertThat(storage.list()).isEmpty();

        Files.move(directory.resolve(write(0, 100)), directory.resolve(name(0, 101)), StandardCopyOption.ATOMIC_MOVE);
        assertThat(openForWriting(frames)).isEmpty();
        assertThat(storage.list()).isEmpty();

        write(0, 100);
        try (LogIndex index = LogIndex.open(storage, OPTIONS, new UUID(1, 1), frames, true, Runnable::run)) {
            assertThat(index.runs()).isZero();
        }
        assertThat(storage.list()).isEmpty();
    }

    @Test
    void read_only_nothing_is_deleted() throws IOException {
        write(0, 100);
        write(0, 250);
        write(300, 310);
        Files.write(directory.resolve(name(310, 400) + ".tmp"), new byte[10]);
        List<String> before = storage.list();

        try (LogIndex index = LogIndex.open(storage, OPTIONS, RandomLog.STORE, frames, false, Runnable::run)) {
            assertThat(index.toFrame()).isEqualTo(250);
            index.flush(250);
        }

        assertThat(storage.list()).isEqualTo(before);
    }

    private List<String> openForWriting(long frameLimit) throws IOException {
        try (LogIndex index = LogIndex.open(storage, OPTIONS, RandomLog.STORE, frameLimit, true, Runnable::run)) {
            return index.runFiles().stream().map(RunFile::name).toList();
        }
    }

    private String write(int fromFrame, int toFrame) throws IOException {
        RunWriter.write(storage, RunFileTest.memtable(log, -1, fromFrame, toFrame), () -> {});
        return name(fromFrame, toFrame);
    }

    private static String name(int fromFrame, int toFrame) {
        return new RunFormat.Name(fromFrame, toFrame).toString();
    }
}
