package dev.everfold.eventsourcing;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The decider of an application, whose answers are there: a state that is null would be found out by the next
/// command, when the event that it was made of is stored for good.
///
/// @param category of its streams, for messages
record CheckedDecider<C, S, E>(String category, Decider<C, S, E> decider) implements Decider<C, S, E> {

    @Override
    public S initial() {
        return decider.initial();
    }

    @Override
    public Decision<E> decide(C command, S state) {
        return there(decider.decide(command, state), "decides null on", command, "a Decision, such as nothing()");
    }

    @Override
    public S evolve(S state, E event) {
        return there(decider.evolve(state, event), "makes null of", event, "the state after it");
    }

    @Override
    public Optional<Class<E>> eventClass() {
        return decider.eventClass();
    }

    private <A> A there(@Nullable A answer, String does, Object with, String expected) {
        if (answer == null) {
            throw new IllegalStateException("The decider of \"" + category + "\" " + does + " "
                    + with.getClass().getSimpleName() + "; expected " + expected + ".");
        }
        return answer;
    }
}
