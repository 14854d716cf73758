package dev.everfold.log;

import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.Workload.Step;
import dev.everfold.log.segment.FrameFormat;
import dev.everfold.log.simulation.Effect;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.testkit.MutableClock;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// What a workload did to a disk, effect by effect, and when each of its appends was acknowledged.
///
/// Each session ends with a clean close.
final class CrashTrace {

    private final SimulatedDisk disk;
    private final List<Integer> acknowledgedAt = new ArrayList<>();

    private CrashTrace(SimulatedDisk disk) {
        this.disk = disk;
    }

    /// Runs a workload on a disk, one append after another; the seed decides when background work is done.
    static CrashTrace run(Workload workload, SimulatedDisk disk, long seed) {
        CrashTrace trace = new CrashTrace(disk);
        int half = workload.steps().size() / 2;
        trace.session(workload.steps().subList(0, half), 1, clock -> Stores.open(disk, clock, seed));
        trace.session(
                workload.steps().subList(half, workload.steps().size()),
                1,
                clock -> Stores.open(disk, clock, seed + 1));
        trace.keepEarliest();
        return trace;
    }

    /// Runs a workload with several appends in flight and background work in threads of its own: another
    /// trace each time.
    static CrashTrace runInThreads(Workload workload, SimulatedDisk disk, int inFlight) {
        CrashTrace trace = new CrashTrace(disk);
        trace.session(
                workload.steps(),
                inFlight,
                clock -> LogEventStore.open(disk, Stores.SMALL_AND_RESTLESS, Mode.CREATE, clock));
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

    private void session(List<Step> steps, int inFlight, Function<Clock, LogEventStore> opening) {
        MutableClock clock = Stores.clock();
        try (LogEventStore store = opening.apply(clock)) {
            for (int from = 0; from < steps.size(); from += inFlight) {
                List<Step> burst = steps.subList(from, Math.min(from + inFlight, steps.size()));
                Workload.make(burst, store, clock);
                for (Step step : burst) {
                    if (step.answer().isPresent()) {
                        acknowledgedAt.add(disk.effectCount());
                    }
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
            if (effects.get(i) instanceof Effect.Written written && isFrame(written)) {
                int sync = i + 1;
                while (sync < effects.size() && !isSyncOf(written, effects.get(sync))) {
                    sync++;
                }
                for (int n = FrameFormat.header(written.bytes(), 0).appendCount(); n > 0; n--) {
                    acknowledgedAt.set(append, Math.min(acknowledgedAt.get(append), sync + 1));
                    append++;
                }
            }
        }
        if (append != acknowledgedAt.size()) {
            throw new IllegalStateException(append + " frames found, " + acknowledgedAt.size() + " appends made");
        }
    }

    private static boolean isSyncOf(Effect.Written written, Effect effect) {
        return effect instanceof Effect.Synced synced && synced.inode() == written.inode();
    }

    private static boolean isFrame(Effect.Written written) {
        return written.name().endsWith(".open") && FrameFormat.bytesAt(written.bytes(), 0) > 0;
    }
}
