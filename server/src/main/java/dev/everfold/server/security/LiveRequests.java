package dev.everfold.server.security;

import dev.everfold.kurrent.Caller;
import io.grpc.Context;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Requests of HTTP that are under way, by user, so that those that go on for ever can be told to end.
final class LiveRequests {

    private static final Context.Key<Entry> KEY = Context.key("everfold-live-request");

    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

    /// One of them.
    final class Entry implements AutoCloseable {

        private final Caller caller;
        private volatile boolean ended;
        private volatile String lastWords = "";

        Entry(Caller caller) {
            this.caller = caller;
        }

        /// Told to whoever is behind the door.
        Context in(Context context) {
            return context.withValue(KEY, this);
        }

        /// It is under way no more.
        @Override
        public void close() {
            entries.remove(this);
        }
    }

    Entry enter(Caller caller) {
        Entry entry = new Entry(caller);
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

    /// Whether the request of this thread may go on.
    static boolean isStillIn() {
        Entry entry = KEY.get();
        return entry == null || !entry.ended;
    }
}
