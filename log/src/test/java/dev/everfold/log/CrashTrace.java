package dev.everfold.log;

import dev.everfold.log.Workload.Step;
import dev.everfold.log.segment.FrameFormat;
import dev.everfold.log.simulation.Effect;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.testkit.MutableClock;
import java.util.ArrayList;
import java.util.List;

/// What a workload did to a disk, effect by effect, and when each of its appends was acknowledged.
///
/// The workload is made in two sessions with a clean close in between; the second one ends as it is, or
/// with a close.
final class CrashTrace {

    private final SimulatedDisk disk;
    private final List<Integer> acknowledgedAt = new ArrayList<>();

    private CrashTrace(SimulatedDisk disk) {
        this.disk = disk;
    }

    /// Runs a workload on a disk; the seed decides when background work is done.
    static CrashTrace run(Workload workload, SimulatedDisk disk, long seed) {
        CrashTrace trace = new CrashTrace(disk);
        int half = workload.steps().size() / 2;
        trace.session(workload.steps().subList(0, half), seed);
        trace.session(workload.steps().subList(half, workload.steps().size()), seed + 1);
        trace.keepEarliest();
        return trace;
    }

    SimulatedDisk disk() {
        return disk;
    }

    List<Effect> effects() {
        return disk.effects();
    }

    /// How many appends had been acknowledged when so many effects had happened.
    int acknowledged(int effects) {
        int count = 0;
        while (count < acknowledgedAt.size() && acknowledgedAt.get(count) <= effects) {
            count++;
        }
        return count;
    }

    private void session(List<Step> steps, long seed) {
        MutableClock clock = Stores.clock();
        try (LogEventStore store = Stores.open(disk, clock, seed)) {
            for (Step step : steps) {
                Workload.make(step, store, clock);
                if (step.answer().isPresent()) {
                    acknowledgedAt.add(disk.effectCount());
                }
            }
        }
    }

    /// The writer may have gone on between its answer and our look. No append is answered before the
    /// sync of its frame, so the moment after that is exact; if ours is earlier, the engine answered
    /// too early.
    private void keepEarliest() {
        List<Effect> effects = effects();
        int append = 0;
        for (int i = 0; i < effects.size(); i++) {
            if (effects.get(i) instanceof Effect.Written written && isFrameWithAppend(written)) {
                int sync = i + 1;
                while (sync < effects.size() && !isSyncOf(written, effects.get(sync))) {
                    sync++;
                }
                acknowledgedAt.set(append, Math.min(acknowledgedAt.get(append), sync + 1));
                append++;
            }
        }
        if (append != acknowledgedAt.size()) {
            throw new IllegalStateException(append + " frames found, " + acknowledgedAt.size() + " appends made");
        }
    }

    private static boolean isSyncOf(Effect.Written written, Effect effect) {
        return effect instanceof Effect.Synced synced && synced.inode() == written.inode();
    }

    private static boolean isFrameWithAppend(Effect.Written written) {
        return written.name().endsWith(".open")
                && FrameFormat.bytesAt(written.bytes(), 0) > 0
                && FrameFormat.header(written.bytes(), 0).appendCount() > 0;
    }
}
