package dev.everfold.eventsourcing.history;

import java.util.Optional;

/// Where states were saved on the way, so that not every event has to be folded. Safe for many threads.
@FunctionalInterface
public interface SavedStates<S> {

    /// The newest saved state of a stream after an event below `toRevision`; empty where there is none.
    Optional<StateAt<S>> newest(String stream, long toRevision);
}
