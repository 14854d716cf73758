package dev.everfold.postgres;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreClosedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Reads page by page. Events never change and have no gaps below the end, so the pages together are the
/// snapshot that was there when the cursor was opened, and no transaction stays open between them.
final class PostgresCursor implements EventCursor {

    private static final int PAGE_EVENTS_MIN = 64;
    private static final int PAGE_EVENTS_MAX = 2_048;
    private static final long PAGE_BYTES = 1 << 20;

    private final Database database;
    private final Reading reading;
    private final Read read;
    private final long fromPosition;
    private final long nextPositionAtOpening;
    private final long end;
    private final Deque<RecordedEvent> page = new ArrayDeque<>();

    private QuerySql.Page left;
    private boolean fetchedAll;
    private long returned;
    private long afterLast;
    private long lastRevision;
    private boolean exhausted;
    private volatile boolean closed;
    private @Nullable EventStoreException failure;

    /// The first page, and how many events there were when it was read.
    private record Opening(long nextPosition, List<RecordedEvent> events) {}

    /// Reads the first page, and with it where the log ends: one round trip.
    ///
    /// @param reading where pages are read
    /// @throws PositionAheadException when the read begins behind the end
    PostgresCursor(Database database, Reading reading, Read read) {
        this.database = database;
        this.reading = reading;
        this.read = read;
        long toPosition;
        switch (read.source()) {
            case Read.Source.Matching matching -> {
                this.fromPosition = matching.fromPosition();
                toPosition = matching.toPosition();
            }
            case Read.Source.Revisions _ -> {
                this.fromPosition = 0;
                toPosition = Long.MAX_VALUE;
            }
        }
        QuerySql.Page first = new QuerySql.Page(fromPosition, toPosition, wanted(PAGE_EVENTS_MIN));
        QuerySql query = query(first);
        Opening opening = reading.read(connection -> opening(connection, query));
        if (fromPosition > opening.nextPosition()) {
            throw new PositionAheadException("Read", fromPosition, opening.nextPosition());
        }
        this.nextPositionAtOpening = opening.nextPosition();
        this.end = Math.min(toPosition, opening.nextPosition());
        this.left = new QuerySql.Page(fromPosition, end, first.events());
        this.afterLast = fromPosition;
        add(opening.events(), first.events());
    }

    /// How many events there were when the first page was read.
    long nextPositionAtOpening() {
        return nextPositionAtOpening;
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
        page.remove();
        returned++;
        afterLast = event.position() + 1;
        lastRevision = event.revision();
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
        page.clear();
    }

    private @Nullable RecordedEvent peek() {
        if (closed) {
            throw new StoreClosedException("cursor");
        }
        if (database.isClosed()) {
            throw new StoreClosedException("store");
        }
        if (failure != null) {
            throw failure; // going on would leave out what could not be read
        }
        if (returned >= read.limit()) {
            return null;
        }
        if (page.isEmpty() && !fetchedAll) {
            try {
                fetch();
            } catch (EventStoreException unreadable) {
                failure = unreadable;
                throw unreadable;
            }
        }
        exhausted = page.isEmpty();
        return page.peek();
    }

    private void fetch() {
        int wanted = wanted(left.events());
        QuerySql query = query(new QuerySql.Page(left.fromPosition(), left.toPosition(), wanted));
        add(reading.read(connection -> events(connection, query)), wanted);
    }

    private int wanted(int most) {
        return (int) Math.min(most, read.limit() - returned);
    }

    private QuerySql query(QuerySql.Page asked) {
        return switch (read.source()) {
            case Read.Source.Matching matching -> QuerySql.matching(matching.query(), read.direction(), asked);
            case Read.Source.Revisions revisions -> QuerySql.revisions(rest(revisions), read.direction(), asked);
        };
    }

    private void add(List<RecordedEvent> events, int wanted) {
        page.addAll(events);
        fetchedAll = events.size() < wanted;
        if (!fetchedAll) {
            left = after(events);
        }
    }

    /// What is left of a range of revisions: without looking again at those that were read.
    private Read.Source.Revisions rest(Read.Source.Revisions revisions) {
        if (returned == 0) {
            return revisions;
        }
        return isForwards()
                ? new Read.Source.Revisions(revisions.stream(), lastRevision + 1, revisions.toRevision())
                : new Read.Source.Revisions(revisions.stream(), revisions.fromRevision(), lastRevision);
    }

    private Opening opening(Connection connection, QuerySql query) throws SQLException {
        try (PreparedStatement statement = query.withEnd().prepare(connection, database.sql());
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            long nextPosition = rows.getLong("next_position");
            List<RecordedEvent> events = events(rows, EventRows.isEvent(rows));
            events.sort(order()); // a join need not keep it
            return new Opening(nextPosition, events);
        }
    }

    private List<RecordedEvent> events(Connection connection, QuerySql query) throws SQLException {
        try (PreparedStatement statement = query.prepare(connection, database.sql());
                ResultSet rows = statement.executeQuery()) {
            return events(rows, rows.next());
        }
    }

    private static List<RecordedEvent> events(ResultSet rows, boolean isOnRow) throws SQLException {
        List<RecordedEvent> events = new ArrayList<>();
        for (boolean isThere = isOnRow; isThere; isThere = rows.next()) {
            events.add(EventRows.event(rows));
        }
        return events;
    }

    /// The next page: more events when they are small, fewer when they are large.
    private QuerySql.Page after(List<RecordedEvent> events) {
        long bytes = 1;
        for (RecordedEvent event : events) {
            bytes += event.recordBytes();
        }
        long fitting = PAGE_BYTES * events.size() / bytes;
        int size = Math.clamp(Math.min(fitting, left.events() * 4L), 1, PAGE_EVENTS_MAX);
        long last = events.getLast().position();
        return isForwards() ? new QuerySql.Page(last + 1, end, size) : new QuerySql.Page(fromPosition, last, size);
    }

    private Comparator<RecordedEvent> order() {
        Comparator<RecordedEvent> forwards = Comparator.comparingLong(RecordedEvent::position);
        return isForwards() ? forwards : forwards.reversed();
    }

    private boolean isForwards() {
        return read.direction() == Direction.FORWARDS;
    }
}
