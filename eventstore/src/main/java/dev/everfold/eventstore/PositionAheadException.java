package dev.everfold.eventstore;

/// A condition, checkpoint or read begins beyond the end of the log. Nothing was stored.
///
/// It was made with another store or with one that was restored to an earlier state since: compare
/// [EventStore#lineage()]. Trying again does not help.
public final class PositionAheadException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    private final String what;
    private final long position;
    private final long nextPosition;

    /// For engines: `what` is the thing that begins ahead, for example "Condition" or "Read".
    public PositionAheadException(String what, long position, long nextPosition) {
        super(
                what + " from position " + position + " refused: the log ends at next position " + nextPosition
                        + ". The position is of another store or from before a restore; compare the lineage.",
                Stored.NO,
                false,
                null);
        this.what = what;
        this.position = position;
        this.nextPosition = nextPosition;
    }

    /// The thing that begins ahead, for example "Condition" or "Read".
    public String what() {
        return what;
    }

    /// The position that was asked for.
    public long position() {
        return position;
    }

    /// The store's next position then.
    public long nextPosition() {
        return nextPosition;
    }
}
