package dev.everfold.eventsourcing.history;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import java.util.function.BiFunction;

/// Makes states of stored events.
///
/// @param initial the state before the first event
/// @param evolve the state after one more event
record Fold<S, E>(EventCodec<E> codec, S initial, BiFunction<? super S, ? super E, ? extends S> evolve) {

    /// The state after one more stored event, which may hold several events, or none.
    S after(S state, RecordedEvent event) {
        return after(state, codec.decode(event));
    }

    S after(S state, List<E> events) {
        S evolved = state;
        for (E event : events) {
            evolved = evolve.apply(evolved, event);
        }
        return evolved;
    }

    /// Whether the system wrote it and the application did not register it: for every reader it is not there.
    boolean isOfTheSystem(RecordedEvent event) {
        return event.type().startsWith("$") && codec.decode(event).isEmpty();
    }
}
