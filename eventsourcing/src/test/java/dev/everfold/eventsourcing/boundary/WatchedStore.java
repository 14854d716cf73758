package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventsourcing.CountingCursor;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Read;
import dev.everfold.testkit.ForwardingEventStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// A real store that is watched, and where others may come in just before an append. For one thread.
final class WatchedStore extends ForwardingEventStore {

    private final List<Read> reads = new ArrayList<>();
    private final List<Append> appends = new ArrayList<>();
    private final Deque<Runnable> beforeAppends = new ArrayDeque<>();
    private final AtomicInteger eventsRead = new AtomicInteger();
    private boolean losesNextAnswer;

    WatchedStore(EventStore store) {
        super(store);
    }

    /// Runs this once, just before the next append that has no such thing yet.
    void beforeNextAppend(Runnable action) {
        beforeAppends.add(action);
    }

    /// The next append is stored, and its answer is lost.
    void loseNextAnswer() {
        losesNextAnswer = true;
    }

    List<Read> reads() {
        return reads;
    }

    /// Every append that was tried.
    List<Append> appends() {
        return appends;
    }

    int eventsRead() {
        return eventsRead.get();
    }

    @Override
    public Appended append(Append append) {
        Runnable before = beforeAppends.poll();
        if (before != null) {
            before.run();
        }
        appends.add(append);
        Appended appended = super.append(append);
        if (losesNextAnswer) {
            losesNextAnswer = false;
            throw new OutcomeUnknownException("The answer was lost", null);
        }
        return appended;
    }

    @Override
    public EventCursor read(Read read) {
        reads.add(read);
        return new CountingCursor(super.read(read), eventsRead);
    }
}
