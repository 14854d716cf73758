package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.codec.EventContext;
import java.time.Instant;

/// What an instance of a reaction is told. All of it stands in the log, so it comes in the order of the log.
///
/// @param <E> events of the application
public sealed interface Input<E> {

    /// Which instance it is for.
    String key();

    /// When it happened: the only time that a reaction knows.
    Instant time();

    /// Something happened.
    ///
    /// @param event what
    /// @param key which instance it is for
    /// @param context place, time and metadata of the event
    record Happened<E>(E event, String key, EventContext context) implements Input<E> {
        @Override
        public Instant time() {
            return context.occurred();
        }
    }

    /// The time of a timer has come. It is not pending any more.
    ///
    /// @param name of the timer
    /// @param key which instance it is for
    /// @param time for when it was set; it may be told later, never earlier
    record TimerDue<E>(String name, String key, Instant time) implements Input<E> {}

    /// A command of this instance was refused; nothing of it happened, nor ever will.
    ///
    /// @param target where it was sent
    /// @param id of the one it was sent to
    /// @param command as it was sent
    /// @param reason as the target gave it
    /// @param key which instance it is for
    /// @param time when that was recorded
    record Rejected<E>(String target, String id, Object command, String reason, String key, Instant time)
            implements Input<E> {}
}
