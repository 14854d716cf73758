package dev.everfold.kurrent.stream;

/// What a client expects of a stream before its append; immutable.
///
/// @param value a revision, 0 or more, or one of the constants' values
public record ExpectedState(long value) {

    /// The stream has no event, or was deleted.
    public static final ExpectedState NO_STREAM = new ExpectedState(-1);

    /// Anything.
    public static final ExpectedState ANY = new ExpectedState(-2);

    /// The stream has events or metadata, and was not deleted.
    public static final ExpectedState EXISTS = new ExpectedState(-4);

    /// The stream was deleted, and not appended to since.
    public static final ExpectedState DELETED = new ExpectedState(-5);

    /// The stream has a tombstone.
    public static final ExpectedState TOMBSTONED = new ExpectedState(-6);

    /// @throws IllegalArgumentException when it is none of these
    public ExpectedState {
        if (value < -6 || value == -3) {
            throw new IllegalArgumentException("The expected state " + value
                    + " is none; expected a revision, -1 (no stream), -2 (any), -4 (exists), -5 (deleted) or -6"
                    + " (tombstone).");
        }
    }

    /// That the stream's last event has this revision, 0 or more.
    public static ExpectedState revision(long revision) {
        if (revision < 0) {
            throw new IllegalArgumentException("The expected revision " + Long.toUnsignedString(revision)
                    + " is too large; expected 0.." + Long.MAX_VALUE + ".");
        }
        return new ExpectedState(revision);
    }

    /// For who is told that it did not hold.
    String words() {
        return switch ((int) Math.min(value, 0)) {
            case -1 -> "no stream";
            case -2 -> "anything";
            case -4 -> "one that exists";
            case -5 -> "a deleted one";
            case -6 -> "one with a tombstone";
            default -> "revision " + value;
        };
    }

    /// Whether a certain revision is expected, or none.
    boolean isExact() {
        return value >= NO_STREAM.value;
    }
}
