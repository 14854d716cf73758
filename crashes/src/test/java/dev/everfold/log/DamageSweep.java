package dev.everfold.log;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.segment.AppendFormat;
import dev.everfold.log.segment.FrameFormat;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.testkit.MutableClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Damages stores, and looks whether anything that is wrong is served as good.
///
/// One bit in each of many bytes, by what the bytes are for; and whole frames and index runs that stand
/// where they do not belong. Two stores of the same workload are damaged: one that was closed, and one whose
/// process was killed after its last frame was proven durable.
final class DamageSweep {

    private final Workload workload;
    private final SplittableRandom random;
    private final int bytesPerClass;
    private final List<SimulatedDisk> moments = new ArrayList<>();
    private final SimulatedDisk killed;
    private final SimulatedDisk closed = new SimulatedDisk();
    private final Map<String, Outcomes> outcomes = new TreeMap<>();

    /// @param bytesPerClass how many bytes of each class are damaged in each store
    DamageSweep(long seed, int bytesPerClass) {
        this.workload = Workload.of(seed, 26, 12);
        this.random = new SplittableRandom(seed);
        this.bytesPerClass = bytesPerClass;
        MutableClock clock = Stores.clock();
        try (LogEventStore store = Stores.open(closed, clock, seed)) {
            workload.steps().forEach(step -> {
                Workload.make(step, store, clock);
                Stores.settle(
                        store,
                        step.answer().isPresent()
                                ? step.append()
                                : workload.accepted().getFirst().append());
                moments.add(closed.copy());
            });
        }
        this.killed = killed(seed);
    }

    /// What became of damages of one class.
    static final class Outcomes {

        private int damaged;
        private int detected;
        private int harmless;

        int damaged() {
            return damaged;
        }

        int detected() {
            return detected;
        }
    }

    Map<String, Outcomes> outcomes() {
        return outcomes;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        int all = outcomes.values().stream().mapToInt(each -> each.damaged).sum();
        int detected =
                outcomes.values().stream().mapToInt(each -> each.detected).sum();
        lines.add("damages: " + all + ", detected: " + detected + ", harmless: " + (all - detected)
                + ", served as good: 0");
        outcomes.forEach((what, each) -> lines.add(
                what + ": " + each.damaged + ", detected: " + each.detected + ", harmless: " + each.harmless));
        return lines;
    }

    /// @throws AssertionError with the story of the first damage that was served as good
    void run() throws IOException {
        displaceFrames();
        aheadOfTheLog();
        flipBits("killed process", killed, false);
        flipBits("closed store", closed.copy(), true);
    }

    /// One after whose last frame a closing frame was written, and that was not closed.
    private SimulatedDisk killed(long seed) {
        SimulatedDisk open = moments.getLast();
        SimulatedDisk disk = open.copy();
        byte[] end = closed.files().get(newest(closed));
        Map<String, byte[]> files = disk.files();
        files.put(newest(disk), end);
        if (!newest(disk).equals(newest(closed))) {
            throw new IllegalStateException("seed " + seed + " begins a segment when it is closed");
        }
        return new SimulatedDisk(files);
    }

    private static String newest(SimulatedDisk disk) {
        return disk.list().stream()
                .filter(name -> name.endsWith(".open"))
                .max(String::compareTo)
                .orElseThrow();
    }

    private void flipBits(String store, SimulatedDisk disk, boolean mustBeDetected) throws IOException {
        for (Map.Entry<String, byte[]> file : disk.files().entrySet()) {
            Map<String, List<Integer>> classes = ByteClasses.of(file.getKey(), file.getValue());
            for (Map.Entry<String, List<Integer>> bytes : classes.entrySet()) {
                String what = bytes.getKey();
                List<String> missed = flipBits(store + ", ", disk, file.getKey(), what, bytes.getValue());
                if (mustBeDetected && !missed.isEmpty()) {
                    throw new AssertionError(missed.getFirst() + ": not detected");
                }
            }
        }
    }

    /// @return the stories of those that were not detected
    private List<String> flipBits(String store, SimulatedDisk disk, String file, String what, List<Integer> places)
            throws IOException {
        List<String> missed = new ArrayList<>();
        for (int i = 0; i < Math.min(bytesPerClass, places.size()); i++) {
            int at = places.size() <= bytesPerClass ? places.get(i) : places.get(random.nextInt(places.size()));
            int bit = random.nextInt(8);
            SimulatedDisk damaged = Stores.change(disk, file, content -> {
                content[at] ^= (byte) (1 << bit);
                return content;
            });
            String story = store + "bit " + bit + " of byte " + at + " of " + file + " flipped, " + what;
            if (!damage("bit flipped in " + what, story, damaged)) {
                missed.add(story);
            }
        }
        return missed;
    }

