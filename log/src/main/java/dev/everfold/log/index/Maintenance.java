package dev.everfold.log.index;

import dev.everfold.log.storage.NoSpaceException;
import dev.everfold.log.storage.Storage;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Background work of an index: full memtables become runs, small runs become larger ones.
///
/// One task writes and one merges, at most, so that a long merge never keeps memtables waiting.
/// Each writes in steps with pauses. A failure leaves everything as it was: it is told, and tried
/// again with the next memtable.
final class Maintenance {

    private static final Logger LOG = System.getLogger(Maintenance.class.getName());
    private static final long STEP_BYTES = 1 << 20;

    /// So often, [IndexOptions#retryMillis] apart, an append waits for a write that fails.
    private static final int FAILED_ATTEMPTS_MAX = 5;

    private final Storage storage;
    private final IndexOptions options;
    private final Parts parts;
    private final Executor background;
    private final long pauseNanos;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private @Nullable Object flushing;
    private boolean merging;

    private volatile boolean failing;
    private volatile boolean hurried;
    private volatile boolean stopped;
    private volatile boolean closed;

    Maintenance(Storage storage, IndexOptions options, Parts parts, Executor background) {
        this.storage = storage;
        this.options = options;
        this.parts = parts;
        this.background = background;
        this.pauseNanos = TimeUnit.SECONDS.toNanos(1) / Math.max(1, options.writeBytesPerSecond() / STEP_BYTES);
    }

