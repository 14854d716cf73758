package dev.everfold.search;

import dev.everfold.eventstore.EventStoreException;

/// What answers at the address is no server that this version can use. Nothing was changed, and trying again does
/// not help.
///
/// Thrown when a server is opened.
public final class UnsupportedServerException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    private UnsupportedServerException(String message) {
        super(message, Stored.NO, false, null);
    }

    static UnsupportedServerException version(String found) {
        return new UnsupportedServerException("The server is " + found + "; expected " + ServerInfo.Product.expected()
                + ". Use one of them, or an Everfold that knows this one.");
    }

    static UnsupportedServerException unknown() {
        return new UnsupportedServerException("What answers is neither Elasticsearch nor OpenSearch; expected "
                + ServerInfo.Product.expected() + ". Look at the address.");
    }
}
