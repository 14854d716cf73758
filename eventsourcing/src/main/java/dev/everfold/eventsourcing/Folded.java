package dev.everfold.eventsourcing;

import java.time.Instant;

/// The state of one stream at one of its revisions. Immutable, safe to share.
///
/// @param state after the event at `revision`
/// @param revision of the last event that was folded; -1 = none
/// @param position of the last event that was folded; -1 = none
/// @param snapshotRevision revision of the newest snapshot known of; -1 = none
/// @param snapshotTaken when that was taken; when the stream was first loaded where there is none
record Folded<S>(S state, long revision, long position, long snapshotRevision, Instant snapshotTaken) {

    static final long NONE = -1;

    /// The state before the first event.
    static <S> Folded<S> initial(S state, Instant loaded) {
        return new Folded<>(state, NONE, NONE, NONE, loaded);
    }

    /// The state after more events.
    Folded<S> after(S newState, long newRevision, long newPosition) {
        return new Folded<>(newState, newRevision, newPosition, snapshotRevision, snapshotTaken);
    }

    /// The same state, of which a snapshot is taken.
    Folded<S> snapshotTakenAt(Instant time) {
        return new Folded<>(state, revision, position, revision, time);
    }

    /// How many events were folded since the newest snapshot known of, or since the first event.
    long eventsSinceSnapshot() {
        return revision - snapshotRevision;
    }
}
