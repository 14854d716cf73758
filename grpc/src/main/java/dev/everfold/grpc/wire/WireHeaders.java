package dev.everfold.grpc.wire;

import io.grpc.Metadata;

/// Headers of calls.
public final class WireHeaders {

    /// The history that the client knows, as text.
    public static final Metadata.Key<String> LINEAGE =
            Metadata.Key.of("everfold-lineage", Metadata.ASCII_STRING_MARSHALLER);

    private WireHeaders() {}
}
