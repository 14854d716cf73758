package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.testkit.ForwardingEventStore;
import java.util.concurrent.atomic.AtomicInteger;

/// The store as a process sees it that dies at one of its appends: from then on it reaches nothing.
///
/// All that a reaction does is an append: of what an instance decided, of what a command led to, of a refusal, of a
/// timer that is due, of the checkpoint.
final class DyingStore extends ForwardingEventStore {

    /// What became of the append at which it died.
    enum Fault {
        LOST,
        KEPT
    }

    private final int dyingAppend;
    private final Fault fault;
    private final AtomicInteger appends = new AtomicInteger();
    private volatile boolean dead;

    DyingStore(EventStore below, int dyingAppend, Fault fault) {
        super(below);
        this.dyingAppend = dyingAppend;
        this.fault = fault;
    }

    boolean isDead() {
        return dead;
    }

    @Override
    public synchronized Appended append(Append append) {
        if (!dead && appends.incrementAndGet() == dyingAppend) {
            if (fault == Fault.KEPT) {
                delegate.append(append);
            }
            dead = true;
        }
        if (dead) {
            throw new StoreUnavailableException("the process is dead", true, null);
        }
        return delegate.append(append);
    }
}
