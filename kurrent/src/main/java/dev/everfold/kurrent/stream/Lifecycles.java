package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Lifecycles of streams, read from the store, and the newest of them remembered for appends. Safe for use by many
/// threads.
///
/// What is remembered may be out of date. An append that was decided with it is then refused, and decided again with
/// what [#read] says.
final class Lifecycles {

    /// Streams that are remembered; a few hundred bytes each.
    private static final int REMEMBERED_MAX = 100_000;

    private final EventStore store;
    private final Clock clock;

    // Guarded by itself.
    private final Map<String, Lifecycle> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Lifecycle> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };

    Lifecycles(EventStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /// As of now.
    Lifecycle read(String stream) {
        Lifecycle lifecycle = lastEvent(StreamNames.metastreamOf(stream))
                .map(last -> of(stream, last))
                .orElseGet(() -> Lifecycle.fresh(stream));
        synchronized (remembered) {
            remembered.put(stream, lifecycle);
        }
        return lifecycle;
    }

    /// Which events of a stream are not hidden now.
    Visibility visibility(String stream, Lifecycle life) {
        StreamMetadata metadata = StreamNames.isMetastream(stream) ? StreamMetadata.OF_METASTREAM : life.metadata();
        long last = metadata.maxCount().isPresent() ? lastRevision(stream) : -1;
        return new Visibility(metadata.firstRevision(last), metadata.maxAge().map(clock.instant()::minus));
    }

    /// As it was when it was last read, possibly long ago.
    Lifecycle remembered(String stream) {
        Lifecycle lifecycle;
        synchronized (remembered) {
            lifecycle = remembered.get(stream);
        }
        return lifecycle == null ? read(stream) : lifecycle;
    }

    /// Forgets what an append changed or found to be out of date.
    void forget(String stream) {
        synchronized (remembered) {
            remembered.remove(stream);
        }
    }

    /// Revision of the stream's last event; -1 when it has none.
    long lastRevision(String stream) {
        return lastEvent(stream).map(RecordedEvent::revision).orElse(-1L);
    }

    /// The stream's last event.
    Optional<RecordedEvent> lastEvent(String stream) {
        try (EventCursor cursor = store.read(Read.stream(stream).backwards().limit(1))) {
            return cursor.hasNext() ? Optional.of(cursor.next().detached()) : Optional.empty();
        }
    }

    private static Lifecycle of(String stream, RecordedEvent last) {
        boolean tombstone = last.type().equals(StreamNames.TOMBSTONE_TYPE);
        Bytes json = tombstone ? Bytes.empty() : last.data();
        return new Lifecycle(stream, last.revision(), json, StreamMetadata.parse(json), tombstone);
    }
}
