package dev.everfold.eventsourcing.history;

/// The state of one stream after one of its events.
///
/// @param revision of that event, 0 or more
/// @param position of that event, 0 or more
public record StateAt<S>(S state, long revision, long position) {

    /// Place only; a state may be personal data.
    @Override
    public String toString() {
        return "StateAt[revision=" + revision + ", position=" + position + "]";
    }
}
