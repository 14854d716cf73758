package dev.everfold.search;

import dev.everfold.eventstore.EventStoreException.Stored;
import java.util.concurrent.atomic.AtomicInteger;

/// A process that dies at one of its changes of the server: from then on nothing of it arrives, and no claim is given
/// back.
final class DyingTransport extends Transport {

    /// What became of the change at which it died.
    enum Fault {
        LOST,
        KEPT
    }

    private final AtomicInteger left = new AtomicInteger();
    private final Fault fault;
    private volatile boolean once;
    private volatile boolean dead;

    /// @param dyingChange which change is the last one, from 1 on
    DyingTransport(SearchOptions options, int dyingChange, Fault fault) {
        super(options);
        this.left.set(dyingChange);
        this.fault = fault;
    }

    /// Counts from here on.
    void dieAt(int change) {
        left.set(change);
    }

    /// Counts from here on; only this change fails, and the process goes on.
    void failOnceAt(int change) {
        once = true;
        left.set(change);
    }

    boolean isDead() {
        return dead;
    }

    @Override
    Answer send(Call call) {
        requireAlive(call);
        if (!call.changes() || left.decrementAndGet() != 0) {
            return super.send(call);
        }
        if (fault == Fault.KEPT) {
            super.send(call);
        }
        dead = !once;
        requireAlive(call);
        throw new SearchFailedException(call.what(), "The answer is lost", Stored.UNKNOWN, true, null);
    }

    private void requireAlive(Call call) {
        if (dead) {
            throw new SearchFailedException(call.what(), "The process is dead", Stored.UNKNOWN, true, null);
        }
    }
}
