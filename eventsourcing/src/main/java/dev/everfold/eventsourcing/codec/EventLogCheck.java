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
        SortedMap<TypeVersion, Count> counts = new TreeMap<>();
        // Where the version itself cannot be read, the events are counted below version 1.
        SortedMap<String, Count> unversioned = new TreeMap<>();
        try (EventCursor cursor = store.read(Read.all())) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                String type = event.type();
                try {
                    TypeVersion form = new TypeVersion(type, MetadataJson.version(event.metadata()));
                    decode(event, counts.computeIfAbsent(form, key -> new Count()));
                } catch (IllegalArgumentException malformed) {
                    Count count = unversioned.computeIfAbsent(type, key -> new Count());
                    count.events++;
                    count.failed(event, Failures.malformedMetadata(event, malformed));
                }
            }
        }
        return report(counts, unversioned);
    }

    private void decode(RecordedEvent event, Count count) {
        count.events++;
        List<EventCodec<?>> readers =
                codecs.stream().filter(codec -> codec.knows(event.type())).toList();
        for (EventCodec<?> codec : readers.isEmpty() ? codecs : readers) {
            try {
                count.decoded += codec.decode(event).size();
            } catch (EventCodecException failed) {
                count.failed(event, failed);
                return;
            }
        }
    }

    private static EventLogReport report(SortedMap<TypeVersion, Count> counts, SortedMap<String, Count> unversioned) {
        List<EventLogReport.Line> lines = new ArrayList<>();
        unversioned.forEach((type, count) -> lines.add(count.line(type, 0)));
        counts.forEach((form, count) -> lines.add(count.line(form.type(), form.version())));
        return new EventLogReport(lines);
    }

    /// Counts of one form while they grow.
    private static final class Count {

        private long events;
        private long decoded;
        private long failures;
        private long firstFailure;
        private String reason = "";

        void failed(RecordedEvent event, EventCodecException why) {
            if (failures == 0) {
                firstFailure = event.position();
                reason = why.getMessage();
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
