package dev.everfold.eventsourcing.internal;

/// Failures in one line.
final class Causes {

    private static final int CHARS_MAX = 1_000;

    private Causes() {}

    /// Class and message of the failure, or of what it wraps when it has no words of its own; at most 1,000
    /// characters, line breaks as spaces.
    static String line(Throwable failure) {
        Throwable told = failure;
        while (told.getMessage() == null && told.getCause() != null) {
            told = told.getCause();
        }
        String message = told.getMessage();
        String line = told.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        String flat = line.replaceAll("\\s+", " ").strip();
        return flat.length() <= CHARS_MAX ? flat : flat.substring(0, CHARS_MAX - 1) + "…";
    }
}
