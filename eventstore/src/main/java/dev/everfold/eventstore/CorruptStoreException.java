package dev.everfold.eventstore;

/// Stored bytes are not what was stored: they rotted or were changed from outside. Nothing wrong is
/// returned.
///
/// Thrown when a store is opened and by reads. Trying again does not help: verify the store and restore a
/// backup.
public final class CorruptStoreException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    /// For engines: a whole message — where, what was expected, what was found, what to do.
    public CorruptStoreException(String message) {
        super(message, Stored.NO, false, null);
    }
}
