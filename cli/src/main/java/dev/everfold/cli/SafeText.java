package dev.everfold.cli;

/// Text that a terminal only shows. Events may hold anything, also sequences that move the cursor,
/// change the title or turn the direction of writing; what is not to be seen is spelled out.
final class SafeText {

    private SafeText() {}

    /// The text with control characters, line ends and marks of direction as escapes such as `\n` and
    /// `\u001b`.
    static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isUnsafe(text, i)) {
                return escaped(text, i);
            }
        }
        return text;
    }

    /// The text on one line of at most so many characters; what does not fit is replaced by `…`.
    static String shortened(String text, int charactersMax) {
        // Escapes only make it longer, so no more than this can be seen.
        boolean isLong = text.length() > 2 * charactersMax + 2;
        String safe = of(isLong ? text.substring(0, 2 * charactersMax + 1) : text);
        if (safe.codePointCount(0, safe.length()) <= charactersMax) {
            return safe;
        }
        return charactersMax < 1 ? "" : safe.substring(0, safe.offsetByCodePoints(0, charactersMax - 1)) + "…";
    }

    private static String escaped(String text, int firstUnsafe) {
        StringBuilder safe = new StringBuilder(text.length() + 16).append(text, 0, firstUnsafe);
        for (int i = firstUnsafe; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isUnsafe(text, i)) {
                safe.append(c);
            } else if (c == '\n') {
                safe.append("\\n");
            } else if (c == '\r') {
                safe.append("\\r");
            } else if (c == '\t') {
                safe.append("\\t");
            } else {
                safe.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    safe.append(Character.forDigit((c >> shift) & 0xf, 16));
                }
            }
        }
        return safe.toString();
    }

    private static boolean isUnsafe(String text, int index) {
        char c = text.charAt(index);
        if (c < 0x7f) {
            return c < 0x20;
        }
        if (Character.isSurrogate(c)) {
            return Character.isHighSurrogate(c)
                    ? index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1))
                    : index == 0 || !Character.isHighSurrogate(text.charAt(index - 1));
        }
        return c < 0xa0
                || c == 0x061c
                || (c >= 0x200e && c <= 0x200f)
                || (c >= 0x2028 && c <= 0x202e)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0xfeff;
    }
}
