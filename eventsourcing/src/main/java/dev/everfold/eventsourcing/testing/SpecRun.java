package dev.everfold.eventsourcing.testing;

import java.util.List;

/// How a specification gives a command.
interface SpecRun<C, S, E> {

    /// Gives the command after these events.
    SpecAnswer<S, E> handle(List<E> given, C command);
}
