package dev.everfold.eventsourcing.testing;

import java.util.List;
import java.util.stream.Collectors;

/// What came of a command in a specification.
sealed interface SpecAnswer<S, E> {

    S state();

    record Accepted<S, E>(List<E> events, S state) implements SpecAnswer<S, E> {}

    record Rejected<S, E>(String reason, S state) implements SpecAnswer<S, E> {}

    record Nothing<S, E>(S state) implements SpecAnswer<S, E> {}

    /// The events; none unless it was accepted.
    default List<E> accepted() {
        return this instanceof Accepted<S, E> accepted ? accepted.events() : List.of();
    }

    /// As it stands in messages.
    default String described() {
        return switch (this) {
            case Accepted<S, E> accepted -> describe(accepted.events());
            case Rejected<S, E> rejected -> "rejected: \"" + rejected.reason() + "\"";
            case Nothing<S, E> _ -> "nothing to do";
        };
    }

    static String describe(List<?> events) {
        return events.stream().map(String::valueOf).collect(Collectors.joining(", ", "events [", "]"));
    }
}
