package dev.everfold.server.security;

import dev.everfold.eventstore.EventStoreException;
import dev.everfold.kurrent.Caller;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Finds out who somebody is by the word of a proxy that has asked him itself: the header [#USER]
/// of a request, over a connection that has shown the certificate of a trusted proxy.
///
/// A request with that header is let in by it or not at all, so a mistake is seen and makes nobody
/// somebody else. Groups are those that the user has here. Safe for use by many threads.
final class ProxyLogins {

    /// Has the login name of a user.
    static final String USER = "Everfold-User";

    /// What KurrentDB takes instead, with groups. Whoever sends one means somebody by it, so it is
    /// refused as well.
    private static final List<String> NOT_TAKEN = List.of("Kurrent-TrustedAuth", "ES-TrustedAuth");

    /// A login name that every proxy and both doors hand on unchanged; with a comma, it could be two
    /// that were joined on the way.
    private static final Pattern LOGIN = Pattern.compile("(?! )[ -~&&[^,]]{1,256}(?<! )");

    private final Set<String> proxies;
    private final Logins logins;
    private final Audit audit;

    /// @param proxies the common names of their certificates
    ProxyLogins(Set<String> proxies, Logins logins, Audit audit) {
        this.proxies = Set.copyOf(proxies);
        this.logins = logins;
        this.audit = audit;
    }

    /// Whether a request is one of a proxy, or pretends to be.
    ///
    /// @param headers all values of each name, of which there may be none
    static boolean isNamedBy(Function<String, List<String>> headers) {
        return !headers.apply(USER).isEmpty() || isKurrent(headers);
    }

    private static boolean isKurrent(Function<String, List<String>> headers) {
        return NOT_TAKEN.stream().anyMatch(name -> !headers.apply(name).isEmpty());
    }

    /// Who it is that such a request is of.
    ///
    /// @param certificate the name in that of the connection, which the handshake has checked
    /// @throws EventStoreException when the store cannot be asked
    Login check(Function<String, List<String>> headers, Optional<String> certificate, String address) {
        Optional<String> proxy = certificate.filter(proxies::contains);
        List<String> named = headers.apply(USER);
        if (proxy.isEmpty()) {
            return refused(
                    "The request says who its user is as a proxy does, and does not come from one; expected the"
                            + " certificate of a name that --trusted-proxy has.",
                    address);
        }
        if (isKurrent(headers)) {
            return refused(
                    "The header " + NOT_TAKEN.getFirst() + " is not taken; expected " + USER
                            + " with the name of the user alone.",
                    address);
        }
        if (!headers.apply("Authorization").isEmpty()) {
            return refused(
                    "The headers " + USER + " and Authorization both say who the user is; expected one of them.",
                    address);
        }
        if (named.size() > 1 || !LOGIN.matcher(named.getFirst()).matches()) {
            return refused(
                    "The header " + USER + " is not the name of one user; expected it once, with 1..256"
                            + " characters of ASCII, no comma and no control character.",
                    address);
        }
        return switch (logins.certified(named.getFirst(), address)) {
            case Login.Known(Caller caller, Pass _, long seen) ->
                new Login.Known(caller, new Pass.OfProxy(proxy.get()), seen);
            case Login.Unknown() -> new Login.Refused("The header " + USER + " names no user.");
            case Login other -> other;
        };
    }

    private Login refused(String why, String address) {
        audit.loginFailed("", address);
        return new Login.Refused(why);
    }
}
