package dev.everfold.server.security;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreStats;
import dev.everfold.kurrent.Caller;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// A store whose streams that begin with `$` are for administrators alone.
///
/// They hold users and their groups, so whoever could append there could do everything. For others, reads leave their
/// events out, and appends to them are refused. Whose call it is says [Caller#KEY]; without it, everything is the
/// other store's.
public final class SystemStreams implements EventStore {

    private final EventStore store;

    /// Closes the other store when it is closed.
    public SystemStreams(EventStore store) {
        this.store = store;
    }

    @Override
    public Appended append(Append append) {
        requireNone(append);
        return store.append(append);
    }

    @Override
    public CompletableFuture<Appended> appendAsync(Append append) {
        requireNone(append);
        return store.appendAsync(append);
    }

    @Override
    public EventCursor read(Read read) {
        Optional<Caller> limited = limited();
        if (limited.isEmpty()) {
            return store.read(read);
        }
        streams(read).filter(SystemStreams::isSystem).ifPresent(stream -> {
            throw refused(limited.get(), stream);
        });
        // What is left out must not count for the limit.
        return new VisibleEvents(store.read(read.limit(Long.MAX_VALUE)), read);
    }

    /// The one stream that a read is about, if it is about one.
    private static Optional<String> streams(Read read) {
        return switch (read.source()) {
            case Read.Source.Revisions revisions -> Optional.of(revisions.stream());
            case Read.Source.Matching(Query query, long _, long _) ->
                query.items().size() == 1 ? query.items().getFirst().stream() : Optional.empty();
        };
    }

    private void requireNone(Append append) {
        limited().ifPresent(caller -> {
            for (NewEvent event : append.events()) {
                if (isSystem(event.stream())) {
                    throw refused(caller, event.stream());
                }
            }
        });
    }

    static boolean isSystem(String stream) {
        return stream.startsWith("$");
    }

    private static Optional<Caller> limited() {
        return Optional.ofNullable(Caller.KEY.get()).filter(caller -> !caller.isAdmin());
    }

    private static AccessDeniedException refused(Caller caller, String stream) {
        return new AccessDeniedException("Stream \"" + stream + "\" is the system's, and user \"" + caller.name()
                + "\" is not of the group " + Caller.ADMINS + ". Use another stream, or another user.");
    }

    @Override
    public long nextPosition() {
        return store.nextPosition();
    }

    @Override
    public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
        return store.awaitPosition(position, timeout);
    }

    @Override
    public OptionalLong trackedPosition(String source) {
        return store.trackedPosition(source);
    }

    @Override
    public UUID lineage() {
        return store.lineage();
    }

    @Override
    public Limits limits() {
        return store.limits();
    }

    @Override
    public StoreStats stats() {
        return store.stats();
    }

    @Override
    public void close() {
        store.close();
    }
}
