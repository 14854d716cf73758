package dev.everfold.kurrent.group;

import java.util.List;
import java.util.SequencedMap;

/// What a group that has clients does just now; immutable.
///
/// @param isLive whether it has caught up
/// @param perSecond messages given to clients, on average
/// @param total messages given to clients
/// @param sinceLastLook messages given to clients since these figures were last asked for
/// @param waiting messages that no client was given yet
/// @param retrying messages that are to be given again
/// @param inFlight messages that clients have not answered yet
/// @param subscribers its clients
public record GroupFigures(
        boolean isLive,
        int perSecond,
        long total,
        long sinceLastLook,
        int waiting,
        int retrying,
        int inFlight,
        List<OfSubscriber> subscribers) {

    private static final double MILLIS = 1_000;

    /// Copies the list.
    public GroupFigures {
        subscribers = List.copyOf(subscribers);
    }

    static int perSecond(long count, long millis) {
        return (int) Math.min(Integer.MAX_VALUE, Math.round(count * MILLIS / Math.max(1, millis)));
    }

    /// What one client does.
    ///
    /// @param identity who it is
    /// @param perSecond messages given to it, on average
    /// @param total messages given to it
    /// @param sinceLastLook messages given to it since these figures were last asked for
    /// @param availableSlots how many more it takes before it answers one
    /// @param inFlight how many it has not answered yet
    /// @param answerMillis how long its last 1,000 answers took, by KurrentDB's names; empty = none yet
    public record OfSubscriber(
            Subscriber.Identity identity,
            int perSecond,
            long total,
            long sinceLastLook,
            int availableSlots,
            int inFlight,
            SequencedMap<String, Long> answerMillis) {}
}
