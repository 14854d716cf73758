package dev.everfold.eventsourcing;

import java.util.Optional;
import java.util.function.BiFunction;

/// A decider made of two functions.
record FunctionDecider<C, S, E>(
        S initial, BiFunction<C, S, Decision<E>> decide, BiFunction<S, E, S> evolve, Optional<Class<E>> eventClass)
        implements Decider<C, S, E> {

    @Override
    public Decision<E> decide(C command, S state) {
        return decide.apply(command, state);
    }

    @Override
    public S evolve(S state, E event) {
        return evolve.apply(state, event);
    }
}
