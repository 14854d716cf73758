package dev.everfold.eventsourcing.testing;

import dev.everfold.eventsourcing.Decided;
import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.Decision;
import java.util.List;

/// Without a store: fold, decide, fold.
record PureRun<C, S, E>(Decider<C, S, E> decider) implements SpecRun<C, S, E> {

    @Override
    public SpecAnswer<S, E> handle(List<E> given, C command) {
        S state = fold(decider, decider.initial(), given);
        return switch (decider.decide(command, state)) {
            case Decision.Accepted<E>(var decided) -> {
                List<E> events = decided.stream().map(Decided::event).toList();
                yield new SpecAnswer.Accepted<>(events, fold(decider, state, events));
            }
            case Decision.Rejected<E>(String reason) -> new SpecAnswer.Rejected<>(reason, state);
            case Decision.Nothing<E> _ -> new SpecAnswer.Nothing<>(state);
        };
    }

    static <S, E> S fold(Decider<?, S, E> decider, S from, List<E> events) {
        S state = from;
        for (E event : events) {
            state = decider.evolve(state, event);
        }
        return state;
    }
}
