package dev.everfold.kurrent.group;

import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which events of one source are not done: those that were read, and those that a checkpoint named and that were not
/// read again yet. For the thread of its dispatcher only.
final class Ledger {

    /// Messages that a checkpoint may name; where there are more, later ones may be repeated after a crash.
    private static final int PENDING_MAX = 1_000;

    /// What is before it and was not pending when this began was done before.
    private final long resumedHead;

    private final SortedMap<Long, Integer> unread;
    private final TreeMap<Long, Message> held = new TreeMap<>();
    private long next;

    Ledger(Checkpoint from) {
        this.resumedHead = from.head();
        this.unread = new TreeMap<>(from.pending());
        this.next = from.head();
    }

    /// The first event to read.
    long first() {
        return unread.isEmpty() ? resumedHead : Math.min(resumedHead, unread.firstKey());
    }

    /// After the last event that was read.
    long next() {
        return next;
    }

    /// Whether the event at a place, which comes in order, is to be given to clients, and how often it was already.
    OptionalInt retriesOf(long place) {
        passed(place);
        if (place >= resumedHead) {
            return OptionalInt.of(0);
        }
        Integer retries = unread.remove(place);
        return retries == null ? OptionalInt.empty() : OptionalInt.of(retries);
    }

    void add(Message message) {
        held.put(message.place(), message);
        next = Math.max(next, message.place() + 1);
    }

    /// Nothing before the place is left to read; what a checkpoint named there is hidden now.
    void passed(long nextPlace) {
        unread.headMap(nextPlace).clear();
        next = Math.max(next, nextPlace);
    }

    void done(Message message) {
        held.remove(message.place());
    }

    /// The lowest event that is not done.
    long lowest() {
        long read = held.isEmpty() ? next : held.firstKey();
        return unread.isEmpty() ? read : Math.min(read, unread.firstKey());
    }

    /// What is done and what is not.
    Checkpoint checkpoint(long generation) {
        long head = next;
        for (Message last : held.tailMap(resumedHead, true).descendingMap().values()) {
            if (!last.isFresh()) {
                break;
            }
            head = last.place();
        }
        SortedMap<Long, Integer> pending = new TreeMap<>(unread);
        held.headMap(head).forEach((place, message) -> pending.put(place, message.retries()));
        while (pending.size() > PENDING_MAX) {
            head = pending.lastKey();
            pending.remove(head);
        }
        return new Checkpoint(generation, head, pending);
    }
}
