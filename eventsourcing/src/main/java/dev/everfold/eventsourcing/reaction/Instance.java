package dev.everfold.eventsourcing.reaction;

import java.util.List;

/// One instance of a reaction, as it was recorded last.
///
/// @param key which one
/// @param state after the last input that changed something
/// @param timers that are pending, in the order in which they were set
/// @param ended whether it is done ([Action.End])
/// @param handled position of the last event that changed something; -1 where there was none
public record Instance<S>(String key, S state, List<Timer> timers, boolean ended, long handled) {

    /// Copies the list.
    public Instance {
        timers = List.copyOf(timers);
    }
}
