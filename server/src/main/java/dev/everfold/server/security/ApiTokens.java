package dev.everfold.server.security;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ObjLongConsumer;

/// Tokens that users make for their programs, kept as events in the store that is served.
///
/// ```
/// $tokens-alice   $TokenMade      {"name":"ci","hash":…,"expires":…,"groups":[…],"userCreated":0}
///                 $TokenRevoked   the same
/// $audit          $TokenChanged   who made or revoked which of whose, in the same append as the change
/// ```
///
/// Both carry the tag `token:HASH`, by which a token that is shown is looked up. Every change is one append on
/// condition that nothing changed meanwhile, so servers that share a store agree. Safe for use by many threads.
public final class ApiTokens {

    /// Tokens that a user may have at a time.
    public static final int OF_USER_MAX = 100;

    /// How long a token may last at most: a year.
    public static final Duration LIFETIME_MAX = Duration.ofDays(366);

    /// The category of the streams.
    static final String CATEGORY = "$tokens";

    static final String REVOKED = "$TokenRevoked";

    private static final String STREAM_PREFIX = CATEGORY + "-";
    private static final String MADE = "$TokenMade";
    private static final String TAG_PREFIX = "token:";
    private static final int NAME_CHARACTERS_MAX = 64;
    private static final int ATTEMPTS_MAX = 5;

    private final EventStore store;
    private final Users users;
    private final InstantSource clock;
    private final List<ObjLongConsumer<String>> watchers = new ArrayList<>();

    /// @param store neither opened nor closed here
    ApiTokens(EventStore store, Users users, InstantSource clock) {
        this.store = store;
        this.users = users;
        this.clock = clock;
    }

    /// Is told the hashes of those that were revoked here; called before others share this.
    void watch(ObjLongConsumer<String> watcher) {
        watchers.add(watcher);
    }

    /// A token as its user wants it.
    ///
    /// @param login whose it is
    /// @param name by which he knows it, 1..64 characters
    /// @param expires when it counts no more, within a year
    /// @param groups which of the user's it has; empty = all that the user has at the time
    public record Wanted(String login, String name, Instant expires, Optional<Set<String>> groups) {

        /// @throws IllegalArgumentException when the name is not one
        public Wanted {
            groups = groups.map(Set::copyOf);
            if (name.isBlank()
                    || name.length() > NAME_CHARACTERS_MAX
                    || name.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("The name of the token is not one; expected 1.."
                        + NAME_CHARACTERS_MAX + " characters, and no control character.");
            }
        }
    }

