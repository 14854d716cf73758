package dev.everfold.server.security;

import dev.everfold.kurrent.Caller;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Who has logged in with a browser: a random token for each, until it is not used for half an
/// hour, is 12 hours old, or the user changes. So many at most, of each user and of all, and of
/// those the ones used last. Safe for use by many threads.
final class Sessions {

    private static final int SESSIONS_MAX = 10_000;

    /// Who logs in again and again ends no sessions of others.
    static final int OF_USER_MAX = 100;

    private static final long IDLE_NANOS_MAX = 1_800_000_000_000L;
    private static final long AGE_NANOS_MAX = 43_200_000_000_000L;
    private static final int TOKEN_BYTES = 32;

    /// One of them.
    ///
    /// @param token what the cookie holds
    /// @param csrf what every request that changes something holds beside it, which pages of others cannot know
    record Session(String token, String csrf, Login.Known login, long begunNanos, long usedNanos) {

        Caller caller() {
            return login.caller();
        }
    }

    private final LongSupplier nanos;
    private final SecureRandom random = new SecureRandom();

    // Guarded by this.
    private final Map<String, Session> sessions = new LastUsed<>(SESSIONS_MAX);

    private long changes;

    Sessions(LongSupplier nanos) {
        this.nanos = nanos;
    }

    synchronized Session begin(Login.Known login) {
        List<Session> own = sessions.values().stream()
                .filter(session -> isOf(session, login.caller().name()))
                .toList();
        if (own.size() >= OF_USER_MAX) {
            end(own.getFirst());
        }
        long now = nanos.getAsLong();
        String token = token();
        Login.Known known = new Login.Known(login.caller(), new Pass.OfSession(token), login.seen());
        Session session = new Session(token, token(), known, now, now);
        sessions.put(session.token(), session);
        return session;
    }

    synchronized Optional<Session> find(@Nullable String token) {
        Session session = token == null ? null : sessions.get(token);
        if (session == null) {
            return Optional.empty();
        }
        long now = nanos.getAsLong();
        if (now - session.usedNanos() > IDLE_NANOS_MAX || now - session.begunNanos() > AGE_NANOS_MAX) {
            sessions.remove(session.token());
            return Optional.empty();
        }
        Session used = new Session(session.token(), session.csrf(), session.login(), session.begunNanos(), now);
        sessions.put(used.token(), used);
        return Optional.of(used);
    }

    synchronized void end(Session session) {
        sessions.remove(session.token());
    }

    /// Rises whenever those of a user are ended.
    synchronized long changes() {
        return changes;
    }

    /// Ends all of a user who was looked up before a change.
    ///
    /// @param position of the change
    synchronized void endAllOf(String login, long position) {
        changes++;
        sessions.values()
                .removeIf(session -> isOf(session, login) && session.login().seen() <= position);
    }

    private static boolean isOf(Session session, String login) {
        return session.caller().name().equals(login);
    }

    private String token() {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
