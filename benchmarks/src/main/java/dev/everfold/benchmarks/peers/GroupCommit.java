package dev.everfold.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/// Puts the appends of many clients into few commits, as the embedded log does it for itself: one thread
/// takes what waits, up to 4 MiB or 20,000 events, commits it once, and wakes those who wait. Positions are
/// given in the order of commits, and no native call is made from a virtual thread.
final class GroupCommit implements AutoCloseable {

    private static final int BATCH_BYTES_MAX = 4 << 20;
    private static final int BATCH_EVENTS_MAX = 20_000;

    private final IndexedStore store;
    private final ConcurrentLinkedQueue<PeerAppend> queue = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "group-commit");
    private volatile boolean parked;
    private volatile boolean closed;

    GroupCommit(IndexedStore store) {
        this.store = store;
        thread.start();
    }

    /// Returns when the append is durable.
    void append(PeerAppend append) throws Exception {
        queue.add(append);
        if (parked) {
            LockSupport.unpark(thread);
        }
        append.await();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<PeerAppend> batch = new ArrayList<>();
        while (true) {
            gather(batch);
            if (!batch.isEmpty()) {
                commit(batch);
            } else if (closed) {
                return;
            } else {
                parked = true;
                if (queue.isEmpty() && !closed) {
                    LockSupport.park(this);
                }
                parked = false;
            }
        }
    }

    private void gather(List<PeerAppend> batch) {
        batch.clear();
        int bytes = 0;
        int events = 0;
        while (bytes < BATCH_BYTES_MAX && events < BATCH_EVENTS_MAX) {
            PeerAppend append = queue.poll();
            if (append == null) {
                return;
            }
            bytes += append.bytes();
            events += append.events().size();
            batch.add(append);
        }
    }

    private void commit(List<PeerAppend> batch) {
        try {
            store.commit(batch);
            batch.forEach(append -> append.answer(null));
        } catch (Exception failed) {
            batch.forEach(append -> append.answer(failed));
        }
    }
}
