package dev.everfold.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/// Where a server listens and how long it takes to end; immutable.
///
/// @param host name or address to listen at; must be of the loopback interface
/// @param grpcPort 1 to 65,535, or 0 for any that is free
/// @param httpPort the same for HTTP; another one than `grpcPort`
/// @param grace how long calls may take to end when the server ends; above 0
public record ServerOptions(String host, int grpcPort, int httpPort, Duration grace) {

    /// `localhost`, gRPC at 2113, HTTP at 2114, 5 s.
    public static final ServerOptions DEFAULTS = new ServerOptions("localhost", 2113, 2114, Duration.ofSeconds(5));

    private static final int PORT_MAX = 65_535;

    /// Refuses what would let strangers in: this version has neither TLS nor users.
    ///
    /// @throws IllegalArgumentException when the host is not one of the loopback interface, or a number is out
    /// of its
    ///     range
    public ServerOptions {
        requirePort("gRPC", grpcPort);
        requirePort("HTTP", httpPort);
        if (grpcPort == httpPort && grpcPort != 0) {
            throw new IllegalArgumentException(
                    "gRPC and HTTP both have port " + grpcPort + "; expected two different ones.");
        }
        if (grace.isNegative() || grace.isZero()) {
            throw new IllegalArgumentException("The grace " + grace + " is too short; expected more than 0.");
        }
        if (!address(host).isLoopbackAddress()) {
            throw new IllegalArgumentException("The server does not listen at \"" + host
                    + "\": without TLS and users, which this version does not have, whoever reaches it could read and"
                    + " append everything. Expected localhost; let a proxy that authenticates lead there.");
        }
    }

    private static void requirePort(String what, int port) {
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException(
                    "The port " + port + " for " + what + " is not one; expected 0.." + PORT_MAX + ".");
        }
    }

    private static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException(
                    "The host \"" + host + "\" is not known here; expected localhost.", unknown);
        }
    }

    /// The address to listen at.
    InetAddress address() {
        return address(host);
    }

    /// The same options with other ports.
    public ServerOptions withPorts(int grpc, int http) {
        return new ServerOptions(host, grpc, http, grace);
    }

    /// The same options with another host.
    public ServerOptions withHost(String otherHost) {
        return new ServerOptions(otherHost, grpcPort, httpPort, grace);
    }

    /// The same options with another grace.
    public ServerOptions withGrace(Duration otherGrace) {
        return new ServerOptions(host, grpcPort, httpPort, otherGrace);
    }
}
