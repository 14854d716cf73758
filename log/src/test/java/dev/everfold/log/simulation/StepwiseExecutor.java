package dev.everfold.log.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Runs background work in the thread that hands it in, at once or only when the next work comes, as a seed
/// says: so that the same seed gives the same trace.
///
/// What somebody may wait for by joining is run at once.
public final class StepwiseExecutor extends AbstractExecutorService {

    private final SplittableRandom random;
    private final Deque<Runnable> deferred = new ArrayDeque<>();
    private boolean shutdown;

    /// @param seed decides what is deferred
    public StepwiseExecutor(long seed) {
        this.random = new SplittableRandom(seed);
    }

    @Override
    public void execute(Runnable task) {
        if (task instanceof CompletableFuture.AsynchronousCompletionTask) {
            task.run();
            return;
        }
        deferred.add(task);
        // More than one deferred task would make the writer wait for the index.
        int keep = random.nextInt(2);
        while (deferred.size() > keep) {
            deferred.remove().run();
        }
    }

    @Override
    public void shutdown() {
        shutdown = true;
        deferred.clear();
    }

    @Override
    public List<Runnable> shutdownNow() {
        List<Runnable> left = List.copyOf(deferred);
        shutdown();
        return left;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return shutdown;
    }
}