    /// Has the memtables written that wait, and blocks while too many do.
    ///
    /// When writing keeps failing it goes on after some attempts: memory then grows by a memtable at a
    /// time, but the log, which is the truth, is not held up by what can be built anew.
    void afterRotation() {
        startFlushing();
        lock.lock();
        try {
            for (int failed = 0; !stopped && isCrowded() && failed < FAILED_ATTEMPTS_MAX; ) {
                LOG.log(
                        Level.DEBUG,
                        "append waits for index dir={0} waiting={1} failedAttempts={2}",
                        storage.description(),
                        parts.waiting(),
                        failed);
                awaitRoom();
                failed += failing ? 1 : 0;
                if (flushing == null && isCrowded()) {
                    lock.unlock();
                    try {
                        startFlushing();
                    } finally {
                        lock.lock();
                    }
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// Starts merging where it is worth it.
    void startMerging() {
        if (!stopped && !RunMerge.plan(parts.runs(), options).isEmpty()) {
            start(this::mergeAll);
        }
    }

    /// Writes the memtables that wait, in the caller's thread and without pauses.
    void flushNow() {
        hurried = true;
        try {
            while (!flushWaiting()) {
                awaitFlushing();
            }
        } finally {
            hurried = false;
        }
    }

    /// Ends all waits and merges.
    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Begins nothing more, and waits for what is being written.
    void close() {
        lock.lock();
        try {
            closed = true;
            stopped = true;
            changed.signalAll();
            while (flushing != null || merging) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Sets the file of a damaged run aside.
    boolean quarantine(CorruptIndexException damage) throws IOException {
        boolean ours = false;
        for (RunFile run : parts.runs()) {
            if (run.name().equals(damage.file())) {
                ours = !run.isDamaged();
                run.markDamaged();
            }
        }
        if (ours) {
            LOG.log(
                    Level.WARNING,
                    "index run set aside dir={0} file={1} offset={2}",
                    storage.description(),
                    damage.file(),
                    damage.offset());
            storage.rename(damage.file(), damage.file() + RunFormat.DAMAGED_SUFFIX);
            storage.syncDirectory();
        }
        return ours;
    }

    private boolean isCrowded() {
        return parts.waiting() > (failing ? options.waitingWhenFailingMax() : options.waitingMemtablesMax());
    }

    private void startFlushing() {
        start(() -> flushWaiting());
    }

    /// Waits until there is room again, until it is time for another attempt, or until the index is
    /// stopped. Called with the lock, which is free meanwhile.
    private void awaitRoom() throws InterruptedException {
        long leftNanos = TimeUnit.MILLISECONDS.toNanos(options.retryMillis());
        while (leftNanos > 0 && isCrowded() && !stopped) {
            leftNanos = changed.awaitNanos(leftNanos);
        }
    }

    private void awaitFlushing() {
        lock.lock();
        try {
            while (flushing != null) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void start(Runnable task) {
        try {
            background.execute(task);
        } catch (RejectedExecutionException closing) {
            LOG.log(Level.DEBUG, "index task not started dir=" + storage.description(), closing);
        }
    }

    /// Writes the memtables that wait, unless somebody is at it or the index is closed.
    ///
    /// @return false when somebody else is at it
    private boolean flushWaiting() {
        Object turn = new Object();
        if (!beginFlushing(turn)) {
            return closed;
        }
        boolean wrote = false;
        try {
            for (Memtable next = nextToFlush(); next != null && flush(next); next = nextToFlush()) {
                wrote = true;
            }
        } finally {
            endFlushing(turn);
        }
        if (wrote) {
            startMerging();
        }
        return true;
    }

    private boolean beginFlushing(Object turn) {
        lock.lock();
        try {
            if (flushing != null || closed) {
                return false;
            }
            flushing = turn;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// What to write next. When nothing waits the turn is over, in the same moment: who comes later
    /// with a memtable finds nobody at work and begins.
    private @Nullable Memtable nextToFlush() {
        lock.lock();
        try {
            Memtable next = closed ? null : parts.oldestWaiting();
            if (next == null) {
                flushing = null;
            }
            changed.signalAll();
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void endFlushing(Object turn) {
        lock.lock();
        try {
            if (turn.equals(flushing)) {
                flushing = null;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean flush(Memtable memtable) {
        IndexRunEvent event = new IndexRunEvent();
        event.begin();
        try {
            RunWriter.write(storage, memtable, this::pauseFlushing);
            RunFile run = RunFile.open(storage, memtable.info().name().toString());
            parts.replace(List.of(memtable), run);
            event.commit(run, 0);
            failing = false;
            LOG.log(
                    Level.DEBUG,
                    "index run written dir={0} file={1} events={2} bytes={3}",
                    storage.description(),
                    run.name(),
                    memtable.events(),
                    run.layout().fileBytes());
            return true;
        } catch (IOException | RuntimeException | Error failure) {
            // Errors too: the adding thread goes on only where it is known that writing fails.
            boolean again = failing;
            failing = true;
            tell(again ? Level.DEBUG : Level.WARNING, "index run not written", failure);
            return false;
        }
    }

    private void pauseFlushing() {
        if (parts.waiting() <= 1 && !hurried && !stopped) {
            LockSupport.parkNanos(this, pauseNanos);
        }
    }

    private void mergeAll() {
        lock.lock();
        try {
            if (merging || stopped) {
                return;
            }
            merging = true;
        } finally {
            lock.unlock();
        }
        try {
            List<RunFile> plan = RunMerge.plan(parts.runs(), options);
            while (!plan.isEmpty() && merge(plan)) {
                plan = RunMerge.plan(parts.runs(), options);
            }
        } finally {
            lock.lock();
            try {
                merging = false;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean merge(List<RunFile> inputs) {
        IndexRunEvent event = new IndexRunEvent();
        event.begin();
        try {
            RunMerge source = new RunMerge(inputs, options.rememberedAppendsMax(), this::stopMergingWhenAsked);
            RunWriter.write(storage, source, this::pauseMerging);
            RunFile run = RunFile.open(storage, source.info().name().toString());
            parts.replace(inputs, run);
            event.commit(run, inputs.size());
            // A crash before this leaves the old runs beside the new one, which covers them: the next open
            // deletes them.
            for (RunFile input : inputs) {
                RunDirectory.deleteIfThere(storage, input.name());
            }
            LOG.log(
                    Level.DEBUG,
                    "index runs merged dir={0} file={1} runs={2} events={3} bytes={4}",
                    storage.description(),
                    run.name(),
                    inputs.size(),
                    run.info().events(),
                    run.layout().fileBytes());
            return true;
        } catch (CancellationException asked) {
            return false;
        } catch (CorruptIndexException damage) {
            tell(Level.WARNING, "index run damaged", damage);
            return setAside(damage);
        } catch (IOException | RuntimeException | InternalError failure) {
            // InternalError: the device could not read a page of a mapped run.
            tell(Level.WARNING, "index runs not merged", failure);
            return false;
        }
    }

    private boolean setAside(CorruptIndexException damage) {
        try {
            return quarantine(damage);
        } catch (IOException failure) {
            tell(Level.WARNING, "damaged index run not set aside", failure);
            return false;
        }
    }

    private void stopMergingWhenAsked() {
        if (stopped) {
            throw new CancellationException("The index is being closed.");
        }
    }

    private void pauseMerging() {
        stopMergingWhenAsked();
        if (!RunMerge.isBehind(parts.runs(), options)) {
            LockSupport.parkNanos(this, pauseNanos);
        }
    }

    /// A full disk is reported by the log itself, which refuses appends; the rest is told to
    /// whoever asked for it.
    private void tell(Level level, String what, Throwable failure) {
        LOG.log(level, what + " dir=" + storage.description(), failure);
        if (!(failure instanceof NoSpaceException) && !Thread.currentThread().isInterrupted()) {
            options.failures()
                    .accept(failure instanceof IOException io ? io : new IOException(failure.getMessage(), failure));
        }
    }
}
