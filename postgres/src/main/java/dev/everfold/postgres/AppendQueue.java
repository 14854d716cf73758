package dev.everfold.postgres;

import dev.everfold.eventstore.StoreClosedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where appends wait for the writer, in the order in which they came. Bounded by bytes.
///
/// One at a time commits: the writer what it took, or a caller who found nobody there its own append. Each then says so
/// ([#done()]).
final class AppendQueue {

    private final int bytesMax;

    // Guarded by lock.
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition room = lock.newCondition();
    private final Condition work = lock.newCondition();
    private final Deque<PendingAppend> queue = new ArrayDeque<>();
    private long bytes;
    private boolean committing;
    private boolean closed;

    AppendQueue(int bytesMax) {
        this.bytesMax = bytesMax;
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
            if (!committing) {
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
            boolean free = !committing && !closed && queue.isEmpty();
            committing |= free;
            return free;
        } finally {
            lock.unlock();
        }
    }

    /// What was taken, or passed, is committed or refused.
    void done() {
        lock.lock();
        try {
            committing = false;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for appends and takes a batch of them, to say when it is done; one larger append makes a batch of
    /// its own.
    ///
    /// @return an empty list once the queue is closed and nothing is left
    List<PendingAppend> take(int eventsMax, int batchBytesMax) {
        lock.lock();
        try {
            while (committing || (queue.isEmpty() && !closed)) {
                work.awaitUninterruptibly();
            }
            committing = !queue.isEmpty();
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
