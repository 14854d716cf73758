package dev.everfold.testkit.history;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// A client of a store whose calls are written down. For one thread at a time.
///
/// What a read throws comes through, and leaves the call unanswered.
public final class HistoryClient {

    private final EventStore store;
    private final Journal journal;

    private int number;

    /// A client that has made no call yet.
    public HistoryClient(EventStore store, Journal journal) {
        this.store = store;
        this.journal = journal;
    }

    /// Appends.
    ///
    /// @return [Answer.Accepted], [Answer.Refused] or [Answer.Unknown]
    public Answer append(Append append) {
        int call = invoked(new Call.Appending(append));
        return answered(call, answerOf(append));
    }

    /// Appends with the thread's interrupt flag set, so that the outcome may be unknown. The flag is
    /// clear afterwards.
    public Answer appendInterrupted(Append append) {
        int call = invoked(new Call.Appending(append));
        Thread.currentThread().interrupt();
        Answer answer = answerOf(append);
        // Cleared before anything is written down: an interrupted thread cannot write to a file.
        boolean stillSet = Thread.interrupted();
        if (!stillSet && answer instanceof Answer.Unknown) {
            throw new IllegalStateException("An interrupted append whose outcome is unknown lost the interruption.");
        }
        return answered(call, answer);
    }

    /// Reads, and stops after so many events.
    ///
    /// @param each receives the events
    public Answer.Seen read(Read read, long eventsMax, Consumer<RecordedEvent> each) {
        int call = invoked(new Call.Reading(read));
        List<Sighting> events = new ArrayList<>();
        Answer.Seen seen;
        try (EventCursor cursor = store.read(read)) {
            boolean exhausted = false;
            while (!exhausted && events.size() < eventsMax) {
                exhausted = !cursor.hasNext();
                if (!exhausted) {
                    RecordedEvent event = cursor.next();
                    events.add(Sighting.of(event));
                    each.accept(event);
                }
            }
            seen = new Answer.Seen(events, cursor.end(), cursor.nextPosition(), exhausted);
        }
        answered(call, seen);
        return seen;
    }

    /// Asks for the tracked position of a source.
    public OptionalLong trackedPosition(String source) {
        int call = invoked(new Call.AskingTracked(source));
        OptionalLong position = store.trackedPosition(source);
        answered(call, new Answer.TrackedAt(position));
        return position;
    }

    /// Asks for the next position.
    public long nextPosition() {
        int call = invoked(new Call.AskingNext());
        long position = store.nextPosition();
        answered(call, new Answer.NextAt(position));
        return position;
    }

    private Answer answerOf(Append append) {
        try {
            return new Answer.Accepted(store.append(append));
        } catch (EventStoreException exception) {
            return switch (exception.stored()) {
                case NO -> new Answer.Refused(Refusal.of(append, exception));
                case UNKNOWN -> new Answer.Unknown();
                case YES -> throw exception;
            };
        }
    }

    private int invoked(Call call) {
        int made = number++;
        journal.invoked(made, System.nanoTime(), call);
        return made;
    }

    private Answer answered(int call, Answer answer) {
        journal.answered(call, System.nanoTime(), answer);
        return answer;
    }
}
