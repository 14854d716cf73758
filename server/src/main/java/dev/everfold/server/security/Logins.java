package dev.everfold.server.security;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.security.UserException.Reason;
import dev.everfold.server.security.Users.PasswordChange;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Finds out who somebody is, by name and password or by a certificate.
///
/// Checking a password takes a core for some tenths of a second, on purpose. So few are checked at a time, and one that
/// was right is [remembered][RememberedLogins] for a minute. Safe for use by many threads.
final class Logins {

    private static final long WAIT_SECONDS_MAX = 5;

    private final Users users;
    private final Audit audit;
    private final Backoff backoff;
    private final RememberedLogins remembered;
    private final Semaphore checks =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

    /// Takes the time of a check where there is nobody to check.
    private final PasswordHash nobody;

    Logins(Users users, Audit audit, Backoff backoff, RememberedLogins remembered) {
        this.users = users;
        this.audit = audit;
        this.backoff = backoff;
        this.remembered = remembered;
        this.nobody = new PasswordHash(Bytes.of(new byte[16]), Bytes.of(new byte[32]), users.iterations());
    }

    /// With what is remembered by itself alone.
    Logins(Users users, Audit audit, LongSupplier nanos) {
        this(users, audit, new Backoff(nanos), new RememberedLogins(nanos, InstantSource.system()));
    }

    /// Who it is that comes from an address.
    ///
    /// @throws EventStoreException when the store cannot be asked
    Login check(BasicCredentials credentials, String address) {
        // No name holds a colon, so no two pairs are the same text.
        ByteBuffer hash = remembered.hash(
                credentials.login() + ":" + credentials.password().reveal());
        Login.Known known = remembered.recall(hash);
        if (known != null) {
            return known;
        }
        long seconds = backoff.waitSeconds(credentials.login(), address);
        if (seconds > 0) {
            return new Login.Later(seconds);
        }
        return checking(() -> {
                    // Many calls of one client wait here together; the first one has found out meanwhile.
                    Login.Known meanwhile = remembered.recall(hash);
                    return meanwhile == null ? checkNow(credentials, address, hash) : meanwhile;
                })
                .orElse(new Login.Later(1));
    }

    /// Does what takes the time of a hash.
    ///
    /// @return empty when too many are at it
    private <T> Optional<T> checking(Supplier<T> work) {
        try {
            if (!checks.tryAcquire(WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                return Optional.empty();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        try {
            return Optional.of(work.get());
        } finally {
            checks.release();
        }
    }

    /// Who it is that has shown a certificate of this name, which the handshake has checked, or whom a
    /// trusted proxy calls so.
    ///
    /// @throws EventStoreException when the store cannot be asked
    Login certified(String login, String address) {
        // What is said may be no name and hold colons. The text of a password begins with a name, that of a token with
        // a colon and a blank.
        ByteBuffer hash = remembered.hash("::" + login);
        Login.Known known = remembered.recall(hash);
        if (known != null) {
            return known;
        }
        long changesBefore = changes();
        long seen = users.seen();
        Optional<User> user = find(login);
        if (user.isEmpty() || user.get().disabled()) {
            audit.loginFailed(user.map(User::login).orElse(""), address);
            return new Login.Unknown();
        }
        Login.Known found = new Login.Known(user.get().caller(), new Pass.OfUser(), seen);
        remembered.remember(hash, found, changesBefore);
        return found;
    }

    /// Gives another password to a user who is in and knows the current one. A wrong one counts as a login that
    /// failed: who took over a session must not find it out.
    ///
    /// @return empty when it is done; otherwise it was not looked at
    /// @throws UserException as [Users#changePassword] does
    /// @throws EventStoreException when the store cannot be asked
    Optional<Login.Later> changePassword(String login, PasswordChange passwords, String address, Caller by) {
        return checking(() -> changeNow(login, passwords, address, by)).orElse(Optional.of(new Login.Later(1)));
    }

    private Optional<Login.Later> changeNow(String login, PasswordChange passwords, String address, Caller by) {
        long seconds = backoff.waitSeconds(login, address);
        if (seconds > 0) {
            return Optional.of(new Login.Later(seconds));
        }
        try {
            users.changePassword(login, passwords, by);
        } catch (UserException refused) {
            if (refused.reason() == Reason.WRONG_PASSWORD) {
                backoff.failed(login, address);
                audit.loginFailed(login, address);
            }
            throw refused;
        }
        backoff.succeeded(login, address);
        return Optional.empty();
    }

    private Login checkNow(BasicCredentials credentials, String address, ByteBuffer hash) {
        // Those that waited here together with this one may have failed.
        long seconds = backoff.waitSeconds(credentials.login(), address);
        if (seconds > 0) {
            return new Login.Later(seconds);
        }
        long changesBefore = changes();
        long seen = users.seen();
        Optional<User> user = find(credentials.login());
        boolean matches = user.map(User::password).orElse(nobody).matches(credentials.password());
        if (user.isEmpty() || !matches || user.get().disabled()) {
            backoff.failed(credentials.login(), address);
            audit.loginFailed(user.map(User::login).orElse(""), address);
            return new Login.Unknown();
        }
        backoff.succeeded(credentials.login(), address);
        Login.Known known = new Login.Known(user.get().caller(), new Pass.OfUser(), seen);
        remembered.remember(hash, known, changesBefore);
        return known;
    }

    private Optional<User> find(String login) {
        try {
            return users.find(login);
        } catch (IllegalArgumentException noName) {
            return Optional.empty();
        }
    }

    /// Rises whenever something is forgotten.
    long changes() {
        return remembered.changes();
    }

    /// Forgets what is remembered of one.
    void forget(String login) {
        remembered.forget(login);
    }
}
