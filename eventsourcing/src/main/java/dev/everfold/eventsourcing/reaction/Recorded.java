package dev.everfold.eventsourcing.reaction;

import java.util.List;
import java.util.UUID;

/// An instance as its last `$reaction.reacted` says.
///
/// @param position of that event; -1 where there is none
/// @param revision of that event in the stream of the instance; -1 where there is none
/// @param id of that event
/// @param input which event was handled by it
/// @param correlation that of the first event of the instance
/// @param timers that are pending
/// @param commands that it decided to send
record Recorded<S>(
        long position,
        long revision,
        UUID id,
        Handled input,
        UUID correlation,
        S state,
        List<Timer> timers,
        List<Outgoing> commands,
        boolean ended) {

    /// Which event was handled.
    ///
    /// @param position -1 where there was none
    record Handled(long position, UUID id) {}

    private static final UUID NOBODY = new UUID(0, 0);
    private static final Handled NOTHING = new Handled(-1, NOBODY);

    Recorded {
        timers = List.copyOf(timers);
        commands = List.copyOf(commands);
    }

    static <S> Recorded<S> none(S initial) {
        return new Recorded<>(-1, -1, NOBODY, NOTHING, NOBODY, initial, List.of(), List.of(), false);
    }

    boolean isNew() {
        return position < 0;
    }

    Recorded<S> at(long newPosition, long newRevision) {
        return new Recorded<>(newPosition, newRevision, id, input, correlation, state, timers, commands, ended);
    }
}
