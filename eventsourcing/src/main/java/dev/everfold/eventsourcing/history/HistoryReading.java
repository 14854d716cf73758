package dev.everfold.eventsourcing.history;

import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/// Walks one stream from its first event to the end of the log as it was when the walk began. For one thread.
///
/// It reads a page at a time and holds nothing open in between, so it need not be closed and a slow reader is
/// in nobody's way.
final class HistoryReading<S, E> implements Iterator<HistoryEntry<S, E>> {

    private static final int PAGE_EVENTS_MAX = 256;
    private static final int PAGE_BYTES_MAX = 1 << 20;

    private final EventStore store;
    private final Fold<S, E> fold;
    private final String stream;
    private final long end;
    private final int pageEvents;

    private final Deque<Line> page = new ArrayDeque<>();
    private CompensationLinks links = CompensationLinks.none();
    private long nextPosition;
    private S state;

    /// An event of the page, its metadata decoded once.
    private record Line(RecordedEvent event, EventMetadata metadata) {}

    HistoryReading(EventStore store, Fold<S, E> fold, String stream, long end) {
        this.store = store;
        this.fold = fold;
        this.stream = stream;
        this.end = end;
        this.state = fold.initial();
        // Each event of a page becomes an item with one tag in a query.
        this.pageEvents =
                Math.clamp(store.limits().queryTermsMax() / CompensationLinks.TERMS_OF_AN_EVENT, 1, PAGE_EVENTS_MAX);
    }

    @Override
    public boolean hasNext() {
        while (page.isEmpty() && nextPosition < end) {
            readPage();
        }
        return !page.isEmpty();
    }

    @Override
    public HistoryEntry<S, E> next() {
        if (!hasNext()) {
            throw new NoSuchElementException("Stream \"" + stream + "\" has no more history.");
        }
        Line line = page.remove();
        RecordedEvent event = line.event();
        List<E> events = fold.codec().decode(event);
        S before = state;
        state = fold.after(before, events);
        return new HistoryEntry<>(
                EventPlace.of(event),
                Cut.occurredOf(event),
                event.recorded(),
                line.metadata(),
                events,
                before,
                state,
                line.metadata().compensates().flatMap(links::target),
                links.compensatorsOf(event.id()));
    }

    private void readPage() {
        Read read = Read.matching(Query.stream(stream))
                .fromPosition(nextPosition)
                .toPosition(end)
                .limit(pageEvents);
        List<RecordedEvent> events = new ArrayList<>();
        try (EventCursor cursor = store.read(read)) {
            long bytes = 0;
            while (bytes < PAGE_BYTES_MAX && cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                bytes += event.recordBytes();
                events.add(event);
            }
            nextPosition = cursor.nextPosition();
        }
        events.removeIf(fold::isOfTheSystem);
        events.forEach(event -> page.add(new Line(event, EventMetadata.of(event))));
        links = CompensationLinks.of(
                store,
                events.stream().map(RecordedEvent::id).toList(),
                page.stream()
                        .map(line -> line.metadata().compensates())
                        .flatMap(Optional::stream)
                        .toList(),
                end);
    }
}
