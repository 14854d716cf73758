package dev.everfold.eventstore;

/// The store or the cursor was closed. Nothing was stored by this call.
///
/// Thrown by every method that needs an open store, and to those that wait while it is closed. An
/// append that was accepted before the close is stored and answered.
public final class StoreClosedException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    /// For engines: `what` is "store" or "cursor".
    public StoreClosedException(String what) {
        super("The " + what + " is closed; nothing was stored. Open it again.", Stored.NO, false, null);
    }
}
