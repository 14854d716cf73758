package dev.everfold.server.state;

import dev.everfold.eventstore.RecordedEvent;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/// How the events of a stream are folded into a state that people can look at.
///
/// ```java
/// new Reducer<>(() -> new Account(0), (account, event) -> account.apply(codec.decode(event)), json::write)
/// ```
///
/// @param initial the state before the first event; called for each fold, so that it may be changed
/// @param fold the state after an event
/// @param json the state as JSON
/// @param <S> the state
public record Reducer<S>(Supplier<S> initial, BiFunction<S, RecordedEvent, S> fold, Function<S, String> json) {}
