package dev.everfold.server;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/// A password that no text, log or message shows; immutable.
public final class Secret {

    /// Longer ones would cost more to check than anybody types.
    public static final int BYTES_MAX = 1_024;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    private static final int RANDOM_LETTERS = 24;

    private final String text;

    private Secret(String text) {
        this.text = text;
    }

    /// A password as it was given.
    ///
    /// @throws IllegalArgumentException when it is empty or longer than [#BYTES_MAX] in UTF-8
    public static Secret of(String text) {
        if (text.isEmpty() || text.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "The password is empty or too long; expected 1.." + BYTES_MAX + " bytes.");
        }
        return new Secret(text);
    }

    /// A password that nobody guesses: 24 letters and digits, 138 bits.
    public static Secret random() {
        StringBuilder text = new StringBuilder(RANDOM_LETTERS);
        for (int i = 0; i < RANDOM_LETTERS; i++) {
            text.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
        }
        return new Secret(text.toString());
    }

    /// The password itself; for whoever hashes it or hands it over.
    public String reveal() {
        return text;
    }

    /// `***`.
    @Override
    public String toString() {
        return "***";
    }
}
