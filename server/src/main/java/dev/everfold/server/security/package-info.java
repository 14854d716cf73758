/// Who comes in to a server, and as whom.
///
/// [Security] assembles it: [Users] are events of the store that is served, `Logins` finds out who somebody is
/// by name and password, `TokenLogins` by a token: one of [ApiTokens], or of a provider, and `ProxyLogins` by
/// the word of a trusted proxy. Two guards stand at the doors: `CallGuard` for gRPC and [HttpGuard] for HTTP.
/// What a method or a route needs is a [Permission]; [GrpcPermissions] is the table of methods. Whoever was let
/// in stands in the context of the call as [dev.everfold.kurrent.Caller], and [StreamGuard] asks it, and
/// [Policies], which are events of the store too and narrow who reads and appends where. `Audit` writes down
/// what happened. [ServerIdentity] is the certificate of both doors.
@NullMarked
package dev.everfold.server.security;

import org.jspecify.annotations.NullMarked;
