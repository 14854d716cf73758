package dev.everfold.eventstore;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Walks the log of an [InMemoryEventStore] between two positions. The log only grows, so positions below `end`
/// never change.
final class InMemoryCursor implements EventCursor {

    private final InMemoryEventStore store;
    private final List<RecordedEvent> log;
    private final Read read;
    private final Predicate<RecordedEvent> matches;
    private final long fromPosition;
    private final long end;
    private long candidate;
    private long returned;
    private long afterLast;
    private boolean exhausted;
    private boolean closed;
    private @Nullable RecordedEvent ready;

    /// @param log of the store, looked at only while that is open
    /// @param read its direction and limit
    InMemoryCursor(
            InMemoryEventStore store,
            List<RecordedEvent> log,
            Read read,
            Predicate<RecordedEvent> matches,
            long fromPosition,
            long end) {
        this.store = store;
        this.log = log;
        this.read = read;
        this.matches = matches;
        this.fromPosition = fromPosition;
        this.end = end;
        this.candidate = isForwards() ? fromPosition : end - 1;
        this.afterLast = fromPosition;
    }

    @Override
    public boolean hasNext() {
        return peek() != null;
    }

    @Override
    public RecordedEvent next() {
        RecordedEvent event = peek();
        if (event == null) {
            throw new NoSuchElementException("The cursor is at its end; ask hasNext() first.");
        }
        ready = null;
        returned++;
        afterLast = event.position() + 1;
        return event;
    }

    @Override
    public long end() {
        return end;
    }

    @Override
    public long nextPosition() {
        return exhausted || !isForwards() ? end : afterLast;
    }

    @Override
    public void close() {
        closed = true;
    }

    private @Nullable RecordedEvent peek() {
        if (closed) {
            throw new StoreClosedException("cursor");
        }
        Optional<RecordedEvent> next = store.whileOpen(() -> ready == null ? find() : Optional.of(ready));
        ready = next.orElse(null);
        return ready;
    }

    private Optional<RecordedEvent> find() {
        if (returned == read.limit()) {
            return Optional.empty();
        }
        while (candidate >= fromPosition && candidate < end) {
            RecordedEvent event = log.get((int) candidate);
            candidate += isForwards() ? 1 : -1;
            if (matches.test(event)) {
                return Optional.of(event);
            }
        }
        exhausted = true;
        return Optional.empty();
    }

    private boolean isForwards() {
        return read.direction() == Read.Direction.FORWARDS;
    }
}
