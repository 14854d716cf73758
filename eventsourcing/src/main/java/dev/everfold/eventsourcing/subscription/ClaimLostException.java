package dev.everfold.eventsourcing.subscription;

/// A step was refused since somebody else runs the consumer now. Nothing was changed; trying again does not
/// help, claiming again may.
public final class ClaimLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// @param consumer whose claim was lost
    /// @param because what was found, as the end of a sentence, for example `process "b" has claimed it`
    public ClaimLostException(String consumer, String because) {
        super("Consumer \"" + consumer + "\" does not go on here: " + because
                + ". Nothing of this step was changed; whoever runs it now does the step itself.");
    }
}
