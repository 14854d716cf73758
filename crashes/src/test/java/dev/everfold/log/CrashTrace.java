package dev.everfold.log;

import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.Workload.Step;
import dev.everfold.log.segment.FrameFormat;
import dev.everfold.log.simulation.Effect;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.Operation.Kind;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.testkit.MutableClock;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// What a workload did to a disk, effect by effect, when each of its appends was acknowledged, and what
/// could be read meanwhile.
///
/// Each session ends with a clean close.
final class CrashTrace {

    private final Workload workload;
    private final SimulatedDisk disk;
    private final List<Integer> acknowledgedAt = new ArrayList<>();

    /// By number of effects: the next position that everyone saw then. Guarded by itself.
    private final TreeMap<Integer, Long> seen = new TreeMap<>();

    private volatile LogEventStore observed;

    private CrashTrace(Workload workload, SimulatedDisk disk) {
        this.workload = workload;
        this.disk = disk;
        disk.before(Operation.on(Kind.SYNC, ".open"), this::observe);
    }

    /// Runs a workload on a disk, one append after another; the seed decides when background work is done.
    static CrashTrace run(Workload workload, SimulatedDisk disk, long seed) {
        CrashTrace trace = new CrashTrace(workload, disk);
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
        CrashTrace trace = new CrashTrace(workload, disk);
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

    /// How many appends a crash must leave when so many effects had happened: those acknowledged, and
    /// those that somebody may have read.
    int promised(int effects) {
        Map.Entry<Integer, Long> last;
        synchronized (seen) {
            last = seen.floorEntry(effects);
        }
        int acknowledged = acknowledged(effects);
        return last == null ? acknowledged : Math.max(acknowledged, workload.appendsBelow(last.getValue()));
    }

    private void session(List<Step> steps, int inFlight, Function<Clock, LogEventStore> opening) {
        MutableClock clock = Stores.clock();
        try (LogEventStore store = opening.apply(clock)) {
            observed = store;
            for (int from = 0; from < steps.size(); from += inFlight) {
                List<Step> burst = steps.subList(from, Math.min(from + inFlight, steps.size()));
                Workload.make(burst, store, clock);
                for (Step step : burst) {
                    if (step.answer().isPresent()) {
                        acknowledgedAt.add(disk.effectCount());
                    }
                }
            }
            observed = null;
        }
    }

    /// Looks at what everyone sees at the moment before a sync of the newest segment.
    private void observe() {
        LogEventStore store = observed;
        if (store != null) {
            long nextPosition = store.nextPosition();
            synchronized (seen) {
                seen.merge(disk.effectCount(), nextPosition, Math::max);
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
