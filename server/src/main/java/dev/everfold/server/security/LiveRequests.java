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
    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

    LiveRequests(InstantSource clock) {
        this.clock = clock;
    }

    /// One of them.
    final class Entry implements AutoCloseable {

        private final Caller caller;
        private final Pass pass;
        private volatile boolean ended;
        private volatile String lastWords = "";

        Entry(Caller caller, Pass pass) {
            this.caller = caller;
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

    Entry enter(Caller caller, Pass pass) {
        Entry entry = new Entry(caller, pass);
        entries.add(entry);
        return entry;
    }

    void endAllOf(String login) {
        entries.stream().filter(entry -> entry.caller.name().equals(login)).forEach(entry -> entry.ended = true);
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

    void endAllOfToken(String hash) {
        entries.stream().filter(entry -> entry.pass.isOf(hash)).forEach(entry -> entry.ended = true);
    }

    /// Whether the request of this thread may go on.
    static boolean isStillIn() {
        Entry entry = KEY.get();
        return entry == null || entry.isStillIn();
    }
}
