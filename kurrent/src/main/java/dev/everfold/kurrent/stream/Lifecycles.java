package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Clock;
import java.util.Optional;

/// Lifecycles of streams, read from the store, and the newest of them remembered for appends.
/// Safe for use by many threads.
///
/// What is remembered may be out of date. An append that was decided with it is then refused, and decided again with
/// what [#read] says.
final class Lifecycles {

    /// Streams that are remembered, most of them in a few hundred bytes.
    private static final int REMEMBERED_MAX = 100_000;

    /// Longer metadata is read each time, so that what is remembered stays below 400 MiB.
    private static final int REMEMBERED_BYTES_MAX = 4_096;

    private final EventStore store;
    private final Clock clock;

    private final Recent<Lifecycle> remembered = new Recent<>(REMEMBERED_MAX);

    Lifecycles(EventStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /// As of now.
    Lifecycle read(String stream) {
        Lifecycle lifecycle;
        try {
            lifecycle = lastEvent(StreamNames.metastreamOf(stream))
                    .map(last -> of(stream, last))
                    .orElseGet(() -> Lifecycle.fresh(stream));
        } catch (LimitExceededException tooLong) {
            // Other clients may give a stream a name that leaves no room for that of its metadata.
            return Lifecycle.fresh(stream);
        }
        if (lifecycle.json().length() <= REMEMBERED_BYTES_MAX) {
            remembered.put(stream, lifecycle);
        } else {
            remembered.forget(stream);
        }
        return lifecycle;
    }

    /// Which events of a stream are not hidden now.
    Visibility visibility(String stream, Lifecycle life) {
        StreamMetadata metadata = metadata(stream, life);
        return visibility(metadata, metadata.maxCount().isPresent() ? lastRevision(stream) : -1);
    }

    /// The same when the stream's last event had this revision.
    Visibility visibility(String stream, Lifecycle life, long lastRevision) {
        return visibility(metadata(stream, life), lastRevision);
    }

    private Visibility visibility(StreamMetadata metadata, long lastRevision) {
        return new Visibility(
                metadata.firstRevision(lastRevision), metadata.maxAge().map(clock.instant()::minus));
    }

    private static StreamMetadata metadata(String stream, Lifecycle life) {
        return StreamNames.isMetastream(stream) ? StreamMetadata.OF_METASTREAM : life.metadata();
    }

    /// The first revision from one on whose event is not too old; where all are, the one that the next event will
    /// have. Recorded times never fall, so it is found without reading what is older. Mostly it is the first
    /// that is looked at, as readers come back for what follows.
    long firstYoung(String stream, Visibility visible, long from) {
        if (visible.recordedFrom().isEmpty() || isYoung(stream, visible, from)) {
            return from;
        }
        long low = from + 1;
        long high = lastRevision(stream) + 1;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (isYoung(stream, visible, middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /// Also where there is no event yet.
    private boolean isYoung(String stream, Visibility visible, long revision) {
        try (EventCursor cursor =
                store.read(Read.stream(stream).fromRevision(revision).limit(1))) {
            return !cursor.hasNext() || visible.isYoung(cursor.next());
        }
    }

    /// As it was when it was last read, possibly long ago.
    Lifecycle remembered(String stream) {
        return remembered.find(stream).orElseGet(() -> read(stream));
    }

    /// Forgets what an append changed or found to be out of date.
    void forget(String stream) {
        remembered.forget(stream);
    }

    /// The first event of a stream was stored at this position.
    void began(String stream, long position) {
        remembered.find(stream).ifPresent(life -> remembered.put(stream, life.beginningAt(position)));
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
        return new Lifecycle(stream, last.revision(), json, StreamMetadata.parse(json), tombstone, 0);
    }
}
