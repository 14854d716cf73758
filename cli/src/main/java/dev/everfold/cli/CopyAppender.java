package dev.everfold.cli;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Appends events of another store so that each comes to the position that it had there. For one thread.
///
/// Each batch is refused unless the log ends right where the batch begins: nothing is left out, stored twice
/// or put behind what somebody else appends. Several are on their way at a time, so that the target can make
/// many durable at once.
final class CopyAppender {

    /// With 1 MiB a batch, what is held in memory.
    private static final int IN_FLIGHT_MAX = 8;

    private static final int BATCH_BYTES_MAX = 1 << 20;

    /// A batch on its way.
    private record InFlight(List<RecordedEvent> events, CompletableFuture<Appended> answer) {}

    private final EventStore target;
    private final int batchEventsMax;
    private final int batchBytesMax;
    private final Deque<InFlight> inFlight = new ArrayDeque<>();
    private List<RecordedEvent> batch = new ArrayList<>();
    private long batchBytes;
    private long stored;

    /// @param batchEventsMax how many events are appended at once; fewer where the target takes fewer
    CopyAppender(EventStore target, int batchEventsMax) {
        this.target = target;
        this.batchEventsMax = Math.min(batchEventsMax, target.limits().appendEventsMax());
        this.batchBytesMax = Math.min(BATCH_BYTES_MAX, target.limits().appendBytesMax());
    }

    /// How many events are stored durably by now.
    long stored() {
        return stored;
    }

    /// Takes over the next event; may wait for earlier ones.
    ///
    /// @throws CommandException when the target does not take it there, or one before it
    void add(RecordedEvent event) {
        if (batch.size() == batchEventsMax || batchBytes + event.recordBytes() > batchBytesMax) {
            submit();
        }
        batch.add(event);
        batchBytes += event.recordBytes();
    }

    /// Returns when everything that was taken over is stored.
    void finish() {
        submit();
        while (!inFlight.isEmpty()) {
            settleFirst();
        }
    }

    /// Waits for what is on its way, whatever becomes of it, so that [#stored] tells all.
    void abandon() {
        while (!inFlight.isEmpty()) {
            try {
                settleFirst();
            } catch (RuntimeException alsoFailed) {
                // Why it ended is known already.
            }
        }
    }

    private void submit() {
        if (batch.isEmpty()) {
            return;
        }
        while (inFlight.size() >= IN_FLIGHT_MAX
                || (!inFlight.isEmpty() && inFlight.getFirst().answer().isDone())) {
            settleFirst();
        }
        try {
            inFlight.add(new InFlight(batch, target.appendAsync(append(batch))));
        } catch (LimitExceededException tooMuch) {
            throw tooLarge(tooMuch);
        }
        batch = new ArrayList<>();
        batchBytes = 0;
    }

    private static Append append(List<RecordedEvent> events) {
        return Append.of(events.stream()
                        .map(event -> event.toNewEvent().recordedAt(event.recorded()))
                        .toList())
                .unless(Query.all(), events.getFirst().position());
    }

    /// Stores what stands before the first event that is above a limit.
    private RuntimeException tooLarge(LimitExceededException ofBatch) {
        for (int i = 0; i < batch.size(); i++) {
            try {
                target.limits().check(append(batch.subList(i, i + 1)));
            } catch (LimitExceededException tooLarge) {
                long position = batch.get(i).position();
                batch = batch.subList(0, i);
                finish();
                return new CommandException(
                        ExitCode.REFUSED,
                        "The event at position " + position + " is beyond what the target takes: "
                                + tooLarge.getMessage(),
                        tooLarge);
            }
        }
        return ofBatch;
    }

    private void settleFirst() {
        InFlight first = inFlight.removeFirst();
        List<RecordedEvent> events = first.events();
        long position = events.getFirst().position();
        Appended expected = new Appended(
                position, events.stream().map(RecordedEvent::revision).toList());
        Appended found = answer(first, position);
        if (!found.equals(expected)) {
            throw new IllegalStateException("the target stored " + expected + " as " + found);
        }
        stored += events.size();
    }

    private static Appended answer(InFlight inFlight, long position) {
        try {
            return inFlight.answer().join();
        } catch (CompletionException failed) {
            throw switch (failed.getCause()) {
                case AppendConflictException conflict -> taken(position, conflict);
                case PositionAheadException behind -> taken(position, behind);
                case RuntimeException other -> other;
                case null, default -> failed;
            };
        }
    }

    private static CommandException taken(long position, EventStoreException refusal) {
        return new CommandException(
                ExitCode.REFUSED,
                "The target is written to by somebody else: its log does not end at position " + position
                        + " any more, where the copy goes on; expected no other writer. End that one and repeat the"
                        + " copy, which tells whether the target still holds the same history.",
                refusal);
    }
}
