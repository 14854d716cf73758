package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.Presence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A stream that nobody writes: links to the events of a category (`$ce-X`) or of a type
/// (`$et-X`), or to the first event of every stream (`$streams`), made from the store's index
/// when they are read. Safe for use by many threads.
///
/// The revision of a link is the number of matching events before it, which never changes, since nothing is inserted
/// before what is there. Where revisions lie is remembered for every thousandth, so that a page in the middle is found.
final class IndexStream {

    /// Matching events between two marks.
    private static final int STRIDE = 1_000;

    private final String name;
    private final Query query;
    private final Interest interest;

    // Guarded by this.
    private final List<Long> marks = new ArrayList<>(List.of(0L));
    private long countedRevision;
    private long countedPosition;

    private IndexStream(String name, Query query, Interest interest) {
        this.name = name;
        this.query = query;
        this.interest = interest;
    }

    /// The stream of that name; empty when it is not one of these.
    static Optional<IndexStream> of(String name) {
        if (name.equals("$streams")) {
            return Optional.of(new IndexStream(name, Query.firstOfStream(), new Interest.Everything()));
        }
        if (name.startsWith("$ce-") && name.length() > 4) {
            String category = name.substring(4);
            return Optional.of(new IndexStream(name, Query.category(category), new Interest.OfCategory(category)));
        }
        if (name.startsWith("$et-") && name.length() > 4) {
            String type = name.substring(4);
            return Optional.of(new IndexStream(name, Query.types(type), new Interest.OfType(type)));
        }
        return Optional.empty();
    }

    Query query() {
        return query;
    }

    Interest interest() {
        return interest;
    }

    /// The link at a revision to an event.
    RecordedEvent link(RecordedEvent event, long revision) {
        Bytes target = Bytes.utf8(event.revision() + "@" + event.stream());
        NewEvent link = NewEvent.of(name, StreamNames.LINK_TYPE, target)
                .withContent(NewEvent.BINARY, target)
                .withId(event.id());
        byte[] record = EventFormat.encode(link);
        EventFormat.place(record, 0, new EventFormat.Place(event.position(), revision, event.recordedMicros()));
        return RecordedEvent.view(record, 0);
    }

    /// How many links there are now.
    synchronized long count(EventStore store) {
        count(store, Long.MAX_VALUE);
        return countedRevision;
    }

    /// Where to read so that the link of the revision comes first; at the end of what there is
    /// when it does not exist yet.
    synchronized Place locate(EventStore store, long revision) {
        if (revision > countedRevision) {
            count(store, revision);
        }
        if (revision >= countedRevision) {
            return new Place(countedRevision, countedPosition);
        }
        int mark = Math.toIntExact(Math.min(revision / STRIDE, marks.size() - 1L));
        long skipped = (long) mark * STRIDE;
        long position = marks.get(mark);
        if (skipped < revision) {
            Read read = Read.matching(query).fromPosition(position).limit(revision - skipped);
            try (EventCursor cursor = store.read(read)) {
                while (cursor.hasNext()) {
                    position = cursor.next().position() + 1;
                }
            }
        }
        return new Place(revision, position);
    }

    /// Where a link is.
    ///
    /// @param revision its revision
    /// @param position it and later ones match at or after this position, earlier ones before
    record Place(long revision, long position) {}

    /// Whoever gives up leaves to the next what was counted.
    private void count(EventStore store, long upToRevision) {
        Presence presence = Presence.ofCaller();
        try (EventCursor cursor = store.read(Read.matching(query).fromPosition(countedPosition))) {
            while (countedRevision < upToRevision && cursor.hasNext()) {
                countedPosition = cursor.next().position() + 1;
                countedRevision++;
                if (countedRevision % STRIDE == 0) {
                    marks.add(countedPosition);
                }
                presence.passed();
            }
        }
    }
}
