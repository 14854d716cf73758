package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.Caller;
import dev.everfold.kurrent.StreamRights;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Who may do what: `$acl` of the stream, else the defaults of `$settings`, else everyone for streams of users and
/// administrators for the system's. A policy may narrow that for some streams by their names: both must allow. A call
/// without a caller comes from a server without users, and may do everything.
public final class Access {

    /// What one may do with a stream.
    public enum Action {
        /// Read its events.
        READ("$r", "read"),
        /// Append to it.
        WRITE("$w", "append to"),
        /// Delete it or give it a tombstone.
        DELETE("$d", "delete"),
        /// Read its metadata.
        READ_METADATA("$mr", "read the metadata of"),
        /// Change its metadata.
        WRITE_METADATA("$mw", "change the metadata of");

        private final String key;
        private final String words;

        Action(String key, String words) {
            this.key = key;
            this.words = words;
        }

        /// Its name in `$acl`.
        String key() {
            return key;
        }
    }

    /// Stands for every caller that is known.
    private static final String EVERYONE = "$all";

    private final Lifecycles lifecycles;
    private final Function<Caller, StreamRights> policy;

    Access(Lifecycles lifecycles, Function<Caller, StreamRights> policy) {
        this.lifecycles = lifecycles;
        this.policy = policy;
    }

    /// Refuses what the caller of this call may not do.
    ///
    /// @param stream the stream itself or its metastream
    /// @throws RefusedException when the caller may not
    public void require(String stream, Action action) {
        require(Caller.KEY.get(), stream, action);
    }

    /// The same for a caller for whom a thread works that works for others, too.
    ///
    /// @throws RefusedException when the caller may not
    public void require(@Nullable Caller caller, String stream, Action action) {
        if (!may(caller, stream, action)) {
            throw denied(caller, stream, action);
        }
    }

    /// Refuses what the policy does not let the caller of this call append to any more: a call may have
    /// begun long ago.
    ///
    /// @throws RefusedException when the caller may not
    public void requireStillWritable(String stream) {
        Caller caller = Caller.KEY.get();
        if (caller != null && !isInPolicy(caller, stream, Action.WRITE)) {
            throw denied(caller, stream, Action.WRITE);
        }
    }

    private static RefusedException denied(@Nullable Caller caller, String stream, Action action) {
        return RefusedException.accessDenied("The user \"" + (caller == null ? "" : caller.name()) + "\" may not "
                + action.words + " stream \"" + stream + "\".");
    }

    /// Refuses what only administrators and operators may do.
    ///
    /// @param what it, such as "delete a group"
    /// @throws RefusedException when the caller is neither
    public void requireOperator(String what) {
        Caller caller = Caller.KEY.get();
        if (caller != null && !caller.isAdmin() && !caller.groups().contains(Caller.OPERATORS)) {
            throw RefusedException.accessDenied("The user \"" + caller.name() + "\" may not " + what
                    + "; expected one of " + Caller.ADMINS + " or " + Caller.OPERATORS + ".");
        }
    }

    /// Whether the caller may read the stream; without a caller everything.
    public boolean mayRead(@Nullable Caller caller, String stream) {
        return may(caller, stream, Action.READ);
    }

    /// Which events the policy shows the caller, as it is now; `$acl` is not asked.
    ///
    /// Links of the system's streams name the streams that they lead to, so those to hidden events are
    /// hidden, too. One in a stream of users is what somebody wrote there.
    public Predicate<RecordedEvent> shownTo(@Nullable Caller caller) {
        StreamRights rights = caller == null ? StreamRights.ALL : policy.apply(caller);
        return rights.equals(StreamRights.ALL) ? _ -> true : event -> isShown(event, rights);
    }

    /// The same for events of one stream that the caller may read: of a stream of users all, of one of the system's
    /// not the links that lead to hidden events.
    Predicate<RecordedEvent> shownOf(String stream, @Nullable Caller caller) {
        return StreamNames.isSystem(stream) ? shownTo(caller) : _ -> true;
    }

    /// Whether the policy shows the caller the stream; `$acl` is not asked.
    public boolean isShown(@Nullable Caller caller, String stream) {
        return caller == null || isInPolicy(caller, stream, Action.READ);
    }

    private static boolean isShown(RecordedEvent event, StreamRights rights) {
        String stream = event.stream();
        return rights.mayRead(StreamNames.ownerOf(stream))
                && (!StreamNames.isSystem(stream)
                        || !event.type().equals(StreamNames.LINK_TYPE)
                        || rights.mayRead(StreamNames.ownerOf(Links.targetOf(event))));
    }

    private boolean isInPolicy(Caller caller, String stream, Action action) {
        StreamRights rights = policy.apply(caller);
        if (rights.equals(StreamRights.ALL)) {
            return true;
        }
        String owner = StreamNames.ownerOf(stream);
        return switch (action) {
            case READ, READ_METADATA -> rights.mayRead(owner);
            case WRITE, DELETE, WRITE_METADATA -> rights.mayAppend(owner);
        };
    }

    private boolean may(@Nullable Caller caller, String stream, Action action) {
        if (caller == null || caller.isAdmin()) {
            return true;
        }
        if (!isInPolicy(caller, stream, action)) {
            return false;
        }
        String subject = StreamNames.subjectOf(stream);
        Action meant = StreamNames.isMetastream(stream) ? ofMetadata(action) : action;
        List<String> roles = lifecycles
                .read(subject)
                .metadata()
                .acl()
                .rolesFor(meant)
                .or(() -> defaults(subject).rolesFor(meant))
                .orElseGet(() -> StreamNames.isSystem(subject) ? List.of(Caller.ADMINS) : List.of(EVERYONE));
        return roles.stream().anyMatch(role -> role.equals(EVERYONE) || caller.is(role));
    }

    private Acl defaults(String subject) {
        return lifecycles
                .lastEvent(StreamNames.SETTINGS)
                .map(settings -> StreamMetadata.defaultAcl(settings.data(), StreamNames.isSystem(subject)))
                .orElse(Acl.NONE);
    }

    private static Action ofMetadata(Action action) {
        return switch (action) {
            case READ, READ_METADATA -> Action.READ_METADATA;
            case WRITE, WRITE_METADATA -> Action.WRITE_METADATA;
            case DELETE -> Action.DELETE;
        };
    }
}
