package dev.everfold.server.security;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.Secret;
import dev.everfold.server.security.UserException.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ObjLongConsumer;
import java.util.function.UnaryOperator;

/// Who may log in to a server, kept as events in the store that it serves.
///
/// ```
/// $user-alice   $UserCreated
/// {"loginName":"alice","fullName":…,"salt":…,"hash":…,"iterations":…,"disabled":…,"groups":[…]}
///               $UserUpdated   the same, and $UserDeleted without data
/// $users        $User          the name of each, once for each time that it was created
/// $audit        $UserChanged   who changed what of whom, in the same append as the change
/// ```
///
/// The newest event of a stream is what holds. Every change is one append on condition that nothing changed
/// meanwhile, so servers that share a store agree. Safe for use by many threads.
public final class Users {

    /// Streams of users have this in front of the name.
    public static final String STREAM_PREFIX = "$user-";

    /// The category of those streams.
    static final String CATEGORY = "$user";

    private static final String LIST = "$users";
    private static final String CREATED = "$UserCreated";
    private static final String UPDATED = "$UserUpdated";
    private static final String DELETED = "$UserDeleted";
    private static final String LISTED = "$User";
    private static final int ATTEMPTS_MAX = 5;

    private final EventStore store;
    private final int iterations;
    private final List<ObjLongConsumer<String>> watchers = new ArrayList<>();

    /// Of a store, which it neither opens nor closes.
    public Users(EventStore store) {
        this(store, PasswordHash.ITERATIONS);
    }

    Users(EventStore store, int iterations) {
        this.store = store;
        this.iterations = iterations;
    }

    /// The same users, whose new passwords are hashed so often.
    Users withIterations(int other) {
        return new Users(store, other);
    }

    /// How often a password is hashed.
    int iterations() {
        return iterations;
    }

    /// Is told the names of those who were changed here; called before others share this.
    void watch(ObjLongConsumer<String> watcher) {
        watchers.add(watcher);
    }

    /// Adds one who may log in from now on.
    ///
    /// @param by who asked for it
    /// @throws UserException with [Reason#CONFLICT] when the name is taken
    /// @throws EventStoreException when the store does not take it
    public void create(Profile profile, Secret password, Caller by) {
        PasswordHash hash = PasswordHash.of(password, iterations);
        Newest newest = newest(profile.login());
        if (newest.user().isPresent()) {
            throw new UserException(Reason.CONFLICT, profile.login());
        }
        User user = new User(profile, hash, false, newest.revision(), Instant.EPOCH);
        List<NewEvent> events = List.of(
                NewEvent.of(stream(profile.login()), CREATED, user.encode()),
                NewEvent.of(LIST, LISTED, Bytes.empty()).withContent("text/plain", Bytes.utf8(profile.login())),
                Audit.userChanged(profile.login(), "created", by));
        if (!append(events, profile.login(), newest.revision())) {
            throw new UserException(Reason.CONFLICT, profile.login());
        }
    }

    /// Changes the full name and the groups of one.
    ///
    /// @throws UserException with [Reason#NOT_FOUND] when there is none of the name, [Reason#CONFLICT] when others
    ///     change the same one all the time
    public void update(Profile profile, Caller by) {
        update(profile.login(), _ -> profile, by);
    }

    /// The same, where what is changed depends on what is there.
    ///
    /// @param change from what is there to what is to be, of the same login name; may be asked again
    /// @throws UserException as the other one does
    public void update(String login, UnaryOperator<Profile> change, Caller by) {
        change(login, "updated", by, user -> user.withProfile(change.apply(user.profile())));
    }

    /// Lets one in again.
    ///
    /// @throws UserException as [#update] does
    public void enable(String login, Caller by) {
        change(login, "enabled", by, user -> user.withDisabled(false));
    }

    /// Lets one in no more.
    ///
    /// @throws UserException as [#update] does
    public void disable(String login, Caller by) {
        change(login, "disabled", by, user -> user.withDisabled(true));
    }

    /// Gives one another password, whatever it was.
    ///
    /// @throws UserException as [#update] does
    public void resetPassword(String login, Secret next, Caller by) {
        require(login);
        PasswordHash hash = PasswordHash.of(next, iterations);
        change(login, "password reset", by, user -> user.withPassword(hash));
    }

    /// Gives one another password, if the current one is known.
    ///
    /// @throws UserException as [#update] does, and with [Reason#WRONG_PASSWORD]
    public void changePassword(String login, PasswordChange passwords, Caller by) {
        PasswordHash known = require(login).password();
        if (!known.matches(passwords.current())) {
            throw new UserException(Reason.WRONG_PASSWORD, login);
        }
        PasswordHash hash = PasswordHash.of(passwords.next(), iterations);
        change(login, "password changed", by, user -> {
            // Hashing takes long enough for an administrator to reset it.
            if (!user.password().equals(known)) {
                throw new UserException(Reason.WRONG_PASSWORD, login);
            }
            return user.withPassword(hash);
        });
    }

