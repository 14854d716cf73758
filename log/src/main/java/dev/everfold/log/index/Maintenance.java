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
/// One task writes and one merges, at most, so that a long merge never keeps memtables waiting. Each writes
/// in steps
/// with pauses. A failure leaves everything as it was: it is told, and tried again with the next memtable.
final class Maintenance {

    private static final Logger LOG = System.getLogger(Maintenance.class.getName());
    private static final long STEP_BYTES = 1 << 20;

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
    void afterRotation() {
        start(this::flushWaiting);
        lock.lock();
        try {
            while (!stopped && isCrowded()) {
                if (flushing == null) {
                    // The last attempt has failed: one more, now.
                    lock.unlock();
                    try {
                        start(this::flushWaiting);
                    } finally {
                        lock.lock();
                    }
                }
                if (isCrowded() && !stopped) {
                    long leftNanos = changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(options.retryMillis()));
                    LOG.log(Level.DEBUG, "append waits for index dir={0} waiting={1} leftNanos={2}",
                            storage.description(), parts.waiting(), leftNanos);
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
        lock.lock();
        try {
            while (flushing != null) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        flushWaiting();
        hurried = false;
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
            LOG.log(Level.WARNING, "index run set aside dir={0} file={1} offset={2}",
                    storage.description(), damage.file(), damage.offset());
            storage.rename(damage.file(), damage.file() + RunFormat.DAMAGED_SUFFIX);
            storage.syncDirectory();
        }
        return ours;
    }

    private boolean isCrowded() {
        return parts.waiting() > (failing ? options.waitingWhenFailingMax() : options.waitingMemtablesMax());
    }

    private void start(Runnable task) {
        try {
            background.execute(task);
        } catch (RejectedExecutionException closing) {
            LOG.log(Level.DEBUG, "index task not started dir=" + storage.description(), closing);
        }
    }

    private void flushWaiting() {
        Object turn = new Object();
        if (!beginFlushing(turn)) {
            return;
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

    /// What to write next. When nothing waits the turn is over, in the same moment: who comes later with a
    /// memtable finds
    /// nobody at work and begins.
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
        try {
            RunWriter.write(storage, memtable, this::pauseFlushing);
            RunFile run = RunFile.open(storage, memtable.info().name().toString());
            parts.replace(List.of(memtable), run);
            failing = false;
            LOG.log(Level.DEBUG, "index run written dir={0} file={1} events={2} bytes={3}",
                    storage.description(), run.name(), memtable.events(), run.layout().fileBytes());
            return true;
        } catch (IOException | CorruptIndexException failure) {
            failing = true;
            tell("index run not written", failure);
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
        try {
            RunMerge source = new RunMerge(inputs, options.rememberedAppendsMax(), this::stopMergingWhenAsked);
            RunWriter.write(storage, source, this::pauseMerging);
            RunFile run = RunFile.open(storage, source.info().name().toString());
            parts.replace(inputs, run);
            // A crash before this leaves the old runs beside the new one, which covers them: the next open
            // deletes them.
            for (RunFile input : inputs) {
                RunDirectory.deleteIfThere(storage, input.name());
            }
            LOG.log(Level.DEBUG, "index runs merged dir={0} file={1} runs={2} events={3} bytes={4}",
                    storage.description(), run.name(), inputs.size(), run.info().events(), run.layout().fileBytes());
            return true;
        } catch (CancellationException asked) {
            return false;
        } catch (CorruptIndexException damage) {
            tell("index run damaged", damage);
            return setAside(damage);
        } catch (IOException failure) {
            tell("index runs not merged", failure);
            return false;
        }
    }

    private boolean setAside(CorruptIndexException damage) {
        try {
            return quarantine(damage);
        } catch (IOException failure) {
            tell("damaged index run not set aside", failure);
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

    /// A full disk is reported by the log itself, which refuses appends; the rest is told to whoever wants
    /// to know.
    private void tell(String what, Exception failure) {
        LOG.log(Level.WARNING, what + " dir=" + storage.description(), failure);
        if (!(failure instanceof NoSpaceException) && !Thread.currentThread().isInterrupted()) {
            options.failures()
                    .accept(failure instanceof IOException io ? io : new IOException(failure.getMessage(), failure));
        }
    }
}
