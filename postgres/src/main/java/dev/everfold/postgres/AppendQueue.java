package dev.everfold.postgres;

import dev.everfold.eventstore.StoreClosedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Where appends wait for the writer, in the order in which they came. Bounded by bytes.
///
/// One at a time commits: the writer what it took, or a caller in a platform thread who found nobody there its own
/// append. Each says when it answers ([#answering()]), and when it is done ([#done()]).
///
/// Callers often append again as soon as they are answered, and a transaction costs as much as a dozen
/// appends in it. So the writer takes what waits when as many wait as were answered last and waited
/// then, or after a part of the time that the last commit took. Where callers do not come back so soon,
/// that part shrinks to next to nothing.
final class AppendQueue {

    /// The part of the last commit's time is at most a quarter: one half to this power.
    private static final int HALVINGS_MIN = 2;

    private static final int HALVINGS_MAX = 8;

    /// Other processes may have kept the last commit waiting, which says nothing of these callers.
    private static final long AWAITED_NANOS_MAX = 2_000_000;

    private final int bytesMax;
    private final LongSupplier nanos;

    // Guarded by lock.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition work = lock.newCondition();
    private final Deque<PendingAppend> queue = new ArrayDeque<>();
    private long bytes;
    private boolean committing;
    private boolean closed;
    private int taken;
    private long takenNanos;

    /// So many are awaited until then.
    private int awaited;

    private long awaitedUntilNanos;
    private int halvings = HALVINGS_MIN;

    /// @param nanos the time, as by [System#nanoTime()]
    AppendQueue(int bytesMax, LongSupplier nanos) {
        this.bytesMax = bytesMax;
        this.nanos = nanos;
    }

    /// Queues an append, blocking while the queue is full. Once it returns the append will be answered.
    ///
    /// @throws InterruptedException when interrupted before; the append is not queued
    /// @throws StoreClosedException when the store was closed; the append is not queued
    void put(PendingAppend append) throws InterruptedException {
        int itsBytes = append.bytes();
        lock.lockInterruptibly();
        try {
            while (!closed && bytes > 0 && bytes + itsBytes > bytesMax) {
                room.await();
            }
            if (closed) {
                throw new StoreClosedException("store");
            }
            queue.add(append);
            bytes += itsBytes;
            if (!committing && (queue.size() == 1 || queue.size() >= awaited)) {
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether the caller may commit its append by itself, since nobody else appends: that spares two
    /// changes of thread. Then it has to, and to say when it is done.
    boolean pass() {
        lock.lock();
        try {
            boolean free = !committing && !closed && queue.isEmpty() && !isAwaiting();
            if (free) {
                begin(1);
            }
            return free;
        } finally {
            lock.unlock();
        }
    }

    /// Guarded by lock.
    private void begin(int appends) {
        committing = true;
        taken = appends;
        takenNanos = nanos.getAsLong();
    }

    /// What was taken, or passed, is about to be answered. Whoever comes from here on may be one of those who are.
    void answering() {
        lock.lock();
        try {
            awaited = queue.size() + taken;
        } finally {
            lock.unlock();
        }
    }

    /// What was taken, or passed, is committed or refused.
    void done() {
        lock.lock();
        try {
            committing = false;
            long now = nanos.getAsLong();
            awaitedUntilNanos = now + Math.min((now - takenNanos) >> halvings, AWAITED_NANOS_MAX);
            if (!queue.isEmpty() || closed) {
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether others are about to come. Guarded by lock.
    private boolean isAwaiting() {
        return awaited > 1 && queue.size() < awaited && awaitedUntilNanos - nanos.getAsLong() > 0;
    }

    /// Waits for appends and takes a batch of them, to say when it is done; one larger append makes a batch of
    /// its own.
    ///
    /// @return an empty list once the queue is closed and nothing is left
    List<PendingAppend> take(int eventsMax, int batchBytesMax) {
        lock.lock();
        try {
            while (committing || (!closed && (queue.isEmpty() || isAwaiting()))) {
                if (committing || queue.isEmpty()) {
                    work.awaitUninterruptibly();
                    continue;
                }
                try {
                    long _ = work.awaitNanos(awaitedUntilNanos - nanos.getAsLong());
                } catch (InterruptedException _) {
                    awaited = 0; // It means nothing to the thread that appends, except that it waits for nobody.
                }
            }
            if (queue.isEmpty()) {
                return List.of();
            }
            if (awaited > 1) {
                boolean cameBack = queue.size() >= awaited;
                halvings = Math.clamp(halvings + (cameBack ? -1 : 1), HALVINGS_MIN, HALVINGS_MAX);
            }
            List<PendingAppend> batch = new ArrayList<>();
            int events = 0;
            long batchBytes = 0;
            for (PendingAppend next = queue.peek(); next != null; next = queue.peek()) {
                events += next.append().events().size();
                batchBytes += next.bytes();
                boolean full = events > eventsMax || batchBytes > batchBytesMax;
                if (full && !batch.isEmpty()) {
                    break;
                }
                batch.add(queue.remove());
                bytes -= next.bytes();
            }
            begin(batch.size());
            room.signalAll();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /// Lets no more appends in.
    void close() {
        lock.lock();
        try {
            closed = true;
            work.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
