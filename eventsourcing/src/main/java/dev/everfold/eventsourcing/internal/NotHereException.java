package dev.everfold.eventsourcing.internal;

/// What was asked of a consumer is answered by the process that runs it, and that is not this one. Nothing was done.
public final class NotHereException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    NotHereException(String message) {
        super(message);
    }
}
