package dev.everfold.server.security;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreStats;
import dev.everfold.kurrent.Caller;
import dev.everfold.kurrent.StreamRights;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A store of which everybody sees and appends to what is theirs: streams that begin with `$` are for administrators
/// alone, and others as the policy says.
///
/// The system's streams hold users and their groups, so whoever could append there could do everything. What is hidden,
/// reads leave out; a read of one hidden stream and an append to one are refused. Whose call it is says [Caller#KEY];
/// without it, everything is the other store's. What conditions of appends find in hidden streams they tell.
public final class StreamGuard extends StoreView {

    private final Policies policies;
    private final PerSight<VisibleTypes> types;

    /// Closes the other store when it is closed.
    public StreamGuard(EventStore store, Policies policies) {
        super(store);
        this.policies = policies;
        this.types = new PerSight<>(sight -> new VisibleTypes(store, sight));
    }

    /// What the caller of this call sees.
    public Sight sight() {
        return Sight.of(Caller.KEY.get(), policies.current());
    }

    @Override
    public Appended append(Append append) {
        requireAppendable(append);
        return store.append(append);
    }

    @Override
    public CompletableFuture<Appended> appendAsync(Append append) {
        requireAppendable(append);
        return store.appendAsync(append);
    }

    @Override
    public EventCursor read(Read read) {
        Caller caller = Caller.KEY.get();
        if (caller == null || caller.isAdmin()) {
            return store.read(read);
        }
        Sight sight = Sight.of(caller, understood());
        stream(read).filter(stream -> !sight.shows(stream)).ifPresent(stream -> {
            throw refused(caller, "read", stream);
        });
        // What is left out must not count for the limit.
        return new VisibleEvents(store.read(read.limit(Long.MAX_VALUE)), read, sight);
    }

    /// Types of which the caller sees no event are left out; the numbers count all events.
    @Override
    public StoreStats stats() {
        StoreStats stats = store.stats();
        Sight sight = sight();
        return sight.rights().equals(StreamRights.ALL)
                ? stats
                : new StoreStats(
                        stats.events(),
                        stats.streams(),
                        types.of(sight).of(stats.types()),
                        stats.bytes(),
                        stats.segments());
    }

    /// The one stream that a read is about, if it is about one.
    private static Optional<String> stream(Read read) {
        return switch (read.source()) {
            case Read.Source.Revisions revisions -> Optional.of(revisions.stream());
            case Read.Source.Matching(Query query, long _, long _) ->
                query.items().size() == 1 ? query.items().getFirst().stream() : Optional.empty();
        };
    }

    private void requireAppendable(Append append) {
        Caller caller = Caller.KEY.get();
        if (caller == null || caller.isAdmin()) {
            return;
        }
        StreamRights rights = understood().of(caller);
        for (NewEvent event : append.events()) {
            if (isSystem(event.stream()) || !rights.mayAppend(event.stream())) {
                throw refused(caller, "append to", event.stream());
            }
        }
    }

    private Policy understood() {
        Policy policy = policies.current();
        if (!policy.isUnderstood()) {
            throw new AccessDeniedException("The policy of this store cannot be read, so only " + Caller.ADMINS
                    + " may read and append. The server's log says why.");
        }
        return policy;
    }

    static boolean isSystem(String stream) {
        return stream.startsWith("$");
    }

    private static AccessDeniedException refused(Caller caller, String what, String stream) {
        return new AccessDeniedException(
                isSystem(stream)
                        ? "Stream \"" + stream + "\" is the system's, and user \"" + caller.name()
                                + "\" is not of the group " + Caller.ADMINS + ". Use another stream, or another user."
                        : "User \"" + caller.name() + "\" may not " + what + " stream \"" + stream
                                + "\", as the policy says. Use another stream, or another user.");
    }
}
