package dev.everfold.kurrent.stream;

/// What a client may not do, or not as things are. Nothing was stored; trying the same again is of no use.
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Why.
    public enum Reason {
        /// The caller has no permission.
        ACCESS_DENIED,
        /// The stream has a tombstone.
        STREAM_DELETED,
        /// The stream is not where it was expected.
        WRONG_VERSION
    }

    private final Reason reason;
    private final String stream;
    private final long expected;
    private final long actual;

    private RefusedException(Reason reason, String message, String stream, long expected, long actual) {
        super(message, null, false, false);
        this.reason = reason;
        this.stream = stream;
        this.expected = expected;
        this.actual = actual;
    }

    static RefusedException accessDenied(String message) {
        return new RefusedException(Reason.ACCESS_DENIED, message, "", 0, 0);
    }

    static RefusedException streamDeleted(String stream) {
        String message = "The stream \"" + stream + "\" has a tombstone; expected one that has none.";
        return new RefusedException(Reason.STREAM_DELETED, message, stream, 0, 0);
    }

    /// The refusal of an append to one stream, as an exception.
    public static RefusedException of(Violation violation) {
        if (violation.isTombstoned()) {
            return streamDeleted(violation.stream());
        }
        String message = "The stream \"" + violation.stream() + "\" is not where it was expected: expected "
                + expected(violation) + ", found " + found(violation) + ". Read it again and decide again.";
        return new RefusedException(
                Reason.WRONG_VERSION,
                message,
                violation.stream(),
                violation.expected().value(),
                violation.lastRevision());
    }

    private static String expected(Violation violation) {
        // Where nothing is, only a deletion is refused that expects anything or nothing.
        boolean hasNothing = violation.lastRevision() < 0;
        boolean takesNothing = violation.expected().equals(ExpectedState.ANY)
                || violation.expected().equals(ExpectedState.NO_STREAM);
        return hasNothing && takesNothing
                ? "one that has events or metadata"
                : violation.expected().words();
    }

    private static String found(Violation violation) {
        if (violation.lastRevision() < 0) {
            return "no stream";
        }
        return (violation.isDeleted() ? "a deleted one of revision " : "revision ") + violation.lastRevision();
    }

    /// Why.
    public Reason reason() {
        return reason;
    }

    /// Which stream; empty when permission is missing.
    public String stream() {
        return stream;
    }

    /// With a wrong version, the value of the [ExpectedState].
    public long expected() {
        return expected;
    }

    /// With a wrong version, the stream's last revision; -1 when it has no event.
    public long actual() {
        return actual;
    }
}
