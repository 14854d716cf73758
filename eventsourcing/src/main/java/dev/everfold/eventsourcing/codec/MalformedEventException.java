package dev.everfold.eventsourcing.codec;

import org.jspecify.annotations.Nullable;

/// An event whose type is known but whose data or metadata cannot be read as the type's record.
public final class MalformedEventException extends EventCodecException {

    private static final long serialVersionUID = 1L;

    MalformedEventException(String message, String type, int version, @Nullable Throwable cause) {
        super(message, type, version, cause);
    }
}
