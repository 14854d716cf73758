/// Tokens of an OpenID provider: JSON Web Tokens (RFC 7519), signed with keys that it publishes.
///
/// [ProviderTokens] checks one. The keys that it needs are those of `ProviderKeys`, which asks a `KeySource` for them
/// when they are old or one is missing. Who may come in with a token that is right decides the security of the server.
@NullMarked
package dev.everfold.server.token;

import org.jspecify.annotations.NullMarked;