    /// Puts earlier frames where the next one would go, and other frames in the place of the last one.
    private void displaceFrames() throws IOException {
        SimulatedDisk disk = moments.getLast();
        String file = newest(disk);
        byte[] content = disk.files().get(file);
        List<Integer> frames = ByteClasses.frames(content, 4_096, 4_096);
        int last = frames.getLast();
        int next = (last + FrameFormat.bytesAt(content, last) + 4_095) & -4_096;
        for (int frame : frames) {
            byte[] stale = content.clone();
            System.arraycopy(content, frame, stale, next, FrameFormat.bytesAt(content, frame));
            String story = "the frame at byte " + frame + " of " + file + " also where the next one would be";
            damage("earlier frame after the last one", story, Stores.with(disk, file, stale));
            if (frame != last) {
                byte[] misplaced = content.clone();
                System.arraycopy(content, frame, misplaced, last, FrameFormat.bytesAt(content, frame));
                story = "the frame at byte " + frame + " of " + file + " written over the last one";
                damage("earlier frame over the last one", story, Stores.with(disk, file, misplaced));
            }
        }
        for (int frame : frames) {
            String story = "the frame at byte " + frame + " of " + file + " with another content, after another one";
            damage("frame of another history", story, Stores.with(disk, file, ofAnotherHistory(content, frame)));
        }
    }

    /// Gives a frame another content, and another predecessor; it is whole all the same.
    private static byte[] ofAnotherHistory(byte[] content, int at) {
        FrameFormat.Header header = FrameFormat.header(content, at);
        byte[] frame = Arrays.copyOfRange(content, at, at + header.bytes());
        AppendFormat.visit(frame, 0, header, new AppendFormat.Visitor() {
            @Override
            public void append(AppendFormat.Header append, long fromPosition) {}

            @Override
            public void record(byte[] buffer, int offset, long position) {
                RecordedEvent event = RecordedEvent.view(buffer, offset);
                EventFormat.place(
                        buffer,
                        offset,
                        new EventFormat.Place(position, event.revision() + 1_000, event.recordedMicros()));
            }
        });
        FrameFormat.seal(
                frame,
                new FrameFormat.Header(
                        header.bytes(),
                        header.frame(),
                        header.epoch(),
                        header.fromPosition(),
                        header.fromAppend(),
                        header.eventCount(),
                        header.appendCount(),
                        header.durableFrames(),
                        header.previousChecksum() + 1,
                        0));
        byte[] changed = content.clone();
        System.arraycopy(frame, 0, changed, at, frame.length);
        return changed;
    }

    /// Adds the index runs of later moments to the log of an earlier one.
    private void aheadOfTheLog() throws IOException {
        for (int earlier = 0; earlier < moments.size(); earlier++) {
            Map<String, byte[]> files = moments.get(earlier).files();
            int before = files.size();
            moments.getLast().files().forEach((name, bytes) -> {
                if (name.endsWith(".run")) {
                    files.putIfAbsent(name, bytes);
                }
            });
            if (files.size() > before) {
                String story = "the index runs of the end beside the log after step " + earlier;
                damage("index ahead of the log", story, new SimulatedDisk(files), earlier + 1);
            }
        }
    }

    private boolean damage(String what, String story, SimulatedDisk damaged) throws IOException {
        return damage(what, story, damaged, workload.steps().size());
    }

    /// @return whether it was detected
    private boolean damage(String what, String story, SimulatedDisk damaged, int steps) throws IOException {
        Outcomes its = outcomes.computeIfAbsent(what, key -> new Outcomes());
        its.damaged++;
        boolean told = isTold(damaged.copy());
        boolean refused = isRefused(story, damaged, steps);
        boolean detected = told || refused;
        its.detected += detected ? 1 : 0;
        its.harmless += detected ? 0 : 1;
        return detected;
    }

    private static boolean isTold(SimulatedDisk damaged) throws IOException {
        try {
            return !Stores.verify(damaged).damages().isEmpty();
        } catch (CorruptStoreException | StoreUnavailableException told) {
            return true;
        }
    }

    /// Opens and reads everything: either something says that the store is damaged, or all is right.
    private boolean isRefused(String story, SimulatedDisk damaged, int steps) {
        int appends = (int) workload.steps().subList(0, steps).stream()
                .filter(step -> step.answer().isPresent())
                .count();
        try (LogEventStore store = Stores.open(damaged)) {
            require(store.read(Read.all()).toList().equals(workload.events(appends)), story, "the events");
            for (int i = 0; i < Workload.READS.size(); i++) {
                Read read = Workload.READS.get(i);
                boolean same = store.read(read)
                        .toList()
                        .equals(workload.answers(appends).get(i));
                require(same, story, read.toString());
            }
            for (String source : Workload.SOURCES) {
                Long tracked = workload.tracked(appends).get(source);
                OptionalLong expected = tracked == null ? OptionalLong.empty() : OptionalLong.of(tracked);
                require(store.trackedPosition(source).equals(expected), story, "the position of " + source);
            }
            return false;
        } catch (CorruptStoreException | StoreUnavailableException refused) {
            return true;
        } catch (RuntimeException unexpected) {
            throw new AssertionError(story + ": " + unexpected, unexpected);
        }
    }

    private static void require(boolean same, String story, String what) {
        if (!same) {
            throw new AssertionError(story + ": served as good, but wrong: " + what);
        }
    }

    int damages() {
        return outcomes.values().stream().mapToInt(each -> each.damaged).sum();
    }
}
