package dev.everfold.eventsourcing.internal;

import java.util.regex.Pattern;

/// Failures in one line.
final class Causes {

    private static final int CHARS_MAX = 1_000;

    /// Half of a surrogate pair: a pair is one code point to a pattern.
    private static final Pattern UNPAIRED = Pattern.compile("\\p{Cs}");

    private Causes() {}

    /// Class and message of the failure, or of what it wraps when it has no words of its own; at most 1,000
    /// characters, line breaks as spaces. Valid Unicode, whatever the message holds: it is stored.
    static String line(Throwable failure) {
        Throwable told = failure;
        while (told.getMessage() == null && told.getCause() != null) {
            told = told.getCause();
        }
        String message = told.getMessage();
        String line = told.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        String flat = UNPAIRED.matcher(line.replaceAll("\\s+", " ").strip()).replaceAll("\uFFFD");
        if (flat.length() <= CHARS_MAX) {
            return flat;
        }
        int end = CHARS_MAX - 1;
        return flat.substring(0, Character.isHighSurrogate(flat.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
