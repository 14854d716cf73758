package dev.everfold.eventstore;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// An append whose conditions did not all hold. Nothing was stored.
///
/// Thrown by [EventStore#append(Append)]. Repeating the same append fails again unless the store moves
/// on; read again, decide again and append with new conditions. The message is made from the failures
/// and is the same in every engine.
public final class AppendConflictException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    /// One condition that did not hold: what was expected and what was found.
    public sealed interface Failure {

        /// A stream was not where it was expected.
        ///
        /// @param condition what was expected
        /// @param lastRevision revision of the stream's last event; empty when the stream has none
        record StreamMoved(AppendCondition.StreamAt condition, OptionalLong lastRevision) implements Failure {}

        /// An event matched that should not be there.
        ///
        /// @param condition what was expected
        /// @param position the lowest matching position at or after the condition's
        record QueryMatched(AppendCondition.NothingMatching condition, long position) implements Failure {}

        /// A tracked position would not rise.
        ///
        /// @param tracking what was requested
        /// @param found the tracked position of that source
        record TrackingNotRising(Tracking tracking, long found) implements Failure {}

        /// An event brought a recorded time that lies before one that was recorded already.
        ///
        /// @param brought the event's recorded time
        /// @param last the last recorded time
        record RecordedTimeFalling(Instant brought, Instant last) implements Failure {}
    }

    @SuppressWarnings("serial") // a list of records; exceptions are not sent by Java serialization
    private final List<Failure> failures;

    /// For engines: the failures in the order of the request (conditions, then tracking, then recorded
    /// time).
    public AppendConflictException(List<Failure> failures) {
        super(message(failures), Stored.NO, false, null);
        this.failures = List.copyOf(failures);
    }

    /// Every condition that did not hold: conditions in the order of the request, then tracking, then
    /// recorded time.
    public List<Failure> failures() {
        return failures;
    }

    private static String message(List<Failure> failures) {
        if (failures.size() == 1) {
            return describe(failures.getFirst()) + ". " + advice(failures.getFirst());
        }
        return failures.stream().map(AppendConflictException::describe).collect(Collectors.joining("; "))
                + ". Read again, decide again and repeat the command.";
    }

    private static String describe(Failure failure) {
        return switch (failure) {
            case Failure.StreamMoved(var condition, var lastRevision) ->
                "Append to stream \"" + condition.stream()
                        + "\" refused: expected " + describe(condition.expected()) + ", found "
                        + (lastRevision.isPresent() ? Long.toString(lastRevision.getAsLong()) : "no stream");
            case Failure.QueryMatched(var condition, var position) ->
                "Append refused: expected nothing matching "
                        + condition.query() + " from position " + condition.fromPosition()
                        + ", found an event at position "
                        + position;
            case Failure.TrackingNotRising(var tracking, var found) ->
                "Append refused: expected a position of source \"" + tracking.source() + "\" above " + found
                        + ", found " + tracking.position();
            case Failure.RecordedTimeFalling(var brought, var last) ->
                "Append refused: expected a recorded time of " + last + " or later, found " + brought;
        };
    }

    private static String describe(Expected expected) {
        return switch (expected) {
            case Expected.NoStream _ -> "no stream";
            case Expected.Revision(long revision) -> "revision " + revision;
            case Expected.Exists _ -> "an existing stream";
            case Expected.Any _ -> "anything";
        };
    }

    private static String advice(Failure failure) {
        return switch (failure) {
            case Failure.StreamMoved _ -> "Read the stream again and repeat the command.";
            case Failure.QueryMatched _ -> "Read the boundary again and repeat the command.";
            case Failure.TrackingNotRising _ -> "It was taken over already; go on after the tracked position.";
            case Failure.RecordedTimeFalling _ -> "Copy events in the order in which they were recorded.";
        };
    }
}
