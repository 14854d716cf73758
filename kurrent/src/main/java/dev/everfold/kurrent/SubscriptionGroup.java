package dev.everfold.kurrent;

import dev.everfold.kurrent.group.GroupFigures;
import dev.everfold.kurrent.group.GroupInfo;
import java.util.Optional;

/// A group of persistent subscriptions, and how it is doing; immutable. Places are revisions of
/// its stream, or positions in the log.
///
/// @param stream whose events it gets; `$all` = the log
/// @param group its name
/// @param strategy who of its clients gets a message
/// @param clients how many there are at this server
/// @param inFlight messages that its clients have not answered yet
/// @param done everything before this place is done
/// @param end the place after the last event that there is for the group
/// @param parked messages that were set aside
/// @param parkedStream the stream with links to them
public record SubscriptionGroup(
        String stream,
        String group,
        String strategy,
        int clients,
        int inFlight,
        long done,
        long end,
        long parked,
        String parkedStream) {

    static SubscriptionGroup of(GroupInfo info) {
        Optional<GroupFigures> figures = info.figures();
        return new SubscriptionGroup(
                info.key().stream(),
                info.key().group(),
                info.settings().strategy().label(),
                figures.map(now -> now.subscribers().size()).orElse(0),
                figures.map(GroupFigures::inFlight).orElse(0),
                info.done(),
                info.end(),
                info.parked(),
                info.key().parkedStream());
    }
}
