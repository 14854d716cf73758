package dev.everfold.eventsourcing;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/// What a [Decider] answers to a command. Import [#accept], [#reject] and [#nothing] statically.
///
/// @param <E> events of the decider
public sealed interface Decision<E> {

    /// The command happens: these events are to be stored, all or none.
    ///
    /// @param events in order; at least one
    record Accepted<E>(List<Decided<E>> events) implements Decision<E> {
        /// @throws IllegalArgumentException when there is no event
        public Accepted {
            events = List.copyOf(events);
            if (events.isEmpty()) {
                throw new IllegalArgumentException(
                        "A command was accepted without an event; expected at least one. Use Decision.nothing().");
            }
        }
    }

    /// The command is refused. Nothing is stored.
    ///
    /// @param reason for the one who gave the command
    record Rejected<E>(String reason) implements Decision<E> {}

    /// The command asks for nothing that is not so already. Nothing is stored.
    record Nothing<E>() implements Decision<E> {}

    /// The command happens, with these events in order.
    ///
    /// @throws IllegalArgumentException when there is none
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    static <E> Decision<E> accept(E... events) {
        return events.length == 1
                ? new Accepted<>(List.of(Decided.of(events[0])))
                : new Accepted<>(Arrays.stream(events).map(Decided::<E>of).toList());
    }

    /// The command happens, with events of which some say more: [#compensating], [Decided#occurredAt].
    ///
    /// @throws IllegalArgumentException when there is none
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    static <E> Decision<E> accept(Decided<E>... events) {
        return new Accepted<>(List.of(events));
    }

    /// The command happens with the events of the list in order; an empty list is [#nothing].
    static <E> Decision<E> acceptAll(List<? extends E> events) {
        return events.isEmpty()
                ? nothing()
                : new Accepted<>(events.stream().map(Decided::<E>of).toList());
    }

    /// The command is refused; the reason is for the one who gave it.
    static <E> Decision<E> reject(String reason) {
        return new Rejected<>(reason);
    }

    /// There is nothing to do.
    static <E> Decision<E> nothing() {
        return new Nothing<>();
    }

    /// An event that makes good an earlier one, of whatever stream, by its id:
    /// `accept(compensating(charge, new Refunded(cents)))`.
    static <E> Decided<E> compensating(UUID eventId, E event) {
        return Decided.of(event).compensating(eventId);
    }
}
