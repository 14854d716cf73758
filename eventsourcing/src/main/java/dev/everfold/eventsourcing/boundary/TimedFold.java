package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventsourcing.codec.EventContext;

/// Takes one event into a state, knowing when and where it was recorded.
///
/// @param <S> the state
/// @param <T> the event
@FunctionalInterface
public interface TimedFold<S, T> {

    /// The state after the event. A function of its arguments: it asks no clock.
    S apply(S state, T event, EventContext context);
}
