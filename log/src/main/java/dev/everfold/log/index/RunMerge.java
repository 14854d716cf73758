package dev.everfold.log.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Adjacent runs as the source of one: their terms merged in order, read twice, once to count and
/// once to write.
///
/// Memory does not grow with the runs: one head each.
final class RunMerge implements RunSource {

    /// Terms between two looks at whether to stop.
    private static final int TERMS_BETWEEN_CHECKS = 1 << 16;

    private final List<RunFile> inputs;
    private final int rememberedAppendsMax;
    private final Runnable stopCheck;

    /// @param inputs adjacent runs, oldest first
    /// @param stopCheck called now and then; ends the merge by throwing
    RunMerge(List<RunFile> inputs, int rememberedAppendsMax, Runnable stopCheck) {
        this.inputs = List.copyOf(inputs);
        this.rememberedAppendsMax = rememberedAppendsMax;
        this.stopCheck = stopCheck;
    }

    /// The next runs that are worth merging; empty when there are none.
    ///
    /// Runs have levels: below half a memtable 0, then one more each time that they are
    /// [IndexOptions#mergeFanIn] times as large. So many neighbours of one level, with smaller ones
    /// between them, become one; and so do neighbours among which there are so many of level 0,
    /// however the rest is, so that a store that is opened and closed often does not collect runs.
    static List<RunFile> plan(List<RunFile> runs, IndexOptions options) {
        int highest = runs.stream().mapToInt(run -> level(run, options)).max().orElse(-1);
        for (int level = 0; level <= highest; level++) {
            List<RunFile> found = plan(runs, level, options);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    /// Whether merging has fallen so far behind that reads suffer more from the runs than appends
    /// from merging.
    static boolean isBehind(List<RunFile> runs, IndexOptions options) {
        return runs.stream().filter(run -> level(run, options) <= 1).count() > 3L * options.mergeFanIn();
    }

    private static List<RunFile> plan(List<RunFile> runs, int level, IndexOptions options) {
        int begin = 0;
        for (int end = 1; end <= runs.size(); end++) {
            RunFile last = runs.get(end - 1);
            if (last.isDamaged() || level(last, options) > level) {
                begin = end;
                continue;
            }
            while (isTooLarge(runs.subList(begin, end), options)) {
                begin++;
            }
            List<RunFile> window = runs.subList(begin, end);
            if (count(window, level, options) >= options.mergeFanIn()
                    || count(window, 0, options) >= options.mergeFanIn()) {
                return List.copyOf(window);
            }
        }
        return List.of();
    }

    private static long count(List<RunFile> runs, int level, IndexOptions options) {
        return runs.stream().filter(run -> level(run, options) == level).count();
    }

    private static boolean isTooLarge(List<RunFile> runs, IndexOptions options) {
        long events = 0;
        long postings = 0;
        for (RunFile run : runs) {
            events += run.info().events();
            postings += run.layout().postings() + run.layout().terms();
        }
        return events > options.mergedEventsMax() || postings > RunFormat.POSTINGS_MAX;
    }

    private static int level(RunFile run, IndexOptions options) {
        int level = 0;
        double above = options.memtableEventsMax() / 2.0;
        while (run.info().events() >= above) {
            level++;
            above *= options.mergeFanIn();
        }
        return level;
    }

    @Override
    public RunFormat.Info info() {
        RunFormat.Info last = inputs.getLast().info();
        return inputs.getFirst().info().until(last.toPosition(), last.toFrame());
    }

    @Override
    public Contents contents() {
        long terms = 0;
        long postings = 0;
        for (Heads heads = new Heads(); heads.next(); terms++) {
            int count = heads.count();
            postings += count == 1 ? 0 : count;
        }
        TreeMap<String, Long> trackings = new TreeMap<>();
        TreeMap<String, Long> types = new TreeMap<>();
        long streams = 0;
        long appends = 0;
        for (RunFile input : inputs) {
            input.addTrackingsTo(trackings);
            input.addTypesTo(types);
            streams += input.layout().streams();
            appends += input.layout().appends() + input.layout().appendsDropped();
        }
        long remembered = 0;
        for (Remembered part : remembered()) {
            remembered += part.run.appends() - part.fromIndex;
        }
        return new Contents(terms, postings, streams, remembered, appends - remembered, trackings, types);
    }

    @Override
    public void writeTo(RunWriter writer) throws IOException {
        for (Heads heads = new Heads(); heads.next(); ) {
            writer.term(heads.term, heads.count());
            for (int i = 0; i < heads.members; i++) {
                writePostings(writer, heads.input[heads.member[i]], heads.values[i]);
            }
        }
        writer.appends(sink -> remembered().forEach(part -> part.run.forEachAppend(part.fromIndex, sink)));
    }

    private void writePostings(RunWriter writer, RunFile input, long value) throws IOException {
        long base = input.fromPosition() - inputs.getFirst().fromPosition();
        if (value >= 0) {
            writer.posting((int) (base + value));
            return;
        }
        long first = RunFile.firstOf(value);
        long end = first + RunFile.countOf(value);
        for (long index = first; index < end; index++) {
            writer.posting((int) (base + input.offset(index)));
        }
    }

    /// The newest appends without a gap: nothing older than a run that has dropped some itself.
    private List<Remembered> remembered() {
        List<Remembered> newest = new ArrayList<>();
        int left = rememberedAppendsMax;
        for (RunFile run : inputs.reversed()) {
            int taken = Math.min(left, run.appends());
            left -= taken;
            newest.addFirst(new Remembered(run, run.appends() - taken));
            if (run.layout().appendsDropped() > 0) {
                break;
            }
        }
        return newest;
    }

    private record Remembered(RunFile run, int fromIndex) {}

    /// The smallest term that the inputs have not given yet, and which of them have it.
    private final class Heads {

        private final RunFile[] input = inputs.toArray(RunFile[]::new);
        private final long[] hash = new long[inputs.size()];
        private final long[] index = new long[inputs.size()];
        private final int[] member = new int[inputs.size()];
        private final long[] values = new long[inputs.size()];
        private int members;
        private int untilCheck = TERMS_BETWEEN_CHECKS;
        private long term;

        Heads() {
            for (int i = 0; i < hash.length; i++) {
                load(i);
            }
        }

        boolean next() {
            if (--untilCheck == 0) {
                untilCheck = TERMS_BETWEEN_CHECKS;
                stopCheck.run();
            }
            for (int i = 0; i < members; i++) {
                index[member[i]]++;
                load(member[i]);
            }
            members = 0;
            long least = Long.MAX_VALUE;
            for (int i = 0; i < hash.length; i++) {
                if (index[i] < input[i].layout().terms() && hash[i] <= least) {
                    members = hash[i] < least ? 0 : members;
                    least = hash[i];
                    member[members++] = i;
                }
            }
            for (int i = 0; i < members; i++) {
                values[i] = input[member[i]].value(index[member[i]]);
            }
            term = least ^ Long.MIN_VALUE;
            return members > 0;
        }

        int count() {
            int count = 0;
            for (int i = 0; i < members; i++) {
                count += RunFile.countOf(values[i]);
            }
            return count;
        }

        /// Kept with the sign turned, so that signed order is that of the file.
        private void load(int i) {
            if (index[i] < input[i].layout().terms()) {
                hash[i] = input[i].hash(index[i]) ^ Long.MIN_VALUE;
            }
        }
    }
}
