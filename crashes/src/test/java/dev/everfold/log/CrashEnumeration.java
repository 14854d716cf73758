package dev.everfold.log;

import dev.everfold.log.CrashCheck.Opened;
import dev.everfold.log.CrashCheck.Recovered;
import dev.everfold.log.CrashFigures.Kind;
import dev.everfold.log.simulation.Device;
import dev.everfold.log.simulation.Effect;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.Survival;
import dev.everfold.log.simulation.Survivals;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Crashes a workload before each of its effects, and in the middle of the recovery from each crash.
///
/// Before each effect the power fails, with all [Survivals] of what is pending. Each different disk is
/// recovered twice, and what the recovery did is cut off before each of its effects in turn, again with all
/// survivals. And before each effect the process is killed: the next one sees what was written, synced or
/// not; then the power fails during its opening, or right after.
///
/// What a store does once it is recovered depends on what the recovery left, and on nothing else. So the
/// rest of [CrashCheck] is done once for all disks that recover to the same bytes, and again for one in
/// [#AGAIN_EVERY] of them.
///
/// For one thread.
final class CrashEnumeration {

    /// Of the disks that recover to bytes that were checked before, one in so many is checked all the same.
    private static final int AGAIN_EVERY = 50;

    private final Workload workload;
    private final long seed;
    private final CrashFigures figures;
    private final CrashCheck check;
    private final Set<Long> seen = new HashSet<>();
    private final Set<Long> states = new HashSet<>();
    private int sameStates;
    private double share = 1;
    private SplittableRandom random = new SplittableRandom(0);

    /// @param seed of survivals that are picked
    CrashEnumeration(Workload workload, long seed, CrashFigures figures) {
        this.workload = workload;
        this.seed = seed;
        this.figures = figures;
        this.check = new CrashCheck(workload);
    }

    /// Tries a part of the disks only.
    ///
    /// @param newShare from 0 to 1
    CrashEnumeration sampling(double newShare) {
        share = newShare;
        random = new SplittableRandom(seed);
        return this;
    }

    /// A disk after a crash.
    ///
    /// @param promised how many appends must be there
    /// @param begun how many may
    private record Candidate(Kind kind, String story, SimulatedDisk disk, int promised, int begun) {

        /// The same for what asks for the same check.
        long key(long identity) {
            return identity * 31 + promised * 1_009L + begun;
        }
    }

    /// Crashes before every effect of a trace.
    ///
    /// @param inFlight how many appends were made before the first of them was answered
    /// @param only before this effect only; below 0 = before every one
    /// @throws AssertionError with the story of the first crash after which something is wrong
    void run(CrashTrace trace, int inFlight, int only) {
        List<Effect> effects = trace.effects();
        Device device = new Device(new SimulatedDisk());
        Moment before = null;
        for (int at = 0; at <= effects.size(); at++) {
            if (only < 0 || only == at) {
                int promised = trace.promised(at);
                int begun = Math.max(promised, trace.acknowledged(at) + inFlight);
                String story = "seed " + seed + ", crash before effect " + at + " of " + effects.size()
                        + " (repeat it: -Deverfold.seed=" + seed + " -Deverfold.crash.effect=" + at + ")";
                int accepted = workload.accepted().size();
                Moment moment = new Moment(story, at, promised, Math.min(begun, accepted));
                boolean sameAsBefore =
                        before != null && before.promised == moment.promised && before.begun == moment.begun;
                // A sync that is followed by no answer makes nothing possible that was not possible before.
                if (!sameAsBefore || !isSync(effects.get(at - 1))) {
                    crash(device, device.afterKill(), moment);
                }
                before = moment;
            }
            if (at < effects.size()) {
                device.apply(effects.get(at));
            }
        }
        figures.workload();
    }

    private static boolean isSync(Effect effect) {
        return effect instanceof Effect.Synced || effect instanceof Effect.DirectorySynced;
    }

    /// When a crash happens.
    ///
    /// @param number of the moment, for picks
    /// @param promised how many appends must be there
    /// @param begun how many may
    record Moment(String story, int number, int promised, int begun) {}

