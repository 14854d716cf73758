package dev.everfold.server.security;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.kurrent.Caller;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Finds out who somebody is, by name and password or by a certificate.
///
/// Checking a password takes a core for some tenths of a second, on purpose. So few are checked at a time, and one that
/// was right is remembered for a minute: not itself, but a keyed hash of it and the name, with a key that only this
/// process has. What is remembered of a user is dropped when the user changes. Safe for use by many threads.
final class Logins {

    private static final String MAC = "HmacSHA256";
    private static final int REMEMBERED_MAX = 10_000;
    private static final long REMEMBERED_NANOS = 60_000_000_000L;
    private static final long WAIT_SECONDS_MAX = 5;

    private record Remembered(Caller caller, long untilNanos) {}

    private final Users users;
    private final Audit audit;
    private final LongSupplier nanos;
    private final Backoff backoff;
    private final SecretKeySpec key;
    private final Semaphore checks =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

    /// Takes the time of a check where there is nobody to check.
    private final PasswordHash nobody;

    // Guarded by this.
    private final Map<ByteBuffer, Remembered> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Remembered> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };
    private long changes;

    Logins(Users users, Audit audit, LongSupplier nanos) {
        this.users = users;
        this.audit = audit;
        this.nanos = nanos;
        this.backoff = new Backoff(nanos);
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.key = new SecretKeySpec(random, MAC);
        this.nobody = new PasswordHash(Bytes.of(new byte[16]), Bytes.of(new byte[32]), users.iterations());
    }

    /// Who it is that comes from an address.
    ///
    /// @throws EventStoreException when the store cannot be asked
    Login check(BasicCredentials credentials, String address) {
        // No name holds a colon, so no two pairs are the same text.
        ByteBuffer hash =
                hash(credentials.login() + ":" + credentials.password().reveal());
        Caller known = recall(hash);
        if (known != null) {
            return new Login.Known(known);
        }
        long seconds = backoff.waitSeconds(credentials.login(), address);
        if (seconds > 0) {
            return new Login.Later(seconds);
        }
        try {
            if (!checks.tryAcquire(WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                return new Login.Later(1);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Login.Later(1);
        }
        try {
            // Many calls of one client wait here together; the first one has found out meanwhile.
            Caller meanwhile = recall(hash);
            return meanwhile == null ? checkNow(credentials, address, hash) : new Login.Known(meanwhile);
        } finally {
            checks.release();
        }
    }

    /// Who it is that has shown a certificate of this name, which the handshake has checked.
    ///
    /// @throws EventStoreException when the store cannot be asked
    Login certified(String login, String address) {
        // No name holds a colon, so this is never the text of a name with a password.
        ByteBuffer hash = hash(login);
        Caller known = recall(hash);
        if (known != null) {
            return new Login.Known(known);
        }
        long changesBefore = changes();
        Optional<User> user = find(login);
        if (user.isEmpty() || user.get().disabled()) {
            audit.loginFailed(user.map(User::login).orElse(""), address);
            return new Login.Unknown();
        }
        Caller caller = user.get().caller();
        remember(hash, caller, changesBefore);
        return new Login.Known(caller);
    }

    private Login checkNow(BasicCredentials credentials, String address, ByteBuffer hash) {
        // Those that waited here together with this one may have failed.
        long seconds = backoff.waitSeconds(credentials.login(), address);
        if (seconds > 0) {
            return new Login.Later(seconds);
        }
        long changesBefore = changes();
        Optional<User> user = find(credentials.login());
        boolean matches = user.map(User::password).orElse(nobody).matches(credentials.password());
        if (user.isEmpty() || !matches || user.get().disabled()) {
            backoff.failed(credentials.login(), address);
            audit.loginFailed(user.map(User::login).orElse(""), address);
            return new Login.Unknown();
        }
        backoff.succeeded(credentials.login(), address);
        Caller caller = user.get().caller();
        remember(hash, caller, changesBefore);
        return new Login.Known(caller);
    }

    private Optional<User> find(String login) {
        try {
            return users.find(login);
        } catch (IllegalArgumentException noName) {
            return Optional.empty();
        }
    }

    private synchronized @Nullable Caller recall(ByteBuffer hash) {
        Remembered entry = remembered.get(hash);
        if (entry == null || entry.untilNanos() - nanos.getAsLong() <= 0) {
            return null;
        }
        return entry.caller();
    }

    /// Rises whenever something is forgotten.
    synchronized long changes() {
        return changes;
    }

    private synchronized void remember(ByteBuffer hash, Caller caller, long changesBefore) {
        // A user who changed while the password was checked may be another one now.
        if (changes == changesBefore) {
            remembered.put(hash, new Remembered(caller, nanos.getAsLong() + REMEMBERED_NANOS));
        }
    }

    /// Forgets what is remembered of one.
    synchronized void forget(String login) {
        changes++;
        remembered.values().removeIf(entry -> entry.caller().name().equals(login));
    }

    /// Forgets everything.
    synchronized void forgetAll() {
        changes++;
        remembered.clear();
    }

    private ByteBuffer hash(String text) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(key);
            return ByteBuffer.wrap(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("The JDK has no " + MAC + ".", missing);
        }
    }
}
