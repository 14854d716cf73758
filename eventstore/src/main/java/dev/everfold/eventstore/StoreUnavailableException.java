package dev.everfold.eventstore;

import org.jspecify.annotations.Nullable;

/// The store cannot be opened, reached or written. Nothing was stored by this call.
///
/// Thrown when a store is opened (it is missing, not a store, of another format, in use by another
/// process) and by appends to a store that is open for reading only or has failed. The message says
/// what to do.
public final class StoreUnavailableException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    /// For engines: a whole message — what happened, what was expected, what to do.
    public StoreUnavailableException(String message, boolean retryable, @Nullable Throwable cause) {
        super(message, Stored.NO, retryable, cause);
    }
}
