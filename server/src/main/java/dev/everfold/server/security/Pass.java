package dev.everfold.server.security;

import io.grpc.Context;
import java.time.Instant;

/// By what somebody is in, and how long that lasts.
sealed interface Pass {

    /// Where a call's pass stands, beside its caller.
    Context.Key<Pass> KEY = Context.key("everfold-pass");

    /// A password or a certificate: until the user changes.
    record OfUser() implements Pass {}

    /// A session of [Sessions]: until it ends.
    ///
    /// @param token of the session
    record OfSession(String token) implements Pass {}

    /// A token that a user has made here: until it expires or is revoked, or the user changes.
    ///
    /// @param hash of the token
    record OfApiToken(String hash, Instant expires) implements Pass {}

    /// A token of a provider: until it expires.
    record OfProvider(Instant expires) implements Pass {}

    /// The word of a trusted proxy: until the user changes.
    ///
    /// @param name of the proxy
    record OfProxy(String name) implements Pass {}

    /// When it ends by itself, if that is known.
    default Instant until() {
        return switch (this) {
            case OfUser(), OfSession(String _), OfProxy(String _) -> Instant.MAX;
            case OfApiToken(String _, Instant expires) -> expires;
            case OfProvider(Instant expires) -> expires;
        };
    }

    /// Whether it is that token.
    default boolean isOf(String tokenHash) {
        return this instanceof OfApiToken(String hash, Instant _) && hash.equals(tokenHash);
    }
}
