package dev.everfold.eventsourcing.internal;

import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads what a consumer takes in batches, and keeps its cursor from one to the next. For one thread.
final class Feed implements AutoCloseable {

    private final EventStore store;
    private final Selection selection;
    private final ConsumerOptions options;

    private @Nullable EventCursor cursor;
    private long position = -1;

    Feed(EventStore store, Selection selection, ConsumerOptions options) {
        this.store = store;
        this.selection = selection;
        this.options = options;
    }

    /// @param events in order
    /// @param nextPosition where to go on: nothing below is left to take
    /// @param atEnd whether that was the end of the log
    record Batch(List<RecordedEvent> events, long nextPosition, boolean atEnd) {}

    /// The next events from a position. The last batch before the end closes the cursor, so that a consumer that
    /// waits holds nothing.
    Batch next(long fromPosition) {
        EventCursor open = cursor;
        if (open == null || position != fromPosition) {
            close();
            open = store.read(Read.matching(selection.query()).fromPosition(fromPosition));
            cursor = open;
        }
        List<RecordedEvent> events = new ArrayList<>();
        long bytes = 0;
        boolean atEnd = false;
        // Events that the test leaves out count too, so that a step and a stop never wait for long.
        for (int read = 0; events.size() < options.batchEventsMax() && read < 20 * options.batchEventsMax(); read++) {
            if (!open.hasNext()) {
                atEnd = true;
                break;
            }
            RecordedEvent event = open.next();
            if (selection.test().test(event)) {
                events.add(event);
                bytes += event.recordBytes();
                if (bytes >= options.batchBytesMax()) {
                    break;
                }
            }
        }
        position = open.nextPosition();
        if (atEnd) {
            close();
        }
        return new Batch(events, position, atEnd);
    }

    @Override
    public void close() {
        if (cursor != null) {
            cursor.close();
            cursor = null;
        }
    }
}
