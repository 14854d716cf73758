package dev.everfold.eventstore;

import java.util.UUID;

/// An append id that the store remembers came again with other events. Nothing was stored by this call;
/// what was stored under the id before stays.
///
/// Thrown by [EventStore#append(Append)]. Repeating it fails again: give each append an id of its own.
public final class AppendIdReusedException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    private final UUID appendId;

    @SuppressWarnings("serial") // a record; exceptions are not sent by Java serialization
    private final Appended first;

    /// For engines.
    public AppendIdReusedException(UUID appendId, Appended first) {
        super(
                "Append " + appendId + " refused: this id was used for the "
                        + first.revisions().size()
                        + " events at positions [" + first.fromPosition() + ", " + first.toPosition()
                        + ") with other event ids. Repeat an append unchanged, or give it a new id.",
                Stored.NO,
                false,
                null);
        this.appendId = appendId;
        this.first = first;
    }

    /// The id that came again.
    public UUID appendId() {
        return appendId;
    }

    /// What was given to the append that came first.
    public Appended first() {
        return first;
    }
}
