package dev.everfold.eventstore;

import java.util.List;

/// What an accepted append was given.
///
/// @param fromPosition position of its first event; the store's next position then, when it had no events
/// @param revisions revision of each event in its stream, in the order of the append; event `i` has
///     position `fromPosition + i`
public record Appended(long fromPosition, List<Long> revisions) {

    /// Copies the list.
    public Appended {
        revisions = List.copyOf(revisions);
    }

    /// The position after its last event: half-open end of the range of its events.
    public long toPosition() {
        return fromPosition + revisions.size();
    }
}
