package dev.everfold.server.token;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The keys of a provider, as they were fetched last.
///
/// They are fetched again when a token names one that is not among them, and when they are [old][#AGE_MAX], so that
/// one that the provider has given up counts no more; but only once in a [while][#PAUSE], whatever tokens say.
/// While the provider cannot be reached, those that are known go on, and nobody who needs one of them waits for it
/// longer than a moment. Safe for use by many threads.
final class ProviderKeys {

    /// Between two attempts to fetch them.
    static final Duration PAUSE = Duration.ofSeconds(30);

    /// After which they are fetched again although none is missing.
    static final Duration AGE_MAX = Duration.ofMinutes(10);

    /// How long a token whose key is known waits for newer ones.
    private static final Duration WAIT_MAX = Duration.ofSeconds(1);

    private static final System.Logger LOGGER = System.getLogger(ProviderKeys.class.getName());

    /// How keys are fetched.
    @FunctionalInterface
    interface Source {
        List<JWK> fetch() throws IOException;
    }

    private record Fetched(List<JWK> keys, long nanos) {}

    /// What became of the newest attempt.
    ///
    /// @param failure null when it succeeded
    private record Attempt(long nanos, @Nullable IOException failure) {}

    private final Source source;
    private final LongSupplier nanos;

    // Written while the lock is held, which is as long as an attempt takes.
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Fetched fetched;
    private @Nullable Attempt newest;

    ProviderKeys(Source source, LongSupplier nanos) {
        this.source = source;
        this.nanos = nanos;
        this.fetched = new Fetched(List.of(), nanos.getAsLong());
    }

    /// Those that a token may be signed with, by what it says of its key; none when the provider has none such.
    ///
    /// @throws IOException when none is known, and the provider could not be asked
    List<JWK> matching(JWSHeader header) throws IOException {
        Fetched before = fetched;
        List<JWK> found = matching(before, header);
        if (found.isEmpty()) {
            fetch();
            return matching(fetched, header);
        }
        boolean isOld = nanos.getAsLong() - before.nanos() >= AGE_MAX.toNanos();
        return isOld && isDue() && isFetchedInTime() ? matching(fetched, header) : found;
    }

    /// Not while somebody fetches them already, nor so soon after.
    private boolean isDue() {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            return newest == null || nanos.getAsLong() - newest.nanos() >= PAUSE.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /// Fetches them in a thread of its own, and waits for it for a moment.
    private boolean isFetchedInTime() {
        Thread fetching = Thread.ofVirtual().name("everfold-token-keys").start(() -> {
            try {
                fetch();
            } catch (IOException unreachable) {
                // It is logged; what is known goes on.
            }
        });
        try {
            return fetching.join(WAIT_MAX);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static List<JWK> matching(Fetched those, JWSHeader header) {
        JWKMatcher matcher = JWKMatcher.forJWSHeader(header);
        return those.keys().stream().filter(matcher::matches).toList();
    }

    /// Fetches them, unless that was tried a moment ago: many calls with one new token wait here together.
    ///
    /// @throws IOException when they could not be fetched
    void fetch() throws IOException {
        lock.lock();
        try {
            fetchIfDue();
        } finally {
            lock.unlock();
        }
    }

    private void fetchIfDue() throws IOException {
        Attempt before = newest;
        long now = nanos.getAsLong();
        if (before != null && now - before.nanos() < PAUSE.toNanos()) {
            if (before.failure() != null) {
                throw new IOException(before.failure().getMessage(), before.failure());
            }
            return;
        }
        try {
            fetched = new Fetched(source.fetch(), now);
            newest = new Attempt(now, null);
            LOGGER.log(
                    Level.INFO,
                    "keys of the provider fetched number={0}",
                    fetched.keys().size());
        } catch (IOException failed) {
            newest = new Attempt(now, failed);
            LOGGER.log(
                    Level.WARNING,
                    "keys of the provider not fetched, those before go on number={0} reason={1}",
                    fetched.keys().size(),
                    failed.getMessage());
            throw failed;
        }
    }
}
