package dev.everfold.testkit;

import static dev.everfold.testkit.Planting.cursors;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreClosedException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// Faults of cursors: where they end, where to go on, and what they do once they are closed.
final class CursorFaults {

    private CursorFaults() {}

    static List<PlantedFault> all() {
        return Stream.of(ofNextPositions(), ofSight(), ofClosing())
                .flatMap(List::stream)
                .map(fault -> fault.noticedBy(CursorConformance.class))
                .toList();
    }

    private static List<PlantedFault> ofNextPositions() {
        return List.of(
                going("an exhausted cursor goes on after the last match", At.EXHAUSTED, Last::afterLast)
                        .noticedBy(QueryConditionConformance.class),
                going("a cursor stopped by its limit goes on at the end", At.LIMIT, Last::end),
                going("a cursor stopped early goes on at the end", At.EARLY, Last::end),
                going("a cursor stopped early goes on at the last returned", At.EARLY, Last::last),
                going("a backwards cursor goes on after the last returned", At.BACKWARDS, Last::afterLast),
                going("a cursor that returned nothing yet goes on at 0", At.BEGINNING, last -> 0));
    }

    private static List<PlantedFault> ofSight() {
        return List.of(
                cursors("looking ahead moves the cursor", (cursor, read) -> new LookingAhead(cursor)),
                cursors(
                        "the end is that of the log, wherever the read ends",
                        (cursor, read) -> new ForwardingCursor(cursor) {
                            @Override
                            public long end() {
                                return read.source() instanceof Read.Source.Matching asked
                                                && asked.toPosition() == delegate.end()
                                        ? delegate.end() + 1
                                        : delegate.end();
                            }
                        }),
                PlantedFault.of("the end moves with the log", store -> new ForwardingEventStore(store) {
                    @Override
                    public EventCursor read(Read read) {
                        return new ForwardingCursor(delegate.read(read)) {
                            private final boolean open = delegate.end() == store.nextPosition();

                            @Override
                            public long end() {
                                return open ? store.nextPosition() : delegate.end();
                            }
                        };
                    }
                }),
                PlantedFault.of("a cursor sees what is appended after it was opened", Live::new),
                cursors("a cursor begins again once it is exhausted", (cursor, read) -> new ForwardingCursor(cursor) {
                    private RecordedEvent last;

                    @Override
                    public RecordedEvent next() {
                        if (last == null || delegate.hasNext()) {
                            last = delegate.next();
                        }
                        return last;
                    }
                }));
    }

    private static List<PlantedFault> ofClosing() {
        return List.of(
                cursors("a closed cursor goes on", (cursor, read) -> new ForwardingCursor(cursor) {
                    @Override
                    public void close() {}
                }),
                cursors("a closed cursor just ends", (cursor, read) -> new ForwardingCursor(cursor) {
                            @Override
                            public boolean hasNext() {
                                try {
                                    return delegate.hasNext();
                                } catch (StoreClosedException closed) {
                                    return false;
                                }
                            }
                        })
                        .noticedBy(CloseConformance.class),
                cursors("a closed cursor forgets where it was", (cursor, read) -> new ForwardingCursor(cursor) {
                    private boolean closed;

                    @Override
                    public long nextPosition() {
                        return closed ? 0 : delegate.nextPosition();
                    }

                    @Override
                    public void close() {
                        closed = true;
                        delegate.close();
                    }
                }),
                cursors("a cursor may be closed only once", (cursor, read) -> new ForwardingCursor(cursor) {
                    private boolean closed;

                    @Override
                    public void close() {
                        if (closed) {
                            throw new StoreClosedException("cursor");
                        }
                        closed = true;
                        delegate.close();
                    }
                }));
    }

    /// At which moment a cursor is asked where to go on.
    private enum At {
        BEGINNING,
        EARLY,
        LIMIT,
        EXHAUSTED,
        BACKWARDS
    }

    /// What a cursor may say: the last position it returned (or -1), or its end.
    private record Last(long last, long end) {

        long afterLast() {
            return last + 1;
        }
    }

    /// Says another next position at one moment.
    private static PlantedFault going(String name, At moment, ToLongFunction<Last> nextPosition) {
        return cursors(name, (cursor, read) -> new ForwardingCursor(cursor) {
            private long returned;
            private long last = -1;
            private boolean exhausted;

            @Override
            public boolean hasNext() {
                boolean more = delegate.hasNext();
                exhausted = !more && returned < read.limit();
                return more;
            }

            @Override
            public RecordedEvent next() {
                RecordedEvent event = delegate.next();
                last = event.position();
                returned++;
                return event;
            }

            @Override
            public long nextPosition() {
                return moment() == moment
                        ? nextPosition.applyAsLong(new Last(last, delegate.end()))
                        : delegate.nextPosition();
            }

            private At moment() {
                if (read.direction() == Direction.BACKWARDS) {
                    return At.BACKWARDS;
                }
                if (exhausted) {
                    return At.EXHAUSTED;
                }
                if (returned == 0) {
                    return At.BEGINNING;
                }
                return returned == read.limit() ? At.LIMIT : At.EARLY;
            }
        });
    }

    /// Fetches the next event with every question, and forgets the one before.
    private static final class LookingAhead extends ForwardingCursor {

        private RecordedEvent ready;

        LookingAhead(EventCursor cursor) {
            super(cursor);
        }

        @Override
        public boolean hasNext() {
            if (!delegate.hasNext()) {
                return ready != null;
            }
            ready = delegate.next();
            return true;
        }

        @Override
        public RecordedEvent next() {
            RecordedEvent event = ready == null ? delegate.next() : ready;
            ready = null;
            return event;
        }
    }

    /// Opens a new cursor when one is exhausted and there is more by then.
    private static final class Live extends ForwardingEventStore {

        Live(EventStore store) {
            super(store);
        }

        @Override
        public EventCursor read(Read read) {
            if (read.direction() == Direction.BACKWARDS
                    || !(read.source() instanceof Read.Source.Matching asked)
                    || asked.toPosition() < Long.MAX_VALUE
                    || read.limit() < Long.MAX_VALUE) {
                return delegate.read(read);
            }
            return new ForwardingCursor(delegate.read(read)) {
                private EventCursor more = delegate;

                @Override
                public boolean hasNext() {
                    boolean open = delegate.hasNext() || more.hasNext();
                    if (!open && more.end() < Live.this.delegate.nextPosition()) {
                        more = Live.this.delegate.read(read.fromPosition(more.end()));
                    }
                    return more.hasNext();
                }

                @Override
                public RecordedEvent next() {
                    if (!hasNext()) {
                        throw new NoSuchElementException();
                    }
                    return more.next();
                }
            };
        }
    }
}
