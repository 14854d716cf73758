package dev.everfold.log;

import dev.everfold.log.simulation.SimulatedDisk;
import java.io.IOException;

/// Looks for what is wrong with the engine that it was loaded with; see [DefectLoader].
final class DefectHunt {

    /// The workloads that are tried, one after another. The fourth is the one that seals and merges.
    private static final long[] SEEDS = {2, 4, 1};

    private DefectHunt() {}

    /// Runs one of the sweeps until something is wrong.
    ///
    /// @return how many disks were tried by then (0 = the workload itself was answered wrongly) and what is wrong,
    ///     in two lines or more; empty when nothing is
    static String run(String sweep) {
        return switch (Defect.Sweep.valueOf(sweep)) {
            case CRASHES -> crashes();
            case FAILURES -> failures();
            case DAMAGES -> damages();
        };
    }

    private static String crashes() {
        CrashFigures figures = new CrashFigures();
        try {
            for (long seed : SEEDS) {
                CrashRun.enumerate(seed, new SimulatedDisk(), figures);
            }
            return "";
        } catch (RuntimeException | AssertionError found) {
            return figures.images() + "\n" + found.getMessage();
        }
    }

    private static String failures() {
        CrashFigures figures = new CrashFigures();
        try {
            new FaultSweep(SEEDS[0], figures).run();
            return "";
        } catch (RuntimeException | AssertionError found) {
            return figures.images() + "\n" + found.getMessage();
        }
    }

    private static String damages() {
        DamageSweep sweep = new DamageSweep(SEEDS[1], 60);
        try {
            sweep.run();
            return "";
        } catch (IOException | RuntimeException | AssertionError found) {
            return sweep.damages() + "\n" + found.getMessage();
        }
    }
}
