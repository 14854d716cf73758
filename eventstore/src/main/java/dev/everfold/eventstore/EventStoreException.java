package dev.everfold.eventstore;

import org.jspecify.annotations.Nullable;

/// What a store throws when it cannot do what it was asked; subclasses are named by cause.
///
/// Mistakes of the caller that need no store to be seen (an empty name, a negative position) are
/// [IllegalArgumentException]s instead.
public abstract class EventStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Whether the append that failed is in the store.
    public enum Stored {
        /// Nothing of it is stored, nor ever will be.
        NO,
        /// All of it is stored.
        YES,
        /// All of it or nothing of it is stored. Repeat the same [Append]: it is harmless if it was stored.
        UNKNOWN
    }

    private final Stored stored;
    private final boolean retryable;

    /// For subclasses and engines.
    protected EventStoreException(String message, Stored stored, boolean retryable, @Nullable Throwable cause) {
        super(message, cause);
        this.stored = stored;
        this.retryable = retryable;
    }

    /// What happened, what was expected and what to do: one line for people.
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /// Whether the append that failed is in the store; [Stored#NO] for everything that does not store.
    public Stored stored() {
        return stored;
    }

    /// Whether the same call may succeed later without a change of the request.
    public boolean retryable() {
        return retryable;
    }
}
