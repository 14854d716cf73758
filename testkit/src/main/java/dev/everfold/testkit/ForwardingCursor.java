package dev.everfold.testkit;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.RecordedEvent;

/// Hands every call on to another cursor; subclasses change some. For one thread, as cursors are.
public class ForwardingCursor implements EventCursor {

    /// The other cursor.
    protected final EventCursor delegate;

    /// @param delegate closed with this one
    protected ForwardingCursor(EventCursor delegate) {
        this.delegate = delegate;
    }

    @Override
    public boolean hasNext() {
        return delegate.hasNext();
    }

    @Override
    public RecordedEvent next() {
        return delegate.next();
    }

    @Override
    public long end() {
        return delegate.end();
    }

    @Override
    public long nextPosition() {
        return delegate.nextPosition();
    }

    @Override
    public void close() {
        delegate.close();
    }
}