    /// What others may know of a user.
    ///
    /// @param login 1..256 characters, neither beginning with `$` nor with a colon or control character in it
    /// @param fullName for people
    /// @param groups roles, for example `$admins`
    public record Profile(String login, String fullName, Set<String> groups) {

        private static final int LOGIN_CHARACTERS_MAX = 256;

        /// @throws IllegalArgumentException when the login name is not one
        public Profile {
            groups = Set.copyOf(groups);
            boolean isPlain = login.chars().noneMatch(c -> c == ':' || Character.isISOControl(c));
            if (login.isBlank() || login.startsWith("$") || login.length() > LOGIN_CHARACTERS_MAX || !isPlain) {
                throw new IllegalArgumentException("The login name is not one; expected 1.." + LOGIN_CHARACTERS_MAX
                        + " characters, no colon, no control character, and no $ in front.");
            }
        }
    }

    /// One password for another.
    ///
    /// @param current as it is
    /// @param next as it shall be
    public record PasswordChange(Secret current, Secret next) {}

    /// Removes one. The name may be used again.
    ///
    /// @throws UserException as [#update] does
    public void delete(String login, Caller by) {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            User user = require(login);
            List<NewEvent> events =
                    List.of(NewEvent.of(stream(login), DELETED, "{}"), Audit.userChanged(login, "deleted", by));
            if (append(events, login, user.revision())) {
                return;
            }
        }
        throw new UserException(Reason.CONFLICT, login);
    }

    /// What others may know of one.
    ///
    /// @param disabled whether logins are refused
    public record Listed(Profile profile, boolean disabled) {}

    /// All, in the order in which they were first created.
    ///
    /// @throws EventStoreException when the store cannot be asked
    public List<Listed> list() {
        return all().stream()
                .map(user -> new Listed(user.profile(), user.disabled()))
                .toList();
    }

    /// The end of the log: all that is before it is known of whoever is looked up after this.
    ///
    /// @throws EventStoreException when the store cannot be asked
    long seen() {
        return store.nextPosition();
    }

    /// One by name.
    ///
    /// @throws EventStoreException when the store cannot be asked
    Optional<User> find(String login) {
        return newest(login).user();
    }

    /// Which event made the one who has the name now, by its revision, or made the last one who had it; -1 when
    /// there was none.
    ///
    /// @throws EventStoreException when the store cannot be asked
    long created(String login) {
        Query.Item created = new Query.Item().withStream(stream(login)).withTypes(CREATED);
        try (EventCursor cursor =
                store.read(Read.matching(Query.of(created)).backwards().limit(1))) {
            return cursor.hasNext() ? cursor.next().revision() : -1;
        }
    }

    /// All, in the order in which they were first created.
    ///
    /// @throws EventStoreException when the store cannot be asked
    List<User> all() {
        Set<String> logins = new LinkedHashSet<>();
        try (EventCursor cursor = store.read(Read.stream(LIST))) {
            cursor.forEachRemaining(event -> logins.add(event.data().utf8()));
        }
        return logins.stream().flatMap(login -> find(login).stream()).toList();
    }

    private void change(String login, String what, Caller by, UnaryOperator<User> change) {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            User user = require(login);
            List<NewEvent> events = List.of(
                    NewEvent.of(stream(login), UPDATED, change.apply(user).encode()),
                    Audit.userChanged(login, what, by));
            if (append(events, login, user.revision())) {
                return;
            }
        }
        throw new UserException(Reason.CONFLICT, login);
    }

    private User require(String login) {
        return find(login).orElseThrow(() -> new UserException(Reason.NOT_FOUND, login));
    }

    /// Whether they were stored: not when the user's stream has grown.
    private boolean append(List<NewEvent> events, String login, long revision) {
        Expected expected = revision < 0 ? Expected.noStream() : Expected.revision(revision);
        long[] position = {Long.MAX_VALUE};
        try {
            position[0] = store.append(Append.of(events).expecting(stream(login), expected))
                    .fromPosition();
        } catch (AppendConflictException changed) {
            return false;
        } finally {
            watchers.forEach(watcher -> watcher.accept(login, position[0]));
        }
        return true;
    }

    /// The newest event of a user's stream, -1 when there is none.
    private record Newest(long revision, Optional<User> user) {}

    private Newest newest(String login) {
        try (EventCursor cursor =
                store.read(Read.stream(stream(login)).backwards().limit(1))) {
            if (!cursor.hasNext()) {
                return new Newest(-1, Optional.empty());
            }
            RecordedEvent event = cursor.next();
            boolean isUser = event.type().equals(CREATED) || event.type().equals(UPDATED);
            return new Newest(event.revision(), isUser ? Optional.of(User.decode(event)) : Optional.empty());
        }
    }

    static String stream(String login) {
        return STREAM_PREFIX + login;
    }
}
