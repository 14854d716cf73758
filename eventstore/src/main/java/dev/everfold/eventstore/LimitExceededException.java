package dev.everfold.eventstore;

/// A request is larger than a limit of the store. Nothing was stored.
///
/// Thrown at the door by appends and reads. Trying again does not help; the message names the limit.
public final class LimitExceededException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    private final String limit;

    LimitExceededException(String what, long found, String unit, int max, String limit) {
        super(
                what + " has " + found + " " + unit + "; the limit is " + max + " (Limits." + limit + "). "
                        + advice(limit),
                Stored.NO,
                false,
                null);
        this.limit = limit;
    }

    /// For engines that are told of it by another process: a whole message, and the name of the limit.
    public LimitExceededException(String message, String limit) {
        super(message, Stored.NO, false, null);
        this.limit = limit;
    }

    /// Name of the component of [Limits] that was exceeded.
    public String limit() {
        return limit;
    }

    private static String advice(String limit) {
        return switch (limit) {
            case "eventBytesMax", "metadataBytesMax" -> "Store large data elsewhere and append a link.";
            case "appendBytesMax", "appendEventsMax" -> "Append in several steps.";
            case "conditionsMax", "queryTermsMax" -> "Ask for less at once.";
            case "tagsMax" -> "Use fewer.";
            default -> "Shorten it.";
        };
    }
}
