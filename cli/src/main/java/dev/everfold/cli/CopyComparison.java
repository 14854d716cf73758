package dev.everfold.cli;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.LongConsumer;

/// Compares a store with its copy, event by event and byte by byte.
///
/// @param source the store that is copied
/// @param target the copy, or what there is of it
record CopyComparison(EventStore source, EventStore target) {

    /// How many events are compared where not all of them are: the first, the last, and some in between.
    static final int SOME = 64;

    private static final int EVENTS_PER_CALL = 1_024;

    private static final String ADVICE = " Something else was appended to one of them: name another target.";

    /// Makes sure that what the target holds is a beginning of what the source holds.
    ///
    /// @param tracked what the source tracks
    /// @throws CommandException when it is not
    void requireBeginning(SortedMap<String, Long> tracked) {
        UUID expected = source.lineage();
        UUID found = target.lineage();
        if (!found.equals(expected)) {
            throw refused("The target holds another history than the source: expected lineage " + expected + ", found "
                    + found + ". Name a target that is not there yet, or an unfinished copy of this source.");
        }
        long events = target.nextPosition();
        if (events > source.nextPosition()) {
            throw refused("The target has " + events + " events, the source " + source.nextPosition()
                    + "; expected no more than in the source." + ADVICE);
        }
        some(events);
        for (Map.Entry<String, Long> entry : target.trackedPositions().entrySet()) {
            Long position = tracked.get(entry.getKey());
            if (position == null || entry.getValue() > position) {
                throw refused("\"" + entry.getKey() + "\" is tracked up to " + entry.getValue() + " in the target, "
                        + (position == null ? "not at all" : "up to " + position)
                        + " in the source; expected no more than in the source." + ADVICE);
            }
        }
    }

    /// Makes sure that the copy ends where it should and tracks what it should.
    ///
    /// @param end how many events were to be copied
    /// @param tracked what the source tracked
    /// @throws CommandException when it does not
    void requireEnd(long end, SortedMap<String, Long> tracked) {
        if (target.nextPosition() != end) {
            throw refused("The target has " + target.nextPosition() + " events; expected " + end + "." + ADVICE);
        }
        if (!target.trackedPositions().equals(tracked)) {
            throw refused("The target tracks " + target.trackedPositions().size() + " sources, not all as expected: "
                    + tracked.size() + " as in the source." + ADVICE);
        }
    }

    /// Compares some of the events below `end`: the first, the last, and others that are spread evenly.
    ///
    /// @return how many
    /// @throws CommandException when one differs
    long some(long end) {
        long count = Math.min(end, SOME);
        for (long i = 0; i < count; i++) {
            // The last is end - 1; exact for logs of up to 2^57 events.
            long position = count == 1 ? 0 : i * (end - 1) / (count - 1);
            requireSame(at(source, position), at(target, position));
        }
        return count;
    }

    /// Compares all events below `end`.
    ///
    /// @param progress receives how many were compared so far, now and then
    /// @return how many
    /// @throws CommandException when one differs
    long all(long end, LongConsumer progress) {
        long compared = 0;
        try (EventCursor expected = source.read(Read.all().toPosition(end));
                EventCursor found = target.read(Read.all().toPosition(end))) {
            while (expected.hasNext() && found.hasNext()) {
                requireSame(expected.next(), found.next());
                if (++compared % EVENTS_PER_CALL == 0) {
                    progress.accept(compared);
                }
            }
        }
        if (compared != end) {
            throw refused("Only " + compared + " events could be compared; expected " + end + ". Verify both stores.");
        }
        return compared;
    }

    private static RecordedEvent at(EventStore store, long position) {
        try (EventCursor cursor = store.read(Read.all().fromPosition(position).toPosition(position + 1))) {
            return cursor.next();
        }
    }

    private static void requireSame(RecordedEvent expected, RecordedEvent found) {
        if (!found.equals(expected)) {
            String difference = found.id().equals(expected.id())
                    ? "expected the same bytes, found others with the same id " + found.id()
                    : "expected id " + expected.id() + ", found " + found.id();
            throw refused("The target differs from the source at position " + expected.position() + ": " + difference
                    + "." + ADVICE);
        }
    }

    private static CommandException refused(String message) {
        return new CommandException(ExitCode.REFUSED, message);
    }
}
