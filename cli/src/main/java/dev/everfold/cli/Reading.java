package dev.everfold.cli;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Instant;
import java.util.function.Consumer;

/// Reads what was selected, as the store is now.
final class Reading {

    private static final int EVENTS_PER_CHECK = 1_024;

    private final EventStore store;
    private final SelectionOptions selection;
    private final RangeOptions range;

    Reading(EventStore store, SelectionOptions selection, RangeOptions range) {
        this.store = store;
        this.selection = selection;
        this.range = range;
    }

    /// Hands over one event after another.
    ///
    /// @return how many there were
    /// @throws CommandException when the stream that was named does not exist, or when it is interrupted
    long forEach(Read.Direction direction, Interruption interruption, Consumer<RecordedEvent> consumer) {
        Query query = selection.query();
        if (range.to < range.from) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--to " + range.to + " lies before --from " + range.from + "; expected a range that does not end"
                            + " before it begins. Correct one of them.");
        }
        long end = end();
        long count = 0;
        Read read = Read.matching(query).fromPosition(range.from).toPosition(Math.max(end, range.from));
        read = direction == Read.Direction.BACKWARDS ? read.backwards() : read;
        // With a time, events are left out after they have been read, so that only this loop can count.
        read = range.asOf.isPresent() ? read : read.limit(range.limit);
        try (EventCursor cursor = store.read(read)) {
            for (long seen = 0; count < range.limit && cursor.hasNext(); seen++) {
                RecordedEvent event = cursor.next();
                if (hadOccurred(event)) {
                    consumer.accept(event);
                    count++;
                }
                if (seen % EVENTS_PER_CHECK == 0) {
                    interruption.check();
                }
            }
        }
        if (count == 0) {
            requireStream();
        }
        return count;
    }

    /// Position after the last event that may be meant. Recorded time never falls, so its end can be
    /// searched for.
    private long end() {
        long end = Math.min(range.to, store.nextPosition());
        if (range.knownAt.isEmpty()) {
            return end;
        }
        long low = 0;
        while (low < end) {
            long middle = (low + end) >>> 1;
            if (recordedAt(middle).isAfter(range.knownAt.get())) {
                end = middle;
            } else {
                low = middle + 1;
            }
        }
        return end;
    }

    private Instant recordedAt(long position) {
        try (EventCursor cursor = store.read(Read.all().fromPosition(position).limit(1))) {
            return cursor.next().recorded();
        }
    }

    private boolean hadOccurred(RecordedEvent event) {
        return range.asOf.isEmpty()
                || !event.occurred().orElseGet(event::recorded).isAfter(range.asOf.get());
    }

    private void requireStream() {
        if (selection.stream.isEmpty()) {
            return;
        }
        try (EventCursor cursor = store.read(Read.stream(selection.stream.get()).limit(1))) {
            if (!cursor.hasNext()) {
                throw new CommandException(
                        ExitCode.REFUSED,
                        "Stream \"" + selection.stream.get() + "\" is not there: it has no events. Look for its name"
                                + " with everfold read --category, or correct it.");
            }
        }
    }
}
