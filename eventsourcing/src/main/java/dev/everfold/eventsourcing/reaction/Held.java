package dev.everfold.eventsourcing.reaction;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// An instance in memory: what is recorded, and which of its commands are answered.
///
/// @param recorded as of its last record
/// @param answered ids of its commands that need not be sent again
record Held<S>(Recorded<S> recorded, Set<UUID> answered) {

    static <S> Held<S> of(Recorded<S> recorded) {
        return new Held<>(recorded, ConcurrentHashMap.newKeySet());
    }
}
