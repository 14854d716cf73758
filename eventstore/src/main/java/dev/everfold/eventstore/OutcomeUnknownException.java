package dev.everfold.eventstore;

import org.jspecify.annotations.Nullable;

/// An append whose fate is not known: all of it or nothing of it is stored.
///
/// Thrown by [EventStore#append(Append)] when its thread was interrupted while it waited, and to every
/// waiting append when the store fails while it makes them durable. Repeat the same [Append], with the
/// same id, on this store or after opening it again: if it was stored, the repeat returns the first
/// answer.
public final class OutcomeUnknownException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    private final String what;

    /// For engines: `what` says what happened, as a sentence without its full stop.
    public OutcomeUnknownException(String what, @Nullable Throwable cause) {
        super(
                what + "; whether the append is stored is unknown. Repeat it with the same append id.",
                Stored.UNKNOWN,
                true,
                cause);
        this.what = what;
    }

    /// What happened, as a sentence without its full stop.
    public String what() {
        return what;
    }
}
