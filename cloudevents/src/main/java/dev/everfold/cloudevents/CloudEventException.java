package dev.everfold.cloudevents;

/// A line that is not a CloudEvent that can be stored, or an event that cannot be written as one.
///
/// Thrown by [CloudEventReader] and [CloudEventWriter]; nothing was stored. Trying again does not help:
/// the message says what to correct.
public final class CloudEventException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CloudEventException(String message) {
        super(message);
    }

    CloudEventException(String message, Throwable cause) {
        super(message, cause);
    }
}
