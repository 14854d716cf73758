package dev.everfold.log;

import dev.everfold.eventstore.StoreClosedException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Where appends wait for the writer: many callers put, one writer polls. Bounded by bytes, and fair.
final class AppendQueue {

    private static final int PERMIT_BYTES = 1_024;

    private final ConcurrentLinkedQueue<PendingAppend> queue = new ConcurrentLinkedQueue<>();
    private final Semaphore room;
    private final int permitsMax;

    private volatile boolean closed;
    private volatile boolean drained;
    private volatile @Nullable Thread parkedWriter;

    AppendQueue(int bytesMax) {
        this.permitsMax = bytesMax / PERMIT_BYTES;
        this.room = new Semaphore(permitsMax, true);
    }

    /// Queues an append, blocking while the queue is full. Once it returns the append will be answered.
    ///
    /// @throws InterruptedException when interrupted while the queue is full; the append is not queued
    /// @throws StoreClosedException when the store was closed; the append is not queued
    void put(PendingAppend append) throws InterruptedException {
        int permits = permits(append);
        room.acquire(permits);
        if (closed) {
            room.release(permits);
            throw new StoreClosedException("store");
        }
        queue.add(append);
        // The writer says "drained" before it looks for the last time: whoever reads "no" was seen by that
        // look, and whoever reads "yes" takes its append back unless the look found it.
        if (drained && queue.remove(append)) {
            room.release(permits);
            throw new StoreClosedException("store");
        }
        Thread writer = parkedWriter;
        if (writer != null) {
            LockSupport.unpark(writer);
        }
    }

    /// The next append, which stays in the queue; null when there is none.
    @Nullable
    PendingAppend peek() {
        return queue.peek();
    }

    /// Takes the append that [#peek] returned.
    ///
    /// @return false when its caller has taken it back meanwhile, since the store was closed
    boolean take(PendingAppend append) {
        boolean taken = queue.remove(append);
        if (taken) {
            room.release(permits(append));
        }
        return taken;
    }

    /// Waits until there may be something to do, or for the given time.
    void awaitWork(long nanosMax) {
        parkedWriter = Thread.currentThread();
        if (queue.isEmpty() && !closed) {
            LockSupport.parkNanos(this, nanosMax);
        }
        parkedWriter = null;
    }

    /// Lets no more appends in; those that wait for room are turned away as they get it.
    void close() {
        closed = true;
        Thread writer = parkedWriter;
        if (writer != null) {
            LockSupport.unpark(writer);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /// Said by the writer before its last look into the queue.
    void drained() {
        drained = true;
    }

    private int permits(PendingAppend append) {
        return Math.clamp(append.queuedBytes() / PERMIT_BYTES + 1, 1, permitsMax);
    }
}
