package dev.everfold.log;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.index.Candidates;
import dev.everfold.log.index.CorruptIndexException;
import dev.everfold.log.index.LogIndex;
import dev.everfold.log.segment.RecordReader;
import java.util.NoSuchElementException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads what the index proposes and returns what really matches.
final class LogCursor implements EventCursor {

    private final Read read;
    private final LogIndex index;
    private final RecordReader records;
    private final BooleanSupplier storeIsClosed;
    private final Function<CorruptIndexException, CorruptStoreException> setAside;
    private final Predicate<RecordedEvent> matches;
    private final long fromPosition;
    private final long end;

    private Upcoming upcoming;
    private boolean mayStartWrong;
    private long returned;
    private long afterLast;
    private boolean exhausted;
    private boolean closed;
    private @Nullable RecordedEvent ready;
    private @Nullable Throwable failure;

    /// What a cursor needs of its store.
    ///
    /// @param index proposes positions
    /// @param records reads them; for this cursor alone
    /// @param storeIsClosed asked before every event
    /// @param setAside takes a damaged index file out of use and says so
    record Sources(
            LogIndex index,
            RecordReader records,
            BooleanSupplier storeIsClosed,
            Function<CorruptIndexException, CorruptStoreException> setAside) {}

    LogCursor(Sources sources, Read read, long nextPosition) {
        this.read = read;
        this.index = sources.index();
        this.records = sources.records();
        this.storeIsClosed = sources.storeIsClosed();
        this.setAside = sources.setAside();
        switch (read.source()) {
            case Read.Source.Matching matching -> {
                this.matches = matching.query().predicate();
                this.fromPosition = matching.fromPosition();
                this.end = Math.min(matching.toPosition(), nextPosition);
                this.upcoming = upcoming(index.candidates(
                        matching.query(), new LogIndex.Range(fromPosition, end), read.direction(), false));
            }
            case Read.Source.Revisions revisions -> {
                this.matches = Query.stream(revisions.stream()).predicate().and(event -> isInRange(revisions, event));
                this.fromPosition = 0;
                this.end = nextPosition;
                this.upcoming = upcoming(candidates(revisions));
            }
        }
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
        return exhausted || read.direction() == Direction.BACKWARDS ? end : afterLast;
    }

    @Override
    public void close() {
        closed = true;
        ready = null;
    }

    private @Nullable RecordedEvent peek() {
        if (closed) {
            throw new StoreClosedException("cursor");
        }
        if (storeIsClosed.getAsBoolean()) {
            throw new StoreClosedException("store");
        }
        failAgain();
        if (ready == null && !exhausted && returned < read.limit()) {
            try {
                ready = find();
            } catch (CorruptIndexException damage) {
                CorruptStoreException corrupt = setAside.apply(damage);
                failure = corrupt;
                throw corrupt;
            } catch (InternalError page) {
                StoreUnavailableException unreadable = LogFailures.unreadable(page);
                failure = unreadable;
                throw unreadable;
            } catch (RuntimeException | Error unreadable) {
                failure = unreadable;
                throw unreadable;
            }
            exhausted = ready == null;
        }
        return ready;
    }

    /// Going on would leave out what could not be read, also for want of memory.
    private void failAgain() {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private @Nullable RecordedEvent find() {
        long wanted = read.limit() - returned;
        for (long position = upcoming.next(wanted); position >= 0; position = upcoming.next(wanted)) {
            RecordedEvent event = records.read(position);
            if (mayStartWrong && startedWrong(event)) {
                continue;
            }
            if (matches.test(event)) {
                return event;
            }
            if (isBeyond(event)) {
                return null;
            }
        }
        return null;
    }

    private Upcoming upcoming(Candidates candidates) {
        return new Upcoming(candidates, records);
    }

    private Candidates candidates(Read.Source.Revisions revisions) {
        if (read.direction() == Direction.FORWARDS) {
            return index.revisions(revisions.stream(), range(revisions), end, Direction.FORWARDS);
        }
        if (revisions.toRevision() == Long.MAX_VALUE) {
            return fromNewest(revisions);
        }
        mayStartWrong = true;
        return index.revisions(revisions.stream(), range(revisions), end, Direction.BACKWARDS);
    }

    private Candidates fromNewest(Read.Source.Revisions revisions) {
        return index.candidates(
                Query.stream(revisions.stream()), new LogIndex.Range(0, end), Direction.BACKWARDS, true);
    }

    /// The first event backwards must be the last one that was asked for. When it is not, the stream is
    /// shorter or hashes have collided, and the search begins again at the stream's newest event.
    private boolean startedWrong(RecordedEvent first) {
        mayStartWrong = false;
        if (read.source() instanceof Read.Source.Revisions revisions
                && !(matches.test(first) && first.revision() == revisions.toRevision() - 1)) {
            upcoming = upcoming(fromNewest(revisions));
            return true;
        }
        return false;
    }

    /// Whether no event after this one, in the order of the read, can match.
    private boolean isBeyond(RecordedEvent event) {
        if (!(read.source() instanceof Read.Source.Revisions revisions)) {
            return false;
        }
        boolean past = read.direction() == Direction.FORWARDS
                ? event.revision() >= revisions.toRevision()
                : event.revision() < revisions.fromRevision();
        return past && event.stream().equals(revisions.stream());
    }

    private static LogIndex.Range range(Read.Source.Revisions revisions) {
        return new LogIndex.Range(revisions.fromRevision(), revisions.toRevision());
    }

    private static boolean isInRange(Read.Source.Revisions revisions, RecordedEvent event) {
        return event.revision() >= revisions.fromRevision() && event.revision() < revisions.toRevision();
    }
}
