package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.log.simulation.Device;
import dev.everfold.log.simulation.Effect;
import dev.everfold.log.simulation.Fault;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.Operation.Kind;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.Survival;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Power losses at every moment of a workload, with whatever the device happened to have written by then.
///
/// Each workload is run once on a [SimulatedDisk]. Before each of its effects the power fails: with
/// nothing of what is pending, all of it, each prefix, each but one, and random sectors of it. Every
/// different disk is opened and put through [CrashCheck]; some lose power again while they are
/// recovered.
///
/// System properties: `everfold.seed` runs one seed only, `everfold.crash.images` says how many images a
/// seed is checked with at most, and `everfold.crash.effect` limits it to the moment before one effect.
@Timeout(120)
@ExtendWith(QuietLog.class)
class CrashTest {

    private static final int IMAGES_MAX = Integer.getInteger("everfold.crash.images", 2_000);
    private static final int SEEDS = 4;
    private static final int NESTED_EVERY = 20;

    private final Set<String> seen = new HashSet<>();
    private int images;
    private int nested;

    @Test
    void a_power_loss_at_any_moment_loses_no_acknowledged_append_and_leaves_none_in_part() {
        Long seed = Long.getLong("everfold.seed");
        for (long each = seed == null ? 1 : seed; each <= (seed == null ? SEEDS : seed); each++) {
            crash(each, new SimulatedDisk());
        }

        System.out.println("crash images " + images + ", of these in the middle of a recovery " + nested);
        assertThat(images).isGreaterThan(seed == null ? IMAGES_MAX : IMAGES_MAX / 10);
    }

    @Test
    void the_same_seed_gives_the_same_trace() {
        Workload workload = Workload.of(5, 48);

        assertThat(shape(CrashTrace.run(workload, new SimulatedDisk(), 5)))
                .isEqualTo(shape(CrashTrace.run(workload, new SimulatedDisk(), 5)));
    }

    /// The check is checked: on a device that lies about one kind of sync it must find something wrong.
    @ParameterizedTest
    @ValueSource(strings = {".open", ".log.tmp", "STORE.tmp", "directory"})
    void a_device_that_does_not_sync_what_it_says_is_found_out(String kind) {
        SimulatedDisk disk = new SimulatedDisk();
        disk.fail(Fault.lie(
                kind.equals("directory") ? Operation.on(Kind.SYNC_DIRECTORY, "") : Operation.on(Kind.SYNC, kind)));

        assertThatThrownBy(() -> crash(7, disk))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("seed 7");
    }

    /// No two runs are alike here, so that the story of a failure cannot be repeated, only understood.
    @Test
    void a_power_loss_while_several_threads_are_at_work_loses_nothing_either() {
        int inFlight = 4;
        for (long seed = 101; seed <= 103; seed++) {
            Workload workload = Workload.of(seed, 60);
            crash(seed, workload, CrashTrace.runInThreads(workload, new SimulatedDisk(), inFlight), inFlight, 0.2);
        }

        System.out.println("crash images of runs in threads " + images);
        assertThat(images).isGreaterThan(300);
    }

    private void crash(long seed, SimulatedDisk disk) {
        Workload workload = Workload.of(seed, 48);
        CrashTrace trace = CrashTrace.run(workload, disk, seed);
        crash(seed, workload, trace, 1, (double) IMAGES_MAX / possibleImages(trace));
    }

    /// @param inFlight how many appends were made before the first of them was answered
    /// @param share of the possible images that is checked
    private void crash(long seed, Workload workload, CrashTrace trace, int inFlight, double share) {
        SplittableRandom random = new SplittableRandom(seed);
        Integer only = Integer.getInteger("everfold.crash.effect");
        Device device = new Device(new SimulatedDisk());
        List<Effect> effects = trace.effects();
        for (int at = 0; at <= effects.size(); at++) {
            for (Survival survival : survivals(device.pending(), seed * 100_000 + at)) {
                if (only == null ? random.nextDouble() < share : only == at) {
                    String story = "seed " + seed + ", power loss before effect " + at + " of " + effects.size() + ", "
                            + survival + " of " + device.pending() + " pending changes survive."
                            + " Repeat it: -Deverfold.seed=" + seed + " -Deverfold.crash.effect=" + at;
                    int acknowledged = trace.acknowledged(at);
                    int begun = Math.min(
                            acknowledged + inFlight, workload.accepted().size());
                    crash(workload, new Candidate(story, device.afterPowerLoss(survival), acknowledged, begun), seed);
                }
            }
            if (at < effects.size()) {
                device.apply(effects.get(at));
            }
        }
    }

    /// A disk after a power loss.
    private record Candidate(String story, SimulatedDisk disk, int acknowledged, int begun) {}

    private void crash(Workload workload, Candidate candidate, long seed) {
        if (seen.add(candidate.acknowledged + candidate.disk.fingerprint())) {
            check(workload, candidate);
            if (images % NESTED_EVERY == 0) {
                crashInRecovery(workload, candidate, seed);
            }
        }
    }

    private static long possibleImages(CrashTrace trace) {
        Device device = new Device(new SimulatedDisk());
        long count = 0;
        for (Effect effect : trace.effects()) {
            count += survivals(device.pending(), 0).size();
            device.apply(effect);
        }
        return count;
    }

    /// The effects without their bytes, which contain the store's random id.
    private static List<String> shape(CrashTrace trace) {
        return trace.effects().stream()
                .map(effect -> effect instanceof Effect.Written written
                        ? written.name() + " " + written.offset() + " " + written.bytes().length
                        : effect.toString())
                .toList();
    }

    private static List<Survival> survivals(int pending, long seed) {
        List<Survival> survivals = new ArrayList<>(List.of(Survival.none()));
        if (pending > 0) {
            survivals.add(Survival.all());
            for (int count = 0; count < pending; count++) {
                survivals.add(Survival.first(count));
                survivals.add(Survival.torn(count, seed));
                survivals.add(Survival.allBut(count));
            }
            for (int i = 0; i < 4; i++) {
                survivals.add(Survival.random(seed * 4 + i));
            }
        }
        return survivals;
    }

    private void check(Workload workload, Candidate candidate) {
        images++;
        try {
            new CrashCheck(workload).check(candidate.disk.copy(), candidate.acknowledged, candidate.begun);
        } catch (Exception | AssertionError failure) {
            throw new AssertionError(candidate.story + "\n" + failure.getMessage(), failure);
        }
    }

    /// Recovers, and loses power again at some moments of that.
    private void crashInRecovery(Workload workload, Candidate candidate, long seed) {
        SimulatedDisk disk = candidate.disk.copy();
        List<Effect> effects;
        try (LogEventStore store = Stores.open(disk, Stores.clock(), seed)) {
            assertThat(store.nextPosition()).isNotNegative();
            effects = disk.effects();
        }
        Device device = new Device(candidate.disk.copy());
        for (int at = 0; at < effects.size(); at++) {
            device.apply(effects.get(at));
            Survival survival = at % 2 == 0 ? Survival.random(seed + at) : Survival.none();
            SimulatedDisk again = device.afterPowerLoss(survival);
            if (seen.add(candidate.acknowledged + again.fingerprint())) {
                nested++;
                String story = candidate.story + "\nthen, in the recovery, before effect " + (at + 1) + ", " + survival;
                check(workload, new Candidate(story, again, candidate.acknowledged, candidate.begun));
            }
        }
    }
}
