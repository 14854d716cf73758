package dev.everfold.eventsourcing.codec;

import org.jspecify.annotations.Nullable;

/// A stored event that this codec cannot turn into events of the application.
///
/// Nothing was stored or changed. Trying again does not help; the message says what does.
public abstract class EventCodecException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String type;
    private final int version;

    EventCodecException(String message, String type, int version, @Nullable Throwable cause) {
        super(message, cause);
        this.type = type;
        this.version = version;
    }

    /// What happened, what was expected and what to do: one line for people.
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /// Type of the stored event.
    public String type() {
        return type;
    }

    /// Version of the stored event; 0 when it could not be read.
    public int version() {
        return version;
    }
}
