package dev.everfold.server.security;

import dev.everfold.eventstore.EventStoreException;

/// A user asked for what is for administrators alone. Nothing was stored, and trying again does not help.
///
/// Clients of gRPC get it as a [dev.everfold.eventstore.StoreUnavailableException] of the same words.
public final class AccessDeniedException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    AccessDeniedException(String message) {
        super(message, Stored.NO, false, null);
    }
}
