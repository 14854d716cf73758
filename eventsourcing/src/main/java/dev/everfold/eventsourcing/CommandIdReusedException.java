package dev.everfold.eventsourcing;

import dev.everfold.eventstore.EventStoreException;
import java.util.UUID;

/// A command came with the id of another command, which went to another stream. Nothing was stored by it.
///
/// Thrown by [DeciderHandler#handle] and [dev.everfold.eventsourcing.boundary.Boundary#decide]. Repeating it fails
/// again: give each command an id of its own.
public final class CommandIdReusedException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    /// @param stream where events of the command would go
    /// @param firstStream where an event with its id is
    /// @param position of that event
    public CommandIdReusedException(UUID command, String stream, String firstStream, long position) {
        super(
                "Command " + command + " for stream \"" + stream + "\" refused: this id was used for stream \""
                        + firstStream + "\" (position " + position
                        + "). Repeat a command unchanged, or give it a new id.",
                Stored.NO,
                false,
                null);
    }
}
