package dev.everfold.grpc;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.eventstore.Read.Source;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreClosedException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// A cursor over pages, each of which is a read of its own that begins where the last one ended.
///
/// What is below the end never changes, so the pages together are the snapshot that the first one saw. The server
/// keeps nothing between two pages: a cursor that stands still costs it nothing, and one that outlives a connection or
/// the server's process goes on. From its second page on the next one is fetched while one is read.
///
/// When a page cannot be fetched, asking again fetches it again.
final class PagedCursor implements EventCursor {

    /// The first page is small: many reads are of few events.
    private static final int FIRST_PAGE_BYTES_MAX = 64 << 10;

    /// Fetches one page, of about so many bytes.
    @FunctionalInterface
    interface Pages {
        Page fetch(Read read, int bytesMax);
    }

    /// What one read returned.
    ///
    /// @param end before this position it saw everything
    /// @param events in the order of the read
    /// @param exhausted whether there are no more
    record Page(long end, List<RecordedEvent> events, boolean exhausted) {}

    private final GrpcEventStore store;
    private final Pages pages;
    private final Read read;
    private final int pageBytesMax;
    private final long end;

    private Page page;
    private int index;
    private long returned;
    private long afterLast;
    private boolean exhausted;
    private boolean closed;
    private @Nullable FutureTask<Page> ahead;

    /// Opens it, with its first page.
    PagedCursor(GrpcEventStore store, Pages pages, Read read, int pageBytesMax) {
        this.store = store;
        this.pages = pages;
        this.read = read;
        this.pageBytesMax = pageBytesMax;
        this.page = pages.fetch(read, Math.min(FIRST_PAGE_BYTES_MAX, pageBytesMax));
        this.end = page.end();
        this.afterLast = read.source() instanceof Source.Matching matching ? matching.fromPosition() : 0;
    }

    @Override
    public boolean hasNext() {
        if (closed) {
            throw new StoreClosedException("cursor");
        }
        store.requireOpen();
        if (returned == read.limit() || exhausted) {
            return false;
        }
        if (index == page.events().size()) {
            if (page.exhausted()) {
                exhausted = true;
                return false;
            }
            page = nextPage();
            index = 0;
            return hasNext();
        }
        // A read by revisions has no position to end at, so later pages may hold what was appended since.
        if (page.events().get(index).position() >= end) {
            exhausted = true;
            return false;
        }
        return true;
    }

    @Override
    public RecordedEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The cursor is at its end; ask hasNext() first.");
        }
        RecordedEvent event = page.events().get(index++);
        returned++;
        afterLast = event.position() + 1;
        return event;
    }

    /// The page that follows, fetched ahead or now; the one after it is fetched from now on.
    private Page nextPage() {
        FutureTask<Page> coming = ahead == null ? fetch(page, returned) : ahead;
        ahead = null;
        Page next = await(coming);
        if (!next.exhausted() && !next.events().isEmpty()) {
            long before = returned + next.events().size();
            if (before < read.limit()) {
                ahead = fetch(next, before);
            }
        }
        return next;
    }

    private FutureTask<Page> fetch(Page after, long before) {
        long limit = read.limit() == Long.MAX_VALUE ? Long.MAX_VALUE : read.limit() - before;
        Read rest = rest(after.events().getLast()).limit(limit);
        FutureTask<Page> task = new FutureTask<>(() -> pages.fetch(rest, pageBytesMax));
        store.execute(task);
        return task;
    }

    private Page await(FutureTask<Page> coming) {
        try {
            return coming.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            // Fetched by another thread, which an interruption of this one need not disturb.
            ahead = coming;
            Thread.currentThread().interrupt();
            throw store.interrupted(interrupted);
        }
    }

    /// What is left of the read after an event.
    private Read rest(RecordedEvent last) {
        boolean forwards = read.direction() == Direction.FORWARDS;
        Source source = switch (read.source()) {
            case Source.Matching(var query, long from, long _) ->
                forwards
                        ? new Source.Matching(query, last.position() + 1, end)
                        : new Source.Matching(query, from, last.position());
            case Source.Revisions(String stream, long from, long to) ->
                forwards
                        ? new Source.Revisions(stream, last.revision() + 1, Math.max(to, last.revision() + 1))
                        : new Source.Revisions(stream, from, last.revision());
        };
        return new Read(source, read.direction(), read.limit());
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
        ahead = null;
    }
}
