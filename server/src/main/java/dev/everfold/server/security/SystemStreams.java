package dev.everfold.server.security;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.kurrent.Caller;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A store whose streams that begin with `$` are for administrators alone.
///
/// They hold users and their groups, so whoever could append there could do everything. For
/// others, reads leave their events out, and appends to them are refused. Whose call it is says
/// [Caller#KEY]; without it, everything is the other store's.
public final class SystemStreams extends StoreView {

    /// Closes the other store when it is closed.
    public SystemStreams(EventStore store) {
        super(store);
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
}
