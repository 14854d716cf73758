package dev.everfold.eventstore;

import org.jspecify.annotations.Nullable;

/// There is no room for more. Nothing of the append was stored; reads go on.
///
/// Thrown by [EventStore#append(Append)] and when a store is created. Appends succeed again once there
/// is room.
public final class StorageFullException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    private final String where;

    /// For engines: `where` names the place that is full.
    public StorageFullException(String where, @Nullable Throwable cause) {
        super(
                "No space left for appends in " + where + "; nothing was stored. Free space there; appends then go on.",
                Stored.NO,
                true,
                cause);
        this.where = where;
    }

    /// The place that is full.
    public String where() {
        return where;
    }
}
