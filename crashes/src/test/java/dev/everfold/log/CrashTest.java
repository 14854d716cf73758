package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.log.CrashFigures.Kind;
import dev.everfold.log.simulation.Effect;
import dev.everfold.log.simulation.Fault;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.SimulatedDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Crashes at every moment of workloads, and of the recoveries from them: see [CrashEnumeration].
///
/// System properties: `everfold.crash.images` says how many images are checked at least, 40,000 when it is
/// not given ([FaultSweepTest] checks some 60,000 more); `everfold.seed` runs one workload only, and
/// `everfold.crash.effect` limits it to the moment before one effect.
@ExtendWith(QuietLog.class)
class CrashTest {

    private static final long IMAGES_MIN = Long.getLong("everfold.crash.images", 40_000);

    @Test
    void a_crash_at_any_moment_loses_no_acknowledged_append_and_leaves_none_in_part() {
        long began = System.nanoTime();
        CrashFigures figures = CrashRun.run(IMAGES_MIN);
        Duration took = Duration.ofNanos(System.nanoTime() - began);

        report(figures, took);
        if (Long.getLong("everfold.seed") == null) {
            assertThat(figures.images()).isGreaterThanOrEqualTo(IMAGES_MIN);
        }
        for (Kind kind : Kind.values()) {
            assertThat(figures.images(kind)).as("%s", kind).isPositive();
        }
    }

    private static void report(CrashFigures figures, Duration took) {
        List<String> lines = new ArrayList<>();
        lines.add("workloads enumerated: " + figures.workloads() + ", moments of a crash: " + figures.moments());
        lines.add("images checked: " + figures.images() + ", violations: 0");
        for (Kind kind : Kind.values()) {
            lines.add("of these, " + kind.text() + ": " + figures.images(kind));
        }
        lines.add("opened, read and appended to (the others recovered to bytes that were): " + figures.opens());
        lines.add("images that came up again, not counted: " + figures.repeats());
        lines.add("images per second: " + figures.images() * 1_000 / Math.max(1, took.toMillis()) + " on "
                + Runtime.getRuntime().availableProcessors() + " processors, " + took.toSeconds() + " s");
        ReliabilityReport.section("Crashes", lines);
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
                kind.equals("directory")
                        ? Operation.on(Operation.Kind.SYNC_DIRECTORY, "")
                        : Operation.on(Operation.Kind.SYNC, kind)));

        assertThatThrownBy(() -> CrashRun.enumerate(8, disk, new CrashFigures()))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("seed 8, crash before effect ");
    }

    /// No two runs are alike here, so that the story of a failure cannot be repeated, only understood.
    @Test
    void a_crash_while_several_threads_are_at_work_loses_nothing_either() {
        int inFlight = 4;
        CrashFigures figures = new CrashFigures();
        for (long seed = 101; seed <= 103; seed++) {
            Workload workload = Workload.of(seed, 60);
            CrashTrace trace = CrashTrace.runInThreads(workload, new SimulatedDisk(), inFlight);
            new CrashEnumeration(workload, seed, figures).sampling(0.1).run(trace, inFlight, -1);
        }

        ReliabilityReport.section(
                "Crashes while several threads append",
                List.of("images checked: " + figures.images() + ", violations: 0"));
        assertThat(figures.images()).isGreaterThan(300);
    }

    /// The effects without their bytes, which contain the store's random id.
    private static List<String> shape(CrashTrace trace) {
        return trace.effects().stream()
                .map(effect -> effect instanceof Effect.Written written
                        ? written.name() + " " + written.offset() + " " + written.bytes().length
                        : effect.toString())
                .toList();
    }
}
