package dev.everfold.server;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Refuses what web pages from elsewhere send through their visitors' browsers.
///
/// A page of another origin could append. A page whose own name was made to lead here has no other origin, and would
/// read, too; so without users, requests must name the host as one that only we have. With users, such a page has
/// neither password nor session.
///
/// @param names names that are taken; empty = any
/// @param addresses whether addresses are taken as well, which no name of a page can be made to be
record HostCheck(Optional<Set<String>> names, boolean addresses) {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9A-Fa-f:.]+]");

    static HostCheck of(ServerOptions options) {
        if (options.security().users()) {
            return new HostCheck(Optional.empty(), true);
        }
        Set<String> names = new HashSet<>(LOOPBACK);
        names.add(options.host().indexOf(':') < 0 ? options.host() : "[" + options.host() + "]");
        return new HostCheck(Optional.of(names), options.address().isAnyLocalAddress());
    }

    private boolean takes(String name) {
        return names.isEmpty()
                || names.get().contains(name)
                || (addresses && ADDRESS.matcher(name).matches());
    }

    private String expected() {
        return addresses ? "an address, localhost or the name that --host gives" : "localhost";
    }

    void require(Context context) {
        String host = String.valueOf(context.header("Host"));
        int colon = host.lastIndexOf(':');
        String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        if (!takes(name)) {
            Problems.answer(
                    context, HttpStatus.FORBIDDEN, "The request names another host; expected " + expected() + ".");
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
