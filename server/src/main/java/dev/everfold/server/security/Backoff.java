package dev.everfold.server.security;

import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// How long whoever failed to log in has to wait: the longer, the more often.
///
/// Failures are counted for each user and for each address. A user who has logged in from an address before is counted
/// apart there, so that strangers who guess cannot lock anybody out of where they work. It remembers so many at most,
/// and of those the ones that were seen last. Safe for use by many threads.
final class Backoff {

    /// Failures without a wait.
    static final int FREE = 5;

    private static final int ENTRIES_MAX = 10_000;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long USER_SECONDS_MAX = 8;
    private static final long ADDRESS_SECONDS_MAX = 60;
    private static final long FORGOTTEN_AFTER_NANOS = 600 * SECOND_NANOS;

    /// What is counted.
    private sealed interface Key {
        record OfUser(String login) implements Key {}

        record OfAddress(String address) implements Key {}

        record OfBoth(String login, String address) implements Key {}
    }

    private record Failures(int count, long lastNanos, long untilNanos) {}

    private final LongSupplier nanos;

    // Guarded by this.
    private final Map<Key, Failures> failures = new LastUsed<>(ENTRIES_MAX);
    private final Map<Key.OfBoth, Boolean> known = new LastUsed<>(ENTRIES_MAX);

    Backoff(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /// Seconds to wait before the next attempt, 0 for none.
    synchronized long waitSeconds(String login, String address) {
        long now = nanos.getAsLong();
        long longest = 0;
        for (Key key : keys(login, address)) {
            Failures before = failures.get(key);
            if (before != null && before.untilNanos() - now > 0) {
                longest = Math.max(longest, Math.ceilDiv(before.untilNanos() - now, SECOND_NANOS));
            }
        }
        return longest;
    }

    synchronized void failed(String login, String address) {
        long now = nanos.getAsLong();
        for (Key key : keys(login, address)) {
            Failures before = failures.get(key);
            int count = before == null || now - before.lastNanos() > FORGOTTEN_AFTER_NANOS ? 1 : before.count() + 1;
            long secondsMax = key instanceof Key.OfUser ? USER_SECONDS_MAX : ADDRESS_SECONDS_MAX;
            long seconds = count < FREE ? 0 : Math.min(1L << Math.min(count - FREE, 10), secondsMax);
            failures.put(key, new Failures(count, now, now + seconds * SECOND_NANOS));
        }
    }

    synchronized void succeeded(String login, String address) {
        // Of who was known already, strangers' guesses are counted apart and go on to count.
        for (Key key : keys(login, address)) {
            if (!(key instanceof Key.OfAddress)) {
                failures.remove(key);
            }
        }
        known.put(new Key.OfBoth(login, address), true);
    }

    /// How much is remembered.
    synchronized int entries() {
        return failures.size() + known.size();
    }

    private List<Key> keys(String login, String address) {
        Key.OfBoth both = new Key.OfBoth(login, address);
        return known.containsKey(both) ? List.of(both) : List.of(new Key.OfUser(login), new Key.OfAddress(address));
    }
}
