package dev.everfold.eventsourcing.reaction;

import java.time.Duration;
import java.time.Instant;

/// What is to be done after an input. Import the factories statically.
public sealed interface Action {

    /// Sends a command once it is recorded that it is to be sent.
    ///
    /// @param target where to
    /// @param id of the one it is for
    /// @param command what is asked for
    record Send<C>(CommandTarget<C> target, String id, C command) implements Action {
        /// @throws IllegalArgumentException when the id is empty
        public Send {
            if (id.isEmpty()) {
                throw new IllegalArgumentException("A command for \"" + target.name() + "\" has an empty id; expected"
                        + " that of the one it is for.");
            }
        }
    }

    /// Sets a timer, in place of one that has the same name.
    ///
    /// @param name unique in the instance; not empty
    /// @param due when it is due
    record SetTimer(String name, Due due) implements Action {
        /// @throws IllegalArgumentException when the name is empty
        public SetTimer {
            if (name.isEmpty()) {
                throw new IllegalArgumentException(
                        "A timer has an empty name; expected one that is unique in the" + " instance.");
            }
        }
    }

    /// Forgets a timer, if it is pending.
    ///
    /// @param name of the timer
    record CancelTimer(String name) implements Action {}

    /// The instance is done: its timers are forgotten, those that are set with this too, and whatever
    /// comes for its key later is ignored, refusals of its last commands too. One that is to go on with
    /// later events goes back to its initial state instead.
    record End() implements Action {}

    /// When a timer is due.
    sealed interface Due {

        /// At a time. One that has passed is due at once.
        record At(Instant time) implements Due {}

        /// So long after the time of the input ([Input#time]).
        record After(Duration duration) implements Due {}
    }

    /// Sends a command once it is recorded that it is to be sent.
    static <C> Action send(CommandTarget<C> target, String id, C command) {
        return new Send<>(target, id, command);
    }

    /// Sets a timer that is due so long after the input, in place of one that has the same name.
    static Action timer(String name, Duration after) {
        return new SetTimer(name, new Due.After(after));
    }

    /// Sets a timer that is due at a time, in place of one that has the same name.
    static Action timer(String name, Instant at) {
        return new SetTimer(name, new Due.At(at));
    }

    /// Forgets a timer, if it is pending.
    static Action cancelTimer(String name) {
        return new CancelTimer(name);
    }

    /// The instance is done; see [End].
    static Action end() {
        return new End();
    }
}
