package dev.everfold.eventsourcing;

import java.lang.System.Logger.Level;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Encodes and stores snapshots, one after another, on a virtual thread of its own. Safe for many threads.
final class SnapshotWorker implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(SnapshotWorker.class.getName());
    private static final int DRAIN_SECONDS_MAX = 10;
    private static final int IDLE_SECONDS_MAX = 10;

    private final ThreadPoolExecutor thread;

    SnapshotWorker(int queueMax) {
        thread = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS_MAX,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queueMax),
                Thread.ofVirtual().name("everfold-snapshots").factory());
        thread.allowCoreThreadTimeOut(true);
    }

    /// Takes a piece of work over unless too much waits already or this is closed.
    boolean offer(Runnable work) {
        if (thread.getQueue().remainingCapacity() == 0) {
            return false;
        }
        try {
            thread.execute(() -> run(work));
            return true;
        } catch (RejectedExecutionException busyOrClosed) {
            return false;
        }
    }

    /// Returns when all that was taken over is done, or after 10 s.
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(DRAIN_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.log(
                        Level.WARNING,
                        "snapshots left out at close waiting={0}",
                        thread.getQueue().size());
                thread.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /// A snapshot that cannot be stored costs time when the stream is loaded, and nothing else.
    private static void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException failed) {
            LOG.log(Level.WARNING, "snapshot not stored", failed);
        }
    }
}
