package dev.everfold.server.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Who was let in within the last minute, and by what.
///
/// Not what was shown is kept, but a keyed hash of it, with a key that only this process has. What is remembered of a
/// user is dropped when the user changes. So many at most, and of those the ones that came last. Safe for use by many
/// threads.
final class RememberedLogins {

    private static final String MAC = "HmacSHA256";
    private static final int REMEMBERED_MAX = 10_000;
    private static final long REMEMBERED_NANOS = 60_000_000_000L;

    private record Remembered(Login.Known login, long untilNanos) {}

    private final LongSupplier nanos;
    private final InstantSource clock;
    private final SecretKeySpec key;

    // Guarded by this.
    private final Map<ByteBuffer, Remembered> remembered = new LastUsed<>(REMEMBERED_MAX);
    private long changes;

    RememberedLogins(LongSupplier nanos, InstantSource clock) {
        this.nanos = nanos;
        this.clock = clock;
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.key = new SecretKeySpec(random, MAC);
    }

    /// By what something that was shown is found again.
    ///
    /// @param text no two different ones are the same
    ByteBuffer hash(String text) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(key);
            return ByteBuffer.wrap(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("The JDK has no " + MAC + ".", missing);
        }
    }

    synchronized Login.@Nullable Known recall(ByteBuffer hash) {
        Remembered entry = remembered.get(hash);
        if (entry == null
                || entry.untilNanos() - nanos.getAsLong() <= 0
                || !clock.instant().isBefore(entry.login().pass().until())) {
            return null;
        }
        return entry.login();
    }

    /// Rises whenever something is forgotten.
    synchronized long changes() {
        return changes;
    }

    /// @param changesBefore of before it was looked up
    synchronized void remember(ByteBuffer hash, Login.Known login, long changesBefore) {
        // A user who changed while the password was checked may be another one now.
        if (changes == changesBefore) {
            remembered.put(hash, new Remembered(login, nanos.getAsLong() + REMEMBERED_NANOS));
        }
    }

    /// Forgets what is remembered of a user.
    void forget(String login) {
        forget(known -> known.caller().name().equals(login));
    }

    /// Forgets who came in by a token that was made here.
    void forgetToken(String tokenHash) {
        forget(known -> known.pass().isOf(tokenHash));
    }

    /// Forgets everything.
    void forgetAll() {
        forget(_ -> true);
    }

    private synchronized void forget(Predicate<Login.Known> those) {
        changes++;
        remembered.values().removeIf(entry -> those.test(entry.login()));
    }
}
