package dev.everfold.kurrent.group;

import java.util.Optional;

/// A group as it was made and changed since; immutable.
///
/// @param key which
/// @param settings how it works
/// @param filter which events of the log; empty = every one, or those of a stream
/// @param start where it began
/// @param generation tells it from an earlier group of the same name
/// @param version tells it from the same group before an update
/// @param parkedFrom revision in the parked stream before which messages are of an earlier group of the same name
/// @param replayTo revision in the parked stream before which messages are to be given again
record GroupDefinition(
        GroupKey key,
        GroupSettings settings,
        Optional<GroupFilter> filter,
        GroupStart start,
        long generation,
        long version,
        long parkedFrom,
        long replayTo) {

    GroupDefinition updated(GroupSettings newSettings, GroupStart newStart, long newVersion) {
        return new GroupDefinition(key, newSettings, filter, newStart, generation, newVersion, parkedFrom, replayTo);
    }

    GroupDefinition replaying(long to) {
        return new GroupDefinition(
                key, settings, filter, start, generation, version, parkedFrom, Math.max(replayTo, to));
    }
}
