package dev.everfold.eventsourcing.snapshot;

import java.time.Duration;
import java.util.function.Predicate;

/// When a snapshot is due. Asked after each append and before its answer, so it has to be quick. Safe for
/// many threads.
@FunctionalInterface
public interface SnapshotPolicy<S> {

    /// Events between two snapshots, unless another number is given.
    int EVENTS_DEFAULT = 100;

    /// Whether one is due.
    boolean isDue(Progress<S> progress);

    /// Where a stream stands.
    ///
    /// @param state now
    /// @param events since its newest snapshot, or since its beginning where there is none; 1 or more
    /// @param age of its newest snapshot; where there is none, time since the stream was loaded
    record Progress<S>(S state, long events, Duration age) {}

    /// After so many events, 1 or more.
    static <S> SnapshotPolicy<S> every(int events) {
        if (events < 1) {
            throw new IllegalArgumentException("A snapshot every " + events + " events; expected 1 or more.");
        }
        return progress -> progress.events() >= events;
    }

    /// At the first append after the newest snapshot has become older than this.
    static <S> SnapshotPolicy<S> olderThan(Duration age) {
        return progress -> progress.age().compareTo(age) > 0;
    }

    /// After each append that leaves such a state, for example a closed one.
    static <S> SnapshotPolicy<S> when(Predicate<? super S> state) {
        return progress -> state.test(progress.state());
    }

    /// Due as soon as this or the other is.
    default SnapshotPolicy<S> or(SnapshotPolicy<S> other) {
        return progress -> isDue(progress) || other.isDue(progress);
    }
}