    /// Crashes now.
    ///
    /// @param device as it is
    /// @param restarted the disk that the next process finds if only this one ends
    void crash(Device device, SimulatedDisk restarted, Moment moment) {
        figures.moment();
        String story = moment.story + ", of " + device.pending() + " pending changes survive ";
        for (Survival survival : Survivals.of(device, seed * 100_000 + moment.number)) {
            Candidate candidate = new Candidate(
                    Kind.POWER_LOSS, story + survival, device.afterPowerLoss(survival), moment.promised, moment.begun);
            if (!skips() && isNew(candidate)) {
                List<Effect> opening = check(candidate);
                crashInRecovery(candidate, new Device(candidate.disk), opening, Kind.POWER_LOSS_IN_RECOVERY);
            }
        }
        if (!skips()) {
            story = moment.story + ", process killed";
            kill(device, new Candidate(Kind.KILL, story, restarted, moment.promised, moment.begun));
        }
    }

    private void kill(Device device, Candidate candidate) {
        Opened opened = checkOpened(candidate, device.fork());
        Device found = device.fork();
        crashInRecovery(candidate, found, opened.effects(), Kind.POWER_LOSS_AFTER_KILL);
        // What the opened store showed to everyone must be there for good.
        int promised = Math.max(candidate.promised, workload.appendsBelow(opened.nextPosition()));
        Candidate shown =
                new Candidate(candidate.kind, candidate.story + ", opened", candidate.disk, promised, candidate.begun);
        int end = opened.effects().size();
        for (Survival survival : Survivals.of(found, seed * 100_000 + end)) {
            crashAgain(shown, found, survival, end, Kind.POWER_LOSS_AFTER_KILL);
        }
    }

    /// @param found the device before the recovery; after it when this returns
    private void crashInRecovery(Candidate candidate, Device found, List<Effect> recovery, Kind kind) {
        for (int at = 0; at < recovery.size(); at++) {
            int pending = found.pending();
            found.apply(recovery.get(at));
            // After a sync nothing is possible that was not before it.
            if (found.pending() > pending) {
                for (Survival survival : Survivals.withNewest(found, seed * 100_000 + at)) {
                    crashAgain(candidate, found, survival, at + 1, kind);
                }
            }
        }
    }

    private void crashAgain(Candidate candidate, Device device, Survival survival, int at, Kind kind) {
        String story = candidate.story + ",\nagain before effect " + at + " of the recovery, " + survival;
        Candidate again =
                new Candidate(kind, story, device.afterPowerLoss(survival), candidate.promised, candidate.begun);
        if (!skips() && isNew(again)) {
            check(again);
        }
    }

    private boolean skips() {
        return share < 1 && random.nextDouble() >= share;
    }

    private boolean isNew(Candidate candidate) {
        boolean isNew = seen.add(candidate.key(candidate.disk.identity()));
        if (!isNew) {
            figures.repeated();
        }
        return isNew;
    }

    /// Recovers, and checks what comes of it unless that is known.
    ///
    /// @return what the recovery, or the whole opening, did
    private List<Effect> check(Candidate candidate) {
        Recovered recovered;
        try {
            recovered = check.recover(candidate.disk.copy());
        } catch (Exception | AssertionError failure) {
            throw violation(candidate, failure);
        }
        if (states.add(candidate.key(recovered.state())) || ++sameStates % AGAIN_EVERY == 0) {
            return checkOpened(candidate, new Device(candidate.disk)).effects();
        }
        figures.checked(candidate.kind);
        return recovered.effects();
    }

    private Opened checkOpened(Candidate candidate, Device device) {
        figures.checked(candidate.kind);
        figures.opened();
        try {
            return check.check(candidate.disk, device, candidate.promised, candidate.begun);
        } catch (Exception | AssertionError failure) {
            throw violation(candidate, failure);
        }
    }

    private static AssertionError violation(Candidate candidate, Throwable failure) {
        return new AssertionError(candidate.story + "\n" + failure, failure);
    }
}
