package dev.everfold.eventsourcing.subscription;

import java.util.UUID;

/// A checkpoint does not fit the log, so a consumer would leave out events without a word. Nothing was changed.
public final class CheckpointRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private CheckpointRefusedException(String message) {
        super(message);
    }

    /// It counts in another history.
    public static CheckpointRefusedException lineage(String consumer, Checkpoint found, UUID lineage) {
        return new CheckpointRefusedException("The checkpoint of consumer \"" + consumer + "\" is position "
                + found.position() + " of log " + found.lineage() + ", but this is log " + lineage
                + ": it was restored or is another one. Rebuild what the consumer keeps, or give it another name.");
    }

    /// It lies beyond the end of the log.
    public static CheckpointRefusedException ahead(String consumer, Checkpoint found, long nextPosition) {
        return new CheckpointRefusedException("The checkpoint of consumer \"" + consumer + "\" is position "
                + found.position() + ", but the log ends at " + nextPosition
                + ": events that it has handled are missing. Bring the log back, or rebuild what the consumer keeps.");
    }
}
