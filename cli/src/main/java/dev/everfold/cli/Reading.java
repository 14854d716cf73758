package dev.everfold.cli;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Reads what was selected, as the store is now.
final class Reading {

    private static final int EVENTS_PER_CHECK = 1_024;

    private final EventStore store;
    private final SelectionOptions selection;
    private final RangeOptions range;
    private final LimitOptions limits;

    Reading(EventStore store, SelectionOptions selection, RangeOptions range) {
        this.store = store;
        this.selection = selection;
        this.range = range;
        this.limits = range.limits;
    }

    /// Hands over one event after another.
    ///
    /// @return how many there were
    /// @throws CommandException when the stream that was named does not exist, or when it is interrupted
    long forEach(Read.Direction direction, Interruption interruption, Consumer<RecordedEvent> consumer) {
        // With a time, events are left out after they have been read, so that only the loop can count.
        long limit = limits.asOf.isPresent() ? Long.MAX_VALUE : limits.limit;
        return take(read(direction).limit(limit), interruption, event -> {
            consumer.accept(event);
            return true;
        });
    }

    /// Offers one event after another, until as many as are wanted were taken.
    ///
    /// @param taker says whether an event counts
    /// @return how many counted
    /// @throws CommandException when the stream that was named does not exist, or when it is interrupted
    long offerEach(Read.Direction direction, Interruption interruption, Predicate<RecordedEvent> taker) {
        return take(read(direction), interruption, taker);
    }

    private Read read(Read.Direction direction) {
        Query query = selection.query();
        if (range.to < range.from) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--to " + range.to + " lies before --from " + range.from + "; expected a range that does not end"
                            + " before it begins. Correct one of them.");
        }
        Read read = Read.matching(query).fromPosition(range.from).toPosition(Math.max(end(), range.from));
        return direction == Read.Direction.BACKWARDS ? read.backwards() : read;
    }

    private long take(Read read, Interruption interruption, Predicate<RecordedEvent> taker) {
        long seen = 0;
        long count = 0;
        try (EventCursor cursor = store.read(read)) {
            for (; count < limits.limit && cursor.hasNext(); seen++) {
                RecordedEvent event = cursor.next();
                if (hadOccurred(event) && taker.test(event)) {
                    count++;
                }
                if (seen % EVENTS_PER_CHECK == 0) {
                    interruption.check();
                }
            }
        }
        if (seen == 0) {
            requireStream();
        }
        return count;
    }

    /// Position after the last event that may be meant.
    private long end() {
        long end = Math.min(range.to, store.nextPosition());
        return limits.knownAt.isEmpty() ? end : new RecordedTimes(store).firstAfter(limits.knownAt.get(), end);
    }

    private boolean hadOccurred(RecordedEvent event) {
        return limits.asOf.isEmpty()
                || !event.occurred().orElseGet(event::recorded).isAfter(limits.asOf.get());
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
