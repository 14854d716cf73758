package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.CommandContext;

/// Hands commands to whoever handles them. Safe for many threads.
@FunctionalInterface
public interface CommandSender<C> {

    /// Hands a command over and returns when it is known what became of it.
    ///
    /// It is called again with the same command id after a crash or a failure, so a second call with
    /// an id must have no second effect. Whatever it throws counts as a failure of the event: the
    /// command is sent again, until the event is parked. A retryable
    /// [dev.everfold.eventstore.EventStoreException] and a
    /// [dev.everfold.eventstore.AppendConflictException] pass: the command is sent until they do, and
    /// no event is parked. It is interrupted when it takes longer than
    /// [Reaction#answerMax(java.time.Duration)].
    ///
    /// @param id of the one the command is for
    /// @param context has the command's id, the event that caused it, and the correlation
    Answer send(String id, C command, CommandContext context);
}
