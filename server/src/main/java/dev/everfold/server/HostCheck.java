package dev.everfold.server;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Refuses what web pages from elsewhere send through their visitors' browsers.
///
/// A page of another origin could append. A page whose own name was made to lead here has no other origin, and would
/// read, too; so without users, requests must name the host as one that only we have. With users, such a page has
/// neither password nor session.
///
/// @param hosts names that are taken; empty = any
record HostCheck(Optional<Set<String>> hosts) {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    static HostCheck of(ServerOptions options) {
        if (options.security().users()) {
            return new HostCheck(Optional.empty());
        }
        Set<String> hosts = new HashSet<>(LOOPBACK);
        if (!options.isLoopback()) {
            hosts.add(options.host().indexOf(':') < 0 ? options.host() : "[" + options.host() + "]");
        }
        return new HostCheck(Optional.of(hosts));
    }

    void require(Context context) {
        String host = String.valueOf(context.header("Host"));
        int colon = host.lastIndexOf(':');
        String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        if (hosts.isPresent() && !hosts.get().contains(name)) {
            Problems.answer(context, HttpStatus.FORBIDDEN, "The request names another host; expected localhost.");
            context.skipRemainingHandlers();
        }
        String origin = context.header("Origin");
        // A proxy in front may speak HTTPS where we do not.
        if (origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host)) {
            Problems.answer(
                    context,
                    HttpStatus.FORBIDDEN,
                    "The request comes from a web page of another origin; expected one of this server, or none.");
            context.skipRemainingHandlers();
        }
    }
}
