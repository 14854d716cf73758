package dev.everfold.log.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import dev.everfold.log.simulation.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Whatever stands in a run, it answers as it did, or says that it is damaged; and takes memory in
/// proportion to the file.
class RunFileFuzzTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ALLOCATED_BYTES_MAX = 4 << 20;
    private static final int EDIT_BYTES = 5;
    private static final int EDITS_MAX = 40;

    private static final RandomLog LOG = new RandomLog(17, 200);
    private static final String NAME;
    private static final byte[] WHOLE;
    private static final List<Long> TERMS = terms();
    private static final String ANSWERS;

    static {
        try {
            SimulatedDisk disk = new SimulatedDisk();
            RunWriter.write(disk, RunFileTest.memtable(LOG, -1), () -> {});
            NAME = disk.list().getFirst();
            WHOLE = disk.files().get(NAME);
            ANSWERS = answers(RunFile.open(new OneFileStorage(NAME, WHOLE), NAME));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /// Five bytes an edit: where (three bytes), what to do, a value.
    @FuzzTest(maxDuration = "60s")
    void an_edited_run_answers_as_before_or_says_that_it_is_damaged(byte[] input) throws IOException {
        byte[] run = WHOLE.clone();
        for (int at = 0; at <= Math.min(input.length - EDIT_BYTES, EDITS_MAX * EDIT_BYTES); at += EDIT_BYTES) {
            run = edit(run, input, at);
        }

        assertThat(answersOrDamage(run)).isIn(ANSWERS, "");
    }

    /// A header and a footer whose checksums are right, and whose numbers are anything.
    @FuzzTest(maxDuration = "60s")
    void a_run_whose_header_and_footer_say_anything_is_refused_or_says_that_it_is_damaged(byte[] input)
            throws IOException {
        byte[] run = WHOLE.clone();
        int footer = run.length - RunFormat.FOOTER_BYTES;
        for (int at = 0; at + 9 <= input.length && at < 30 * 9; at += 9) {
            boolean inFooter = (input[at] & 1) == 0;
            int place = (input[at] >>> 1 & 0x1f) * 4 % ((inFooter ? 88 : 76) - 4);
            System.arraycopy(input, at + 1, run, (inFooter ? footer : 0) + place, 8);
        }
        ByteBuffer bytes = RunFormat.buffer(run);
        bytes.putInt(76, RunFormat.checksum(run, 0, 76));
        bytes.putInt(footer + 92, bytes.getInt(76));
        bytes.putInt(footer + 108, RunFormat.checksum(run, footer, 108));

        answersOrDamage(run);
    }

    /// @return empty when it is damaged
    private static String answersOrDamage(byte[] run) throws IOException {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        String answers = ask(run);
        long max = ALLOCATED_BYTES_MAX + 16L * run.length;
        // At most twice, since what is done for the first time loads classes.
        if (THREADS.getCurrentThreadAllocatedBytes() - before > max) {
            before = THREADS.getCurrentThreadAllocatedBytes();
            ask(run);
            assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
                    .as("bytes allocated for a file of " + run.length + " bytes")
                    .isLessThan(max);
        }
        return answers;
    }

    private static String ask(byte[] run) throws IOException {
        try {
            return answers(RunFile.open(new OneFileStorage(NAME, run), NAME));
        } catch (CorruptIndexException damaged) {
            assertThat(damaged.file()).isEqualTo(NAME);
            return "";
        }
    }

    private static byte[] edit(byte[] run, byte[] input, int at) {
        int offset = ((input[at] & 0xff) << 16 | (input[at + 1] & 0xff) << 8 | (input[at + 2] & 0xff))
                % Math.max(1, run.length);
        switch (input[at + 3] & 3) {
            case 0 -> run[Math.min(offset, run.length - 1)] = input[at + 4];
            case 1 -> run[Math.min(offset, run.length - 1)] ^= (byte) (1 << (input[at + 4] & 7));
            case 2 -> {
                return Arrays.copyOf(run, Math.max(1, offset));
            }
            default -> {
                return Arrays.copyOf(run, run.length + (input[at + 4] & 0xff));
            }
        }
        return run;
    }

    private static List<Long> terms() {
        TermHash hashes = new TermHash(RandomLog.STORE, -1);
        Set<Long> found = new LinkedHashSet<>();
        LOG.events.forEach(event -> {
            found.add(hashes.stream(event.stream()));
            found.add(hashes.type(event.type()));
            event.tags().forEach(tag -> found.add(hashes.tag(tag)));
        });
        found.add(hashes.firstOfStream());
        found.add(hashes.tag("missing"));
        return List.copyOf(found);
    }

    private static String answers(RunFile run) {
        StringBuilder answers = new StringBuilder(run.info().toString());
        for (long term : TERMS) {
            Postings postings = run.find(term);
            for (int i = 0; postings != null && i < Math.min(postings.count(), 1_000); i++) {
                answers.append(' ').append(postings.at(i));
            }
            answers.append('\n');
        }
        Map<String, Long> types = new TreeMap<>();
        run.addTypesTo(types);
        Map<String, Long> trackings = new HashMap<>();
        run.addTrackingsTo(trackings);
        List<Long> appends = new ArrayList<>();
        run.forEachAppend(0, (most, least, from, count) -> appends.addAll(List.of(most, least, from, (long) count)));
        return answers.append(types)
                .append(new TreeMap<>(trackings))
                .append(appends)
                .toString();
    }
}
