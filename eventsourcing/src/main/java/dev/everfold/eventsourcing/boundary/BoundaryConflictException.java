package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventStoreException;
import java.util.List;
import java.util.stream.Collectors;

/// A decision that others were faster than, again and again. Nothing was stored.
///
/// Thrown by [Boundary] after the last attempt. Trying again can help: what was appended meanwhile is read
/// and decided on. Its cause is the last [AppendConflictException].
public final class BoundaryConflictException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    /// A model that an event was added to after it was read.
    ///
    /// @param model name of the model
    /// @param type stored name of the event's type
    /// @param stream stream of the event
    /// @param position position of the event: the lowest one that was in the way
    public record Met(String model, String type, String stream, long position) {

        @Override
        public String toString() {
            return "model \"" + model + "\" met event \"" + type + "\" of stream \"" + stream + "\" at position "
                    + position;
        }
    }

    private final int attempts;

    @SuppressWarnings("serial") // a list of records; exceptions are not sent by Java serialization
    private final List<Met> met;

    BoundaryConflictException(int attempts, long fromPosition, List<Met> met, AppendConflictException cause) {
        super(message(attempts, fromPosition, met), Stored.NO, true, cause);
        this.attempts = attempts;
        this.met = List.copyOf(met);
    }

    /// How often it was decided and refused.
    public int attempts() {
        return attempts;
    }

    /// The models that were met at the last attempt, each with the event.
    public List<Met> met() {
        return met;
    }

    private static String message(int attempts, long fromPosition, List<Met> met) {
        return "Decision refused " + (attempts == 1 ? "once" : attempts + " times")
                + "; at last it expected nothing new from position " + fromPosition + ", but "
                + met.stream().map(Met::toString).collect(Collectors.joining(", "))
                + ". Nothing was stored. Repeat the command, or allow more attempts.";
    }
}
