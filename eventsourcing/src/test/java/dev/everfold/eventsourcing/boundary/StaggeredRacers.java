package dev.everfold.eventsourcing.boundary;

import dev.everfold.testkit.Racers;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/// [Racers], each held up for a moment drawn from a seed.
final class StaggeredRacers {

    private static final long STAGGER_NANOS_MAX = 300_000;

    private StaggeredRacers() {}

    /// What a racer does; it is given its number, from 0.
    @FunctionalInterface
    interface Racer<T> {
        T run(int number) throws Exception;
    }

    /// Runs all of them and returns their results in the order of their numbers.
    ///
    /// @throws AssertionError when one of them throws; it names the seed
    static <T> List<T> race(long seed, int racers, Racer<T> racer) throws InterruptedException {
        SplittableRandom seeds = new SplittableRandom(seed);
        try {
            return Racers.race(racers, number -> {
                long stagger = seeds.nextLong(STAGGER_NANOS_MAX);
                return () -> {
                    LockSupport.parkNanos(stagger);
                    return racer.run(number);
                };
            });
        } catch (AssertionError failed) {
            throw new AssertionError("With seed " + seed + ": " + failed.getMessage(), failed.getCause());
        }
    }
}
