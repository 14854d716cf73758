package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventsourcing.codec.EventCodec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The names under which events of a class are stored, asked of the codec once for each class. Safe for many
/// threads; grows with the event types of the codec, no further.
final class StoredNames<E> {

    private final EventCodec<E> codec;
    private final Map<Class<?>, List<String>> names = new ConcurrentHashMap<>();

    StoredNames(EventCodec<E> codec) {
        this.codec = codec;
    }

    EventCodec<E> codec() {
        return codec;
    }

    /// @throws IllegalArgumentException when the codec has no such events
    List<String> of(Class<?> event) {
        return names.computeIfAbsent(event, this::ask);
    }

    @SuppressWarnings("unchecked") // the codec itself refuses a class that is none of its events
    private List<String> ask(Class<?> event) {
        return codec.typeNames((Class<? extends E>) event);
    }
}
