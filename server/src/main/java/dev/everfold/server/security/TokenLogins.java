package dev.everfold.server.security;

import dev.everfold.eventstore.EventStoreException;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.security.Users.Profile;
import dev.everfold.server.token.ProviderTokens;
import dev.everfold.server.token.Verdict;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds out who somebody is by a token: one that a user has made here, or one of the provider.
///
/// Whoever shows made-up ones that look like ours has to wait, as for wrong passwords. One that has expired or was
/// revoked was not guessed, and signatures of a provider cannot be; a program that goes on with an old token would make
/// others of its address wait, so those do not count.
/// What was right is [remembered][RememberedLogins]. Safe for use by many threads.
final class TokenLogins {

    private static final String SCHEME = "bearer ";

    /// What a header can carry as a token (RFC 6750, 2.1).
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private static final String WRONG = "The token is wrong, has expired or was revoked.";

    private final Users users;
    private final ApiTokens made;
    private final Optional<ProviderTokens> provider;
    private final Audit audit;
    private final Backoff backoff;
    private final RememberedLogins remembered;
    private final InstantSource clock;

    /// @param made those that users have made here
    /// @param provider empty where tokens of none are taken
    TokenLogins(
            Users users,
            ApiTokens made,
            Optional<ProviderTokens> provider,
            Audit audit,
            Backoff backoff,
            RememberedLogins remembered,
            InstantSource clock) {
        this.users = users;
        this.made = made;
        this.provider = provider;
        this.audit = audit;
        this.backoff = backoff;
        this.remembered = remembered;
        this.clock = clock;
    }

    /// What a header `Authorization` holds, if it is of the scheme Bearer; it may be no token.
    static Optional<String> parse(@Nullable String header) {
        return header != null && header.toLowerCase(Locale.ROOT).startsWith(SCHEME)
                ? Optional.of(header.substring(SCHEME.length()).strip())
                : Optional.empty();
    }

    /// Who it is that shows a token.
    ///
    /// @throws EventStoreException when the store cannot be asked
    Login check(String token, String address) {
        if (!TOKEN.matcher(token).matches()) {
            return new Login.Refused("The header Authorization holds no token.");
        }
        // A token has no blank, and no name has a colon, so this is never the text of a password or a certificate.
        ByteBuffer hash = remembered.hash(": " + token);
        Login.Known known = remembered.recall(hash);
        if (known != null) {
            return known;
        }
        long changesBefore = remembered.changes();
        Login login = token.startsWith(ApiToken.PREFIX) ? ofUser(token, address) : ofProvider(token, address);
        if (login instanceof Login.Known found) {
            remembered.remember(hash, found, changesBefore);
        }
        return login;
    }

    private Login ofUser(String token, String address) {
        String hash = ApiToken.hash(token);
        // Its hash takes the place of a name, so whoever has come with it before does not wait for strangers.
        String guess = ApiToken.PREFIX + hash;
        long seconds = backoff.waitSeconds(guess, address);
        if (seconds > 0) {
            return new Login.Later(seconds);
        }
        long seen = users.seen();
        Optional<ApiTokens.Found> found = understood(() -> made.find(hash));
        Optional<Login> login = found.flatMap(one -> understood(() -> login(one, seen)));
        if (login.isPresent()) {
            backoff.succeeded(guess, address);
            return login.get();
        }
        if (found.isEmpty()) {
            backoff.failed(guess, address);
        }
        audit.loginFailed(found.map(ApiTokens.Found::login).orElse(""), address);
        return new Login.Refused(WRONG);
    }

    /// Empty also where an event holds no token or no user that this server understands.
    private static <V> Optional<V> understood(Supplier<Optional<V>> lookup) {
        try {
            return lookup.get();
        } catch (IllegalArgumentException other) {
            return Optional.empty();
        }
    }

    private Optional<Login> login(ApiTokens.Found found, long seen) {
        if (found.token().isEmpty()) {
            return Optional.empty();
        }
        ApiToken token = found.token().get();
        Optional<User> user = users.find(found.login());
        if (user.isEmpty()
                || user.get().disabled()
                || !clock.instant().isBefore(token.expires())
                || users.created(found.login()) != token.userCreated()) {
            return Optional.empty();
        }
        Pass pass = new Pass.OfApiToken(token.hash(), token.expires());
        return Optional.of(new Login.Known(token.caller(user.get()), pass, seen));
    }

    private Login ofProvider(String token, String address) {
        if (provider.isEmpty()) {
            return new Login.Refused("The server takes no tokens of a provider.");
        }
        return switch (provider.get().check(token)) {
            case Verdict.Unsure(String why) -> new Login.Unsure(why);
            case Verdict.Bad(String why) -> {
                audit.loginFailed("", address);
                yield new Login.Refused(why);
            }
            case Verdict.Good good -> named(good, address);
        };
    }

    /// Rights may be given to a user by name, so nobody from elsewhere may bear the name of one of ours.
    private Login named(Verdict.Good good, String address) {
        Profile profile;
        Optional<User> ours;
        long seen = users.seen();
        try {
            profile = new Profile(good.user(), "", good.groups());
            ours = users.find(profile.login());
        } catch (IllegalArgumentException noName) {
            audit.loginFailed("", address);
            return new Login.Refused("The user of the token has a name that is not taken; expected 1..256 characters,"
                    + " no colon, no control character, and no $ in front.");
        }
        if (ours.isPresent()) {
            audit.loginFailed(profile.login(), address);
            return new Login.Refused("The user of the token bears the name of one of this server's own.");
        }
        Caller caller = new Caller(profile.login(), profile.groups());
        return new Login.Known(caller, new Pass.OfProvider(good.until()), seen);
    }
}
