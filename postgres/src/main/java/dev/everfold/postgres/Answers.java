package dev.everfold.postgres;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The thread that completes futures, with whatever depends on them.
final class Answers implements Executor, AutoCloseable {

    /// What depends on a future may wait for whoever closes the store, so this ends.
    private static final int CLOSE_SECONDS_MAX = 10;

    private final ExecutorService executor = Executors.newSingleThreadExecutor(this::thread);
    private volatile @Nullable Thread thread;

    private Thread thread(Runnable work) {
        Thread made = Thread.ofVirtual().name("everfold-answers").unstarted(work);
        thread = made;
        return made;
    }

    @Override
    public void execute(Runnable answer) {
        executor.execute(answer);
    }

    /// Completes what it was given, and ends. Waits for that, except in its own thread: what a future runs may
    /// close the store.
    @Override
    public void close() {
        executor.shutdown();
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        try {
            boolean _ = executor.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
