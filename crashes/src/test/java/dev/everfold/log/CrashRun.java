package dev.everfold.log;

import dev.everfold.log.simulation.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/// Enumerates the crashes of one workload after another, each to its end.
///
/// System properties: `everfold.seed` = that workload only, `everfold.crash.effect` = crashes before that one
/// of its effects only.
final class CrashRun {

    private CrashRun() {}

    /// Three small workloads, that fill an index run or two, and then one that goes through two segments and
    /// has runs merged.
    static Workload workload(long seed) {
        return switch ((int) (seed & 3)) {
            case 0 -> Workload.of(seed, 26, 12);
            case 1 -> Workload.of(seed, 12, 8);
            default -> Workload.of(seed, 9, 5);
        };
    }

    /// All crashes of one workload.
    ///
    /// @param disk an empty one
    static void enumerate(long seed, SimulatedDisk disk, CrashFigures figures) {
        Workload workload = workload(seed);
        CrashTrace trace = CrashTrace.run(workload, disk, seed);
        new CrashEnumeration(workload, seed, figures).run(trace, 1, Integer.getInteger("everfold.crash.effect", -1));
    }

    /// Takes seeds from 1 on until so many images were checked, one in each processor at a time.
    static CrashFigures run(long imagesMin) {
        CrashFigures figures = new CrashFigures();
        Long only = Long.getLong("everfold.seed");
        if (only != null) {
            enumerate(only, new SimulatedDisk(), figures);
            return figures;
        }
        AtomicLong seeds = new AtomicLong();
        List<Future<?>> workers = new ArrayList<>();
        try (ExecutorService executor =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                workers.add(executor.submit(() -> {
                    while (figures.images() < imagesMin) {
                        enumerate(seeds.incrementAndGet(), new SimulatedDisk(), figures);
                    }
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
            return figures;
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause().getMessage(), failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }
}
