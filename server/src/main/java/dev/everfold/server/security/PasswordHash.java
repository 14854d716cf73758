package dev.everfold.server.security;

import dev.everfold.eventstore.Bytes;
import dev.everfold.server.Secret;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// What is kept of a password: PBKDF2 with HMAC-SHA-256, so that whoever has it must guess, slowly.
///
/// @param salt 16 random bytes, kept as base 64 in events
/// @param hash 32 bytes
/// @param iterations how often it is hashed, 1..10,000,000
record PasswordHash(Bytes salt, Bytes hash, int iterations) {

    /// About 0.3 s of one core; what OWASP asked for in 2023.
    static final int ITERATIONS = 600_000;

    /// More would let whoever can append a user hold up the server.
    private static final int ITERATIONS_MAX = 10_000_000;

    private static final String ALGORITHM = "PBKDF2WithHmacSHA256";
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    /// @throws IllegalArgumentException when it is none that was made here
    PasswordHash {
        if (hash.length() != HASH_BYTES
                || salt.length() < SALT_BYTES
                || iterations < 1
                || iterations > ITERATIONS_MAX) {
            throw new IllegalArgumentException("The hash of a password is not one; expected " + HASH_BYTES
                    + " bytes, a salt of " + SALT_BYTES + " and 1.." + ITERATIONS_MAX + " iterations.");
        }
    }

    static PasswordHash of(Secret password, int iterations) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return new PasswordHash(Bytes.of(salt), Bytes.of(hash(password, salt, iterations)), iterations);
    }

    /// Takes as long for a wrong password as for the right one.
    boolean matches(Secret password) {
        return MessageDigest.isEqual(hash.toArray(), hash(password, salt.toArray(), iterations));
    }

    private static byte[] hash(Secret password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password.reveal().toCharArray(), salt, iterations, HASH_BYTES * 8);
        try {
            return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("The JDK has no " + ALGORITHM + ".", missing);
        } finally {
            spec.clearPassword();
        }
    }
}
