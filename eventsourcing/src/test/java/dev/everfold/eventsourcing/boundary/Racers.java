package dev.everfold.eventsourcing.boundary;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/// Virtual threads that begin together, each held up for a moment drawn from a seed.
final class Racers {

    private static final long STAGGER_NANOS_MAX = 300_000;

    private Racers() {}

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
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < racers; i++) {
                int number = i;
                long stagger = seeds.nextLong(STAGGER_NANOS_MAX);
                running.add(threads.submit(() -> {
                    start.await();
                    LockSupport.parkNanos(stagger);
                    return racer.run(number);
                }));
            }
            start.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> future : running) {
                results.add(resultOf(future, seed, threads));
            }
            return results;
        }
    }

    private static <T> T resultOf(Future<T> future, long seed, ExecutorService threads) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            threads.shutdownNow();
            throw new AssertionError("A racer failed with seed " + seed + ": " + failed.getCause(), failed.getCause());
        }
    }
}
