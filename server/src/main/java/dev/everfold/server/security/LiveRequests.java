package dev.everfold.server.security;

import dev.everfold.kurrent.Caller;
import io.grpc.Context;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Requests of HTTP that are under way, by user, so that those that go on for ever can be told to end.
final class LiveRequests {

    private static final Context.Key<Entry> KEY = Context.key("everfold-live-request");

    private final InstantSource clock;
    private final Sessions sessions;
    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

    LiveRequests(InstantSource clock, Sessions sessions) {
        this.clock = clock;
        this.sessions = sessions;
    }

    /// One of them.
    final class Entry implements AutoCloseable {

        private final Caller caller;
        private final Pass pass;
        private final long seen;
        private volatile boolean ended;
        private volatile String lastWords = "";

        Entry(Login.Known login) {
            this.caller = login.caller();
            this.pass = login.pass();
            this.seen = login.seen();
        }

        /// Told to whoever is behind the door.
        Context in(Context context) {
            return context.withValues(KEY, this, Pass.KEY, pass);
        }

        /// Who asks uses the session, if it is by one.
        private boolean isStillIn() {
            return !ended
                    && clock.instant().isBefore(pass.until())
                    && (!(pass instanceof Pass.OfSession(String token))
                            || sessions.find(token).isPresent());
        }

        /// It is under way no more.
        @Override
        public void close() {
            entries.remove(this);
        }
    }

    Entry enter(Login.Known login) {
        Entry entry = new Entry(login);
        entries.add(entry);
        return entry;
    }

    /// A user was changed.
    ///
    /// @param position of the change; who was looked up after it goes on
    void endAllOf(String login, long position) {
        endThose(position, entry -> entry.caller.name().equals(login));
    }

    private void endThose(long position, Predicate<Entry> those) {
        entries.stream()
                .filter(entry -> entry.seen <= position && those.test(entry))
                .forEach(entry -> entry.ended = true);
    }

    /// The policy was changed so that these callers see less.
    void endAllOf(Predicate<Caller> callers) {
        entries.stream().filter(entry -> callers.test(entry.caller)).forEach(entry -> {
            entry.lastWords = CallGuard.POLICY_CHANGED;
            entry.ended = true;
        });
    }

    /// What is to be said at the end of the request of this thread; empty where nothing is.
    static String lastWords() {
        Entry entry = KEY.get();
        return entry == null ? "" : entry.lastWords;
    }

    /// A token was revoked.
    ///
    /// @param position of the change
    void endAllOfToken(String hash, long position) {
        endThose(position, entry -> entry.pass.isOf(hash));
    }

    /// Whether the request of this thread may go on.
    static boolean isStillIn() {
        Entry entry = KEY.get();
        return entry == null || entry.isStillIn();
    }
}
