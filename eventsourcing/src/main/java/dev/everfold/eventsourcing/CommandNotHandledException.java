package dev.everfold.eventsourcing;

import dev.everfold.eventstore.EventStoreException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A command's turn did not come: others of the same stream were before it. Nothing was stored by it, and
/// it was not decided.
///
/// Thrown by [DeciderHandler#handle]. It may be repeated.
public final class CommandNotHandledException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    private CommandNotHandledException(String message, @Nullable Throwable cause) {
        super(message, Stored.NO, true, cause);
    }

    static CommandNotHandledException interrupted(String stream, InterruptedException cause) {
        return new CommandNotHandledException(
                "A command for stream \"" + stream + "\" was interrupted while it waited for earlier ones;"
                        + " nothing was stored. Repeat it.",
                cause);
    }

    static CommandNotHandledException waitedTooLong(String stream, Duration waitMax) {
        return new CommandNotHandledException(
                "A command for stream \"" + stream + "\" waited for earlier ones longer than "
                        + waitMax.toMillis()
                        + " ms (EverfoldOptions.commandWaitMax); nothing was stored."
                        + " Repeat it when there is less to do.",
                null);
    }
}
