package dev.everfold.eventsourcing.reaction;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// What becomes of an instance by one event. For one thread.
final class Change<E, S> {

    /// What one event may lead to at most, so that a record stays well below the limit of an event.
    static final int COMMANDS_MAX = 100;

    /// What one instance may have pending at most.
    static final int TIMERS_MAX = 100;

    private final Reaction<E, S> reaction;
    private final String key;
    private final Recorded.Handled handled;
    private final Recorded<S> before;

    private final Map<String, Timer> timers = new LinkedHashMap<>();
    private final List<Outgoing> commands = new ArrayList<>();
    private S state;
    private boolean ended;

    Change(Reaction<E, S> reaction, String key, Recorded.Handled handled, Recorded<S> before) {
        this.reaction = reaction;
        this.key = key;
        this.handled = handled;
        this.before = before;
        this.state = before.state();
        before.timers().forEach(timer -> timers.put(timer.name(), timer));
    }

    /// Takes a timer that is due; false when it is not pending any more.
    boolean takeTimer(Timer due) {
        return timers.remove(due.name(), due);
    }

    /// Lets the instance react. Nothing more happens to one that has ended.
    void apply(Input<E> input) {
        if (ended) {
            return;
        }
        Reacted<S> reacted = reaction.react(state, input);
        state = reacted.state();
        reacted.actions().forEach(action -> apply(action, input));
    }

    private void apply(Action action, Input<E> input) {
        switch (action) {
            case Action.Send<?>(var target, var id, var command) -> {
                requireAtMost(COMMANDS_MAX, commands.size() + 1, "commands after one event");
                commands.add(new Outgoing(
                        target.name(),
                        id,
                        ReactionEvents.commandId(reaction.name(), key, handled, commands.size()),
                        reaction.target(target.name()).encode(command)));
            }
            case Action.SetTimer(var name, var due) -> {
                timers.remove(name);
                requireAtMost(TIMERS_MAX, timers.size() + 1, "pending timers");
                Instant time = switch (due) {
                    case Action.Due.At(Instant at) -> at;
                    case Action.Due.After(var duration) -> input.time().plus(duration);
                };
                timers.put(name, new Timer(name, time.truncatedTo(ChronoUnit.MICROS), handled.position()));
            }
            case Action.CancelTimer(String name) -> timers.remove(name);
            case Action.End() -> {
                ended = true;
                timers.clear();
            }
        }
    }

    private void requireAtMost(int max, int found, String what) {
        if (found > max) {
            throw new IllegalStateException("Reaction \"" + reaction.name() + "\" has " + found + " " + what
                    + "; the limit is " + max + ". Give the work to several instances.");
        }
    }

    boolean isNothing() {
        return !ended
                && commands.isEmpty()
                && state.equals(before.state())
                && List.copyOf(timers.values()).equals(before.timers());
    }

    /// The instance as it is to be recorded.
    Recorded<S> recorded(UUID correlation) {
        UUID id = ReactionEvents.recordId(reaction.name(), key, handled);
        // One that was redriven late does not move the instance back: events after it would be handled again.
        Recorded.Handled last = handled.position() < before.input().position() ? before.input() : handled;
        List<Timer> pending = ended ? List.of() : List.copyOf(timers.values());
        return new Recorded<>(-1, -1, id, last, correlation, state, pending, commands, ended);
    }
}