    /// Makes one.
    ///
    /// @param by who asked for it
    /// @return the token itself, which is kept nowhere
    /// @throws UserException with [Reason#NOT_FOUND] when there is no such user, [Reason#CONFLICT] when
    ///     others change him all the time
    /// @throws IllegalArgumentException when it lasts too long, has groups that the user has not, or bears
    ///     the name of another one
    /// @throws EventStoreException when the store does not take it
    public Secret make(Wanted wanted, Caller by) {
        requireLifetime(wanted.expires());
        String token = ApiToken.random();
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            User user = user(wanted.login());
            Folded folded = fold(wanted.login());
            requireFits(wanted, user, folded);
            ApiToken made = new ApiToken(
                    wanted.name(),
                    ApiToken.hash(token),
                    wanted.expires(),
                    wanted.groups(),
                    users.created(wanted.login()));
            Append append = append(wanted.login(), MADE, made, by)
                    .expecting(stream(wanted.login()), folded.expected())
                    .expecting(Users.stream(wanted.login()), Expected.revision(user.revision()));
            if (stored(append).isPresent()) {
                return Secret.of(token);
            }
        }
        throw new UserException(Reason.CONFLICT, wanted.login());
    }

    private void requireLifetime(Instant expires) {
        Instant now = clock.instant();
        if (!expires.isAfter(now) || expires.isAfter(now.plus(LIFETIME_MAX))) {
            throw new IllegalArgumentException("The token would expire at " + expires
                    + "; expected a time from now on, within " + LIFETIME_MAX.toDays() + " days.");
        }
    }

    private void requireFits(Wanted wanted, User user, Folded folded) {
        List<ApiToken> others = folded.live(clock.instant(), users.created(wanted.login()));
        if (others.stream().anyMatch(other -> other.name().equals(wanted.name()))) {
            throw new IllegalArgumentException("User \"" + wanted.login() + "\" has a token \"" + wanted.name()
                    + "\" already; expected another name, or that one revoked.");
        }
        if (others.size() >= OF_USER_MAX) {
            throw new IllegalArgumentException("User \"" + wanted.login() + "\" has " + others.size()
                    + " tokens, which is the limit; expected one of them revoked.");
        }
        Set<String> ofUser = user.profile().groups();
        wanted.groups()
                .ifPresent(groups -> groups.forEach(group -> {
                    if (!ApiToken.covers(ofUser, group)) {
                        throw new IllegalArgumentException("The token would be of the group \"" + group
                                + "\", and its user is not; expected some of " + new TreeSet<>(ofUser) + ".");
                    }
                }));
    }

    /// What others may know of a token.
    ///
    /// @param groups which of the user's it has; empty = all that the user has at the time
    public record Listed(String name, Instant expires, Optional<Set<String>> groups) {}

    /// Those of a user that count, in the order in which they were made.
    ///
    /// @throws UserException with [Reason#NOT_FOUND] when there is no such user
    /// @throws EventStoreException when the store cannot be asked
    public List<Listed> list(String login) {
        user(login);
        return fold(login).live(clock.instant(), users.created(login)).stream()
                .map(token -> new Listed(token.name(), token.expires(), token.groups()))
                .toList();
    }

    /// Which token is meant.
    ///
    /// @param login whose it is
    /// @param name by which he knows it
    public record Named(String login, String name) {}

    /// Ends one; `false` when there is none such.
    ///
    /// @throws UserException with [Reason#NOT_FOUND] when there is no such user, [Reason#CONFLICT] when
    ///     others change the same tokens all the time
    /// @throws EventStoreException when the store does not take it
    public boolean revoke(Named which, Caller by) {
        String login = which.login();
        user(login);
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            Folded folded = fold(login);
            Optional<ApiToken> token = folded.live(clock.instant(), users.created(login)).stream()
                    .filter(each -> each.name().equals(which.name()))
                    .findFirst();
            if (token.isEmpty()) {
                return false;
            }
            Append append = append(login, REVOKED, token.get(), by).expecting(stream(login), folded.expected());
            Optional<Long> position = stored(append);
            if (position.isPresent()) {
                watchers.forEach(watcher -> watcher.accept(token.get().hash(), position.get()));
                return true;
            }
        }
        throw new UserException(Reason.CONFLICT, login);
    }

    /// What is known of a token that was shown.
    ///
    /// @param login whose it is
    /// @param token empty when it was revoked
    record Found(String login, Optional<ApiToken> token) {}

    /// By hash; the token may have expired, and its user may be gone.
    ///
    /// @throws EventStoreException when the store cannot be asked
    Optional<Found> find(String hash) {
        Query.Item tagged = new Query.Item().withCategory(CATEGORY).withTags(TAG_PREFIX + hash);
        try (EventCursor cursor =
                store.read(Read.matching(Query.of(tagged)).backwards().limit(1))) {
            if (!cursor.hasNext()) {
                return Optional.empty();
            }
            RecordedEvent event = cursor.next();
            return Optional.of(new Found(
                    event.stream().substring(STREAM_PREFIX.length()),
                    event.type().equals(MADE) ? Optional.of(ApiToken.decode(event)) : Optional.empty()));
        }
    }

    /// The hash of the token that an event is about.
    static String hash(RecordedEvent event) {
        return event.tags().stream()
                .filter(tag -> tag.startsWith(TAG_PREFIX))
                .map(tag -> tag.substring(TAG_PREFIX.length()))
                .findFirst()
                .orElse("");
    }

    /// All tokens of a user that were not revoked.
    ///
    /// @param revision of the newest event, -1 when there is none
    private record Folded(long revision, List<ApiToken> tokens) {

        Expected expected() {
            return revision < 0 ? Expected.noStream() : Expected.revision(revision);
        }

        List<ApiToken> live(Instant now, long userCreated) {
            return tokens.stream()
                    .filter(token -> token.userCreated() == userCreated && now.isBefore(token.expires()))
                    .toList();
        }
    }

    private Folded fold(String login) {
        Map<String, ApiToken> tokens = new LinkedHashMap<>();
        long revision = -1;
        try (EventCursor cursor = store.read(Read.stream(stream(login)))) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                revision = event.revision();
                if (event.type().equals(MADE)) {
                    ApiToken token = ApiToken.decode(event);
                    tokens.put(token.hash(), token);
                } else {
                    tokens.remove(hash(event));
                }
            }
        }
        return new Folded(revision, List.copyOf(tokens.values()));
    }

    private User user(String login) {
        return users.find(login).orElseThrow(() -> new UserException(Reason.NOT_FOUND, login));
    }

    private static Append append(String login, String type, ApiToken token, Caller by) {
        return Append.of(
                NewEvent.of(stream(login), type, token.encode()).withTags(TAG_PREFIX + token.hash()),
                Audit.tokenChanged(login, token, type.equals(MADE) ? "made" : "revoked", by));
    }

    /// Where it was stored: nowhere when something changed meanwhile.
    private Optional<Long> stored(Append append) {
        try {
            return Optional.of(store.append(append).fromPosition());
        } catch (AppendConflictException changed) {
            return Optional.empty();
        }
    }

    private static String stream(String login) {
        return STREAM_PREFIX + login;
    }
}
