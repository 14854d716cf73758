package dev.everfold.kurrent.group;

import java.util.Optional;

/// A group and how it is doing; immutable. Places are revisions of its stream, or positions in our log.
///
/// @param key which
/// @param settings how it works
/// @param start where it begins, as it was asked for last
/// @param began the place of the first event that it looked at, or would look at if it had a client now
/// @param done everything before this place is done and will stay so after a crash
/// @param end the place after the last event that there is for the group
/// @param parked how many messages are set aside
/// @param figures what it does just now; empty when it has no client here
public record GroupInfo(
        GroupKey key,
        GroupSettings settings,
        GroupStart start,
        long began,
        long done,
        long end,
        long parked,
        Optional<GroupFigures> figures) {}
