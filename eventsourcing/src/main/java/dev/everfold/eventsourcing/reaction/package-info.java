/// Reactions: events lead to commands, with a state of their own, timers that outlive the process, and compensation
/// where a later step fails. Others call them process managers or sagas.
///
/// Start with [Reaction], a pure function from a state and an [Input] to [Reacted]: a new state and [Action]s.
/// Commands go to a [CommandTarget], which [Reaction#to] binds to a handler.
/// [dev.everfold.eventsourcing.Everfold#start(Reaction)] makes a [RunningReaction] of it.
///
/// All that happens to an instance is an event, and the loop of consumers handles events in the order of the log:
/// those of the application, `$reaction.due` where the time of a timer has come, `$reaction.rejected` where a command
/// was refused. What an instance makes of one is a `$reaction.reacted` in its stream `$reaction.NAME-KEY`, and only
/// then the commands in it are sent. `ReactionEvents` says what these events hold, `Instances` how they are read and
/// appended, `Sending` how commands are sent, `Timers` when time has come.
@NullMarked
package dev.everfold.eventsourcing.reaction;

import org.jspecify.annotations.NullMarked;
