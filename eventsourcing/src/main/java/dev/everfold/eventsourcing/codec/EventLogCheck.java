package dev.everfold.eventsourcing.codec;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Decodes a whole store through the codecs of a release, before the release goes where the store is.
///
/// It never stops at a failure: the report names each type and version with its counts and, where some
/// cannot be read, the first position and why. An event must be read by every codec that knows its type,
/// and by one at least, unless a codec skips unknown types or the type is the system's. Immutable.
///
/// ```java
/// EventLogCheck.of(accounts, orders).check(store).throwIfFailed();
/// ```
public final class EventLogCheck {

    private final List<EventCodec<?>> codecs;

    private EventLogCheck(List<EventCodec<?>> codecs) {
        this.codecs = codecs;
    }

    /// A check through these codecs, one or more: all that read from the store.
    public static EventLogCheck of(EventCodec<?>... codecs) {
        if (codecs.length == 0) {
            throw new IllegalArgumentException("There is no codec to check with; expected one or more.");
        }
        return new EventLogCheck(List.of(codecs));
    }

    /// Reads everything that is in the store now. Memory does not grow with the log.
    public EventLogReport check(EventStore store) {
        SortedMap<String, SortedMap<Integer, Count>> counts = new TreeMap<>();
        try (EventCursor cursor = store.read(Read.all())) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                String type = event.type();
                decode(
                        event,
                        counts.computeIfAbsent(type, key -> new TreeMap<>())
                                .computeIfAbsent(version(event), key -> new Count()));
            }
        }
        List<EventLogReport.Line> lines = new ArrayList<>();
        counts.forEach((type, versions) -> versions.forEach((version, count) -> lines.add(count.line(type, version))));
        return new EventLogReport(lines);
    }

    /// 0 where the metadata does not tell; decoding says why.
    private static int version(RecordedEvent event) {
        try {
            return MetadataJson.version(event.metadata());
        } catch (IllegalArgumentException malformed) {
            return 0;
        }
    }

    private void decode(RecordedEvent event, Count count) {
        count.events++;
        String type = event.type();
        List<EventCodec<?>> readers =
                codecs.stream().filter(codec -> codec.knows(type)).toList();
        try {
            long decoded = 0;
            for (EventCodec<?> codec : readers.isEmpty() ? codecs : readers) {
                decoded += codec.decode(event).size();
            }
            count.decoded += decoded;
        } catch (RuntimeException failed) {
            count.failed(event.position(), failed);
        }
    }

    /// Counts of one form while they grow.
    private static final class Count {

        private long events;
        private long decoded;
        private long failures;
        private long firstFailure;
        private String reason = "";

        void failed(long position, RuntimeException why) {
            if (failures == 0) {
                firstFailure = position;
                reason = why instanceof EventCodecException known ? known.getMessage() : why.toString();
            }
            failures++;
        }

        EventLogReport.Line line(String type, int version) {
            return new EventLogReport.Line(
                    type,
                    version,
                    events,
                    decoded,
                    failures == 0
                            ? Optional.empty()
                            : Optional.of(new EventLogReport.Failure(failures, firstFailure, reason)));
        }
    }
}
