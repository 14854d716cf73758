package dev.everfold.eventsourcing.reaction;

import java.util.List;

/// What an instance makes of an input: its new state, and what is to be done, in order.
///
/// Without an action and with a state that equals the one before, nothing is recorded.
///
/// @param state from now on
/// @param actions in order; none where there is nothing to do
public record Reacted<S>(S state, List<Action> actions) {

    /// Copies the list.
    public Reacted {
        actions = List.copyOf(actions);
    }

    /// A state and what is to be done.
    public static <S> Reacted<S> to(S state, Action... actions) {
        return new Reacted<>(state, List.of(actions));
    }
}
