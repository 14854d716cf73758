package dev.everfold.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/// Virtual threads that begin together and are awaited together.
public final class Racers {

    private static final long STAGGER_NANOS_MAX = 100_000;

    private Racers() {}

    /// Runs all of them at once and returns their results in the order of their numbers.
    ///
    /// @throws AssertionError when one of them throws; the first failure is its cause
    public static <T> List<T> race(int racers, IntFunction<Callable<T>> racer) throws InterruptedException {
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < racers; i++) {
                Callable<T> task = racer.apply(i);
                running.add(threads.submit(() -> {
                    start.await();
                    return task.call();
                }));
            }
            start.countDown();
            List<T> results = new ArrayList<>();
            try {
                for (Future<T> future : running) {
                    results.add(future.get());
                }
            } catch (ExecutionException failed) {
                threads.shutdownNow();
                throw new AssertionError("One of the threads failed: " + failed.getCause(), failed.getCause());
            } catch (InterruptedException timedOut) {
                threads.shutdownNow();
                throw timedOut;
            }
            return results;
        }
    }

    /// Counts the rounds of a loop that waits for others, so that no store can keep it going for ever.
    static final class Rounds {

        private static final int ROUNDS_MAX = 10_000;

        private int begun;

        /// Begins another round; true, to stand in the condition of a loop.
        ///
        /// @throws AssertionError after 10,000 rounds
        boolean another() throws InterruptedException {
            begun++;
            if (begun > ROUNDS_MAX) {
                throw new AssertionError("Nothing came of " + ROUNDS_MAX + " rounds.");
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return true;
        }
    }

    /// Holds a racer up for a moment, below 0.1 ms, that depends on the random numbers only, so that not all
    /// meet at the same point.
    public static void stagger(SplittableRandom random) {
        LockSupport.parkNanos(random.nextLong(STAGGER_NANOS_MAX));
    }
}
