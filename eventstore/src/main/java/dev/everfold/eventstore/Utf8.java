package dev.everfold.eventstore;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Names as bytes: valid Unicode without NUL, compared byte by byte.
final class Utf8 {

    private Utf8() {}

    /// @throws IllegalArgumentException when the text holds an unpaired surrogate
    static byte[] encode(String text, String what) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // An unpaired surrogate is encoded as '?', so only a text with a '?' needs the strict encoder.
        for (byte b : bytes) {
            if (b == '?') {
                return encodeStrictly(text, what);
            }
        }
        return bytes;
    }

    private static byte[] encodeStrictly(String text, String what) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException unpaired) {
            throw new IllegalArgumentException(
                    "The " + what + " holds an unpaired surrogate; expected valid Unicode. Correct the text.",
                    unpaired);
        }
    }

    /// Checks a name at the door and returns it.
    ///
    /// @throws IllegalArgumentException when it is empty, holds NUL or is not valid Unicode
    static String name(String name, String what) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("The " + what + " is empty; expected at least one character.");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == 0) {
                throw new IllegalArgumentException(
                        "The " + what + " holds NUL at index " + i + "; expected a name without NUL.");
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == name.length()
                        || !Character.isLowSurrogate(name.charAt(i + 1))) {
                    throw new IllegalArgumentException(
                            "The " + what + " holds an unpaired surrogate at index " + i + "; expected valid Unicode.");
                }
                i++;
            }
        }
        return name;
    }

    /// Length in UTF-8 of a name that was checked before.
    static int bytes(String name) {
        int bytes = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            // A surrogate is half of a pair that takes four bytes.
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }
}
