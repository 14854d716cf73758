package dev.everfold.benchmarks.peers;

import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.RecordedEvent;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What an event store keeps at least, on top of a store for keys or rows: each event by position, and
/// entries by stream and revision, by type and position, by tag and position. Used by one thread at a time.
abstract class IndexedStore implements AutoCloseable {

    static final byte STREAM = 1;
    static final byte TYPE = 2;
    static final byte TAG = 3;

    private final Map<Long, Long> heads = new HashMap<>();
    private long nextPosition;

    /// To be called when it is open.
    final void begin(long firstFreePosition) {
        nextPosition = firstFreePosition;
    }

    /// Checks, places and stores all appends of a batch; durable when it returns.
    final void commit(List<PeerAppend> batch) throws Exception {
        heads.clear();
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        for (PeerAppend append : batch) {
            long head = head(append.stream());
            if (append.streamEvents() != PeerAppend.ANY && append.streamEvents() != head) {
                throw new IllegalStateException(
                        "The stream has " + head + " events; expected " + append.streamEvents() + ".");
            }
            for (PeerAppend.Event event : append.events()) {
                long revision = head(event.stream());
                EventFormat.place(event.record(), 0, new EventFormat.Place(nextPosition, revision, micros));
                put(nextPosition, revision, event);
                heads.put(event.stream(), revision + 1);
                nextPosition++;
            }
        }
        commit(heads);
    }

    private long head(long stream) throws Exception {
        Long known = heads.get(stream);
        if (known == null) {
            known = storedHead(stream);
            heads.put(stream, known);
        }
        return known;
    }

    /// How many events of this stream are stored.
    abstract long storedHead(long stream) throws Exception;

    /// Adds an event and its three entries to the batch.
    abstract void put(long position, long revision, PeerAppend.Event event) throws Exception;

    /// Makes the batch durable.
    ///
    /// @param changedHeads how many events each stream of the batch has now, by the hash of its name
    abstract void commit(Map<Long, Long> changedHeads) throws Exception;

    /// Hands over the events of a stream in order.
    abstract void readStream(long stream, Consumer<RecordedEvent> consumer) throws Exception;

    /// Hands over all events in order.
    abstract void scan(Consumer<RecordedEvent> consumer) throws Exception;

    @Override
    public abstract void close();

    /// A key that sorts by kind, then term, then revision or position.
    static byte[] key(byte kind, long term, long number) {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                .put(kind)
                .putLong(term)
                .putLong(number)
                .array();
    }
}
