package dev.everfold.benchmarks.peers;

import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.NewEvent;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// An append on its way through [GroupCommit]: encoded and hashed in the caller's thread.
final class PeerAppend {

    /// What a store is given of one event.
    ///
    /// @param record encoded, without its place in the log
    /// @param stream hash of the stream's name
    /// @param type hash of the type
    /// @param tag hash of the first tag
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record Event(byte[] record, long stream, long type, long tag) {

        static Event of(NewEvent event) {
            return new Event(
                    EventFormat.encode(event),
                    hash(event.stream()),
                    hash(event.type()),
                    hash(event.tags().getFirst()));
        }
    }

    /// Nothing is expected of the stream.
    static final long ANY = -1;

    private final long stream;
    private final long streamEvents;
    private final List<Event> events;
    private final Thread waiter = Thread.currentThread();
    private volatile boolean answered;
    private volatile @Nullable Exception failure;

    /// @param stream hash of the stream that is checked
    /// @param streamEvents how many events it must have, or [#ANY]
    PeerAppend(long stream, long streamEvents, List<Event> events) {
        this.stream = stream;
        this.streamEvents = streamEvents;
        this.events = events;
    }

    /// 64 bits of a name, FNV-1a and a final mix; collisions are not looked after, which favours the peers.
    static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 32)) * 0x9e3779b97f4a7c15L;
        return hash ^ (hash >>> 29);
    }

    long stream() {
        return stream;
    }

    long streamEvents() {
        return streamEvents;
    }

    List<Event> events() {
        return events;
    }

    int bytes() {
        int bytes = 0;
        for (Event event : events) {
            bytes += event.record().length;
        }
        return bytes;
    }

    /// Wakes who waits.
    ///
    /// @param failed why nothing is durable; null = it is
    void answer(@Nullable Exception failed) {
        failure = failed;
        answered = true;
        LockSupport.unpark(waiter);
    }

    /// Waits for the answer.
    void await() throws Exception {
        while (!answered) {
            LockSupport.park(this);
        }
        Exception failed = failure;
        if (failed != null) {
            throw new IllegalStateException("The append failed.", failed);
        }
    }
}
