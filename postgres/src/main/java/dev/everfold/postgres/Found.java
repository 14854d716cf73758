package dev.everfold.postgres;

import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.Appended;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a batch of appends is decided on: what was committed when the sequencer was taken, or is [known][KnownEnd]
/// to be.
///
/// @param nextPosition how many events there are
/// @param lastRecordedMicros the last recorded time; the lowest long = none
/// @param end how the log ends
/// @param remembered appends of the batch that were accepted before, however long ago
/// @param revisions last revision of each stream that the batch names; absent when it has no event
/// @param tracked last tracked position of each source that the batch names
/// @param matches lowest matching position of each condition that is met
record Found(
        long nextPosition,
        long lastRecordedMicros,
        LogEnd end,
        Map<UUID, Remembered> remembered,
        Map<String, Long> revisions,
        Map<String, Long> tracked,
        Map<NothingMatching, Long> matches) {

    /// An append that was accepted.
    ///
    /// @param number how many were accepted before it
    /// @param appended what it was given
    /// @param eventIds its events
    record Remembered(long number, Appended appended, List<UUID> eventIds) {}

    /// What there is at an end of the log, and nothing that speaks against the batch.
    static Found clear(long nextPosition, long lastRecordedMicros, LogEnd end, Map<String, Long> revisions) {
        return new Found(nextPosition, lastRecordedMicros, end, Map.of(), revisions, Map.of(), Map.of());
    }

    /// Number that the next accepted append gets.
    long nextNumber() {
        return end.appends();
    }

    @Nullable
    Long match(NothingMatching condition) {
        return matches.get(condition);
    }
}
