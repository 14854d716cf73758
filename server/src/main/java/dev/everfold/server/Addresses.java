package dev.everfold.server;

import dev.everfold.eventstore.StoreUnavailableException;

/// What is said of an address that cannot be listened at.
final class Addresses {

    private Addresses() {}

    static StoreUnavailableException unavailable(String host, int port, Exception refused) {
        Throwable reason = refused;
        while (reason.getCause() != null) {
            reason = reason.getCause();
        }
        return new StoreUnavailableException(
                "Cannot listen at " + host + ":" + port + ": " + reason.getMessage()
                        + ". Choose another port, or stop what listens there.",
                false,
                refused);
    }
}
