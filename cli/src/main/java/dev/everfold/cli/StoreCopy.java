package dev.everfold.cli;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.LongConsumer;

/// Copies one store into another, as it is when the copy begins: events, and then tracked positions. For one
/// thread.
///
/// It needs no memory of its own: the target tells how far it is, and each batch goes to its position or
/// nowhere. So a copy may be broken off at any point and repeated. Tracked positions are asked for before the
/// end of the log, so that what is tracked was committed with events that are copied, and come last: while
/// they are missing, the copy is not finished.
final class StoreCopy {

    static final int BATCH_EVENTS_MAX = 1_000;

    private final EventStore source;
    private final EventStore target;
    private final CopyComparison comparison;
    private final SortedMap<String, Long> tracked;
    private final long fromPosition;
    private final long toPosition;
    private final CopyAppender appender;
    private long moved;

    /// Asks a source for what not every store gives, so that one that cannot be copied leaves no target
    /// behind.
    ///
    /// @throws UnsupportedOperationException when it does not list its tracked positions
    static void requireCopyable(EventStore source) {
        SortedMap<String, Long> _ = source.trackedPositions();
    }

    /// Looks at both, and changes nothing.
    ///
    /// @throws CommandException when the target holds anything but a beginning of the source
    StoreCopy(EventStore source, EventStore target, int batchEventsMax) {
        this.source = source;
        this.target = target;
        this.comparison = new CopyComparison(source, target);
        this.tracked = source.trackedPositions();
        this.toPosition = source.nextPosition();
        this.fromPosition = target.nextPosition();
        this.appender = new CopyAppender(target, batchEventsMax);
        comparison.requireBeginning(tracked);
    }

    /// How many events the target held when the copy began.
    long alreadyThere() {
        return fromPosition;
    }

    /// How many events the target holds when the copy is finished.
    long total() {
        return toPosition;
    }

    /// How many events are stored durably by now, without those that were there.
    long copied() {
        return appender.stored();
    }

    /// How many sources are tracked.
    int trackedSources() {
        return tracked.size();
    }

    /// How many tracked positions were missing or behind, and were set.
    long trackedMoved() {
        return moved;
    }

    /// Copies what is missing.
    ///
    /// @param progress receives how many events are stored by now
    /// @throws CommandException when it is interrupted, the target takes less than the source, or somebody else
    ///     writes to it
    void run(LongConsumer progress, Interruption interruption) {
        try {
            copyEvents(progress, interruption);
        } catch (RuntimeException failed) {
            appender.abandon();
            throw failed;
        }
        copyTracked();
        comparison.requireEnd(toPosition, tracked);
    }

    /// Compares some events, or all of them.
    ///
    /// @return how many
    /// @throws CommandException when one differs
    long verify(boolean isComplete, LongConsumer progress) {
        return isComplete ? comparison.all(toPosition, progress) : comparison.some(toPosition);
    }

    private void copyEvents(LongConsumer progress, Interruption interruption) {
        try (EventCursor cursor =
                source.read(Read.all().fromPosition(fromPosition).toPosition(toPosition))) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                appender.add(event);
                if (event.position() % BATCH_EVENTS_MAX == 0) {
                    progress.accept(appender.stored());
                    interruption.check();
                }
            }
        }
        appender.finish();
    }

    private void copyTracked() {
        for (Map.Entry<String, Long> entry : tracked.entrySet()) {
            long position = entry.getValue();
            if (target.trackedPosition(entry.getKey()).orElse(-1) < position) {
                track(Append.track(entry.getKey(), position));
                moved++;
            }
        }
    }

    private void track(Append append) {
        try {
            target.append(append.unless(Query.all(), toPosition));
        } catch (AppendConflictException conflict) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "The target is written to by somebody else: " + conflict.getMessage()
                            + " End that one and repeat the copy.",
                    conflict);
        }
    }
}
