package dev.everfold.server.security;

import io.grpc.Context;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Requests of HTTP that are under way, by user, so that those that go on for ever can be told to end.
final class LiveRequests {

    private static final Context.Key<Entry> KEY = Context.key("everfold-live-request");

    private final InstantSource clock;
    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

    LiveRequests(InstantSource clock) {
        this.clock = clock;
    }

    /// One of them.
    final class Entry implements AutoCloseable {

        private final String login;
        private final Pass pass;
        private volatile boolean ended;

        Entry(String login, Pass pass) {
            this.login = login;
            this.pass = pass;
        }

        /// Told to whoever is behind the door.
        Context in(Context context) {
            return context.withValues(KEY, this, Pass.KEY, pass);
        }

        private boolean isStillIn() {
            return !ended && clock.instant().isBefore(pass.until());
        }

        /// It is under way no more.
        @Override
        public void close() {
            entries.remove(this);
        }
    }

    Entry enter(String login, Pass pass) {
        Entry entry = new Entry(login, pass);
        entries.add(entry);
        return entry;
    }

    void endAllOf(String login) {
        entries.stream().filter(entry -> entry.login.equals(login)).forEach(entry -> entry.ended = true);
    }

    void endAllOfToken(String hash) {
        entries.stream().filter(entry -> entry.pass.isOf(hash)).forEach(entry -> entry.ended = true);
    }

    /// Whether the request of this thread may go on.
    static boolean isStillIn() {
        Entry entry = KEY.get();
        return entry == null || entry.isStillIn();
    }
}
