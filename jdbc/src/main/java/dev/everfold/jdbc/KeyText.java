package dev.everfold.jdbc;

import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keys of events as text that every database keeps: what PostgreSQL does not know (NUL) and what UTF-8 cannot hold
/// (half of a surrogate pair) is written as an escape character and four hexadecimal digits, and so is that character
/// itself. A key is made of whatever an event holds, and must be found again as it was.
final class KeyText {

    private static final char ESCAPE = '\u001B';
    private static final Pattern UNSTORABLE = Pattern.compile("[\\x00\\x1B\\p{Cs}]");
    private static final Pattern ESCAPED = Pattern.compile("\\x1B([0-9A-F]{4})");

    private KeyText() {}

    static String stored(String key) {
        return UNSTORABLE
                .matcher(key)
                .replaceAll(found -> ESCAPE
                        + HexFormat.of()
                                .withUpperCase()
                                .toHexDigits(found.group().charAt(0)));
    }

    static String read(String stored) {
        return ESCAPED.matcher(stored)
                .replaceAll(found ->
                        Matcher.quoteReplacement(String.valueOf((char) HexFormat.fromHexDigits(found.group(1)))));
    }
}
