package dev.everfold.kurrent.service;

import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.protocol.kurrent.Shared;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The events of one append to one stream while they come. What is too large is refused when it comes and not kept
/// until it is complete. For one thread.
final class IncomingEvents {

    private final Limits limits;
    private final List<NewEvent> events = new ArrayList<>();
    private long bytes;

    /// @param limits what the store takes
    IncomingEvents(Limits limits) {
        this.limits = limits;
    }

    /// One more.
    ///
    /// @throws io.grpc.StatusRuntimeException when it lacks something or is too large
    /// @throws LimitExceededException when all together are too large
    void add(String stream, Shared.ProposedMessage message) {
        NewEvent event = WireEvents.decode(stream, message);
        requireSize(event, event.metadata().length(), limits.metadataBytesMax(), "Limits.metadataBytesMax");
        if (EventFormat.encodedBytesAtMost(event) > limits.eventBytesMax()) {
            requireSize(event, EventFormat.encodedBytes(event), limits.eventBytesMax(), "Limits.eventBytesMax");
        }
        bytes += (long) event.data().length() + event.metadata().length();
        if (bytes > limits.appendBytesMax()) {
            throw new LimitExceededException(
                    "The append has more than " + limits.appendBytesMax()
                            + " bytes (Limits.appendBytesMax). Append in several steps.",
                    "appendBytesMax");
        }
        if (events.size() == limits.appendEventsMax()) {
            throw new LimitExceededException(
                    "The append has more than " + limits.appendEventsMax()
                            + " events (Limits.appendEventsMax). Append in several steps.",
                    "appendEventsMax");
        }
        events.add(event);
    }

    /// Bytes that are kept, without what surrounds data and metadata.
    long bytes() {
        return bytes;
    }

    /// All that came.
    List<NewEvent> events() {
        return List.copyOf(events);
    }

    private static void requireSize(NewEvent event, int found, int max, String limit) {
        if (found > max) {
            String message = "Event " + event.id() + " of type \"" + event.type() + "\" has " + found
                    + " bytes; the limit is " + max + " (" + limit
                    + "). Store large data elsewhere and append a link.";
            throw Refusals.of(
                    Status.INVALID_ARGUMENT,
                    new IllegalArgumentException(message),
                    Map.of(
                            "exception",
                            Refusals.EVENT_TOO_LARGE,
                            "event-id",
                            event.id().toString(),
                            "proposed-append-event-size",
                            Integer.toString(found),
                            Refusals.EVENT_BYTES_MAX,
                            Integer.toString(max)));
        }
    }
}
