package dev.everfold.eventsourcing;

import java.lang.reflect.ParameterizedType;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;

/// What an event-sourced thing is: where it begins, what it answers to a command, and what an event makes
/// of it.
///
/// All three are pure: the same arguments give the same answer, nothing is changed and nobody else is
/// asked. A decision may be made more than once for one command (after a conflict), and an event is folded
/// again whenever the state is loaded. States and events are immutable values; records serve best.
///
/// @param <C> commands, as a rule a sealed interface of records
/// @param <S> the state
/// @param <E> events, a sealed interface of records
public interface Decider<C, S, E> {

    /// The state before the first event.
    S initial();

    /// The answer to a command in a state; nothing is stored by it.
    Decision<E> decide(C command, S state);

    /// The state after an event.
    S evolve(S state, E event);

    /// The class of `E`, from which the codec is made; empty when it cannot be told, in which case a codec
    /// has to be given ([Everfold#decider(String, Decider, dev.everfold.eventsourcing.codec.EventCodec)]).
    ///
    /// A class that implements `Decider<C, S, E>` with an `E` that is a class need not override this.
    default Optional<Class<E>> eventClass() {
        return Arrays.stream(getClass().getGenericInterfaces())
                .filter(type -> type instanceof ParameterizedType parameterized
                        && parameterized.getRawType() == Decider.class
                        && parameterized.getActualTypeArguments()[2] instanceof Class<?>)
                .map(type -> Decider.<E>cast((Class<?>) ((ParameterizedType) type).getActualTypeArguments()[2]))
                .findFirst();
    }

    /// A decider made of its three parts.
    ///
    /// The last parameter is left out: the compiler fills in an empty array, whose class is that of the
    /// events. That works wherever `E` is a class or interface, as in
    /// `Decider<AccountCommand, Account, AccountEvent> accounts = Decider.of(…)`.
    ///
    /// @throws IllegalArgumentException when something is passed for `none`
    @SafeVarargs
    static <C, S, E> Decider<C, S, E> of(
            S initial, BiFunction<C, S, Decision<E>> decide, BiFunction<S, E, S> evolve, E... none) {
        if (none.length > 0) {
            throw new IllegalArgumentException("Decider.of was given " + none.length
                    + " arguments after its three; expected none. They only tell the class of the events.");
        }
        Class<?> component = none.getClass().getComponentType();
        Optional<Class<E>> eventClass = component == Object.class ? Optional.empty() : Optional.of(cast(component));
        return new FunctionDecider<>(initial, decide, evolve, eventClass);
    }

    @SuppressWarnings("unchecked") // the compiler chose the class where it knew E
    private static <E> Class<E> cast(Class<?> type) {
        return (Class<E>) type;
    }
}
