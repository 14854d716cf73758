package dev.everfold.eventstore;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// The answer to a [Read]: events one after another, forward-only.
///
/// It sees the snapshot taken when it was opened: events below [#end()], no more, whatever is appended
/// meanwhile. For one thread at a time. Close it to free what it holds; after that, and after the store
/// was closed, `hasNext` and `next` throw [StoreClosedException], while `end` and `nextPosition` still
/// answer.
public interface EventCursor extends Iterator<RecordedEvent>, AutoCloseable {

    /// Whether there is another event.
    ///
    /// @throws StoreClosedException when this cursor or its store was closed
    /// @throws CorruptStoreException when stored bytes are not what was stored
    @Override
    boolean hasNext();

    /// The next event.
    ///
    /// @throws java.util.NoSuchElementException when there is none
    /// @throws StoreClosedException when this cursor or its store was closed
    /// @throws CorruptStoreException when stored bytes are not what was stored
    @Override
    RecordedEvent next();

    /// The position before which this cursor sees everything: the smaller of the read's `toPosition`
    /// and the store's next position when the cursor was opened.
    long end();

    /// Where to go on, so that nothing is read twice or left out.
    ///
    /// Forwards and stopped early, also by the limit: the last returned position + 1, or where the read
    /// begins when nothing was returned yet. Forwards and exhausted (`hasNext` said no before the limit
    /// was reached), or backwards: [#end()]. So a read of a boundary that found nothing still guards
    /// ([AppendCondition.NothingMatching]).
    long nextPosition();

    /// Frees what this cursor holds. May be called more than once.
    @Override
    void close();

    /// Reads the rest into a list and closes the cursor.
    default List<RecordedEvent> toList() {
        try (this) {
            List<RecordedEvent> events = new ArrayList<>();
            while (hasNext()) {
                events.add(next());
            }
            return List.copyOf(events);
        }
    }
}
