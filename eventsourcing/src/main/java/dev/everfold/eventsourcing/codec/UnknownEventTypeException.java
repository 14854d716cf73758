package dev.everfold.eventsourcing.codec;

/// An event of a type or version that the codec does not know.
public final class UnknownEventTypeException extends EventCodecException {

    private static final long serialVersionUID = 1L;

    UnknownEventTypeException(String message, String type, int version) {
        super(message, type, version, null);
    }
}
