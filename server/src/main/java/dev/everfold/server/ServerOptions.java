package dev.everfold.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/// Where a server listens, who may come, and how long it takes to end; immutable.
///
/// @param host name or address to listen at; of the loopback interface, unless it has users and TLS
/// @param grpcPort 1 to 65,535, or 0 for any that is free
/// @param httpPort the same for HTTP; another one than `grpcPort`
/// @param grace how long calls may take to end when the server ends; above 0
/// @param security who may come
/// @param connectionsOfAddressMax connections that one address may hold at each port, 1 or more
public record ServerOptions(
        String host,
        int grpcPort,
        int httpPort,
        Duration grace,
        SecurityOptions security,
        int connectionsOfAddressMax) {

    /// `localhost`, gRPC at 2113, HTTP at 2114, 5 s, neither users nor TLS, 1,000 connections of an address.
    public static final ServerOptions DEFAULTS =
            new ServerOptions("localhost", 2113, 2114, Duration.ofSeconds(5), SecurityOptions.NONE, 1_000);

    private static final int PORT_MAX = 65_535;

    /// Refuses what would let strangers in.
    ///
    /// @throws IllegalArgumentException when strangers could reach a server without users or TLS
    ///     that was not told to accept that, or one with passwords that everybody knows; when a
    ///     number is out of its range
    public ServerOptions {
        requirePort("gRPC", grpcPort);
        requirePort("HTTP", httpPort);
        if (grpcPort == httpPort && grpcPort != 0) {
            throw new IllegalArgumentException(
                    "gRPC and HTTP both have port " + grpcPort + "; expected two different ones.");
        }
        if (grace.isNegative() || grace.isZero()) {
            throw new IllegalArgumentException(
                    "The grace of " + grace.toSeconds() + " s is too short; expected more than 0.");
        }
        if (connectionsOfAddressMax < 1) {
            throw new IllegalArgumentException("The limit " + connectionsOfAddressMax
                    + " of connections of an address is too low; expected 1 or more.");
        }
        if (!address(host).isLoopbackAddress()) {
            requireSecure(host, security);
        }
    }

    private static void requireSecure(String host, SecurityOptions security) {
        if (security.kurrentDefaultPasswords()) {
            throw new IllegalArgumentException("The server does not listen at \"" + host
                    + "\" with passwords that everybody knows. Expected localhost, or no --kurrent-default-passwords.");
        }
        if ((!security.users() || security.tls().isEmpty()) && !security.insecureNetwork()) {
            String missing = security.users() ? "TLS" : security.tls().isPresent() ? "users" : "TLS and users";
            throw new IllegalArgumentException("The server does not listen at \"" + host + "\" without " + missing
                    + ", since whoever reaches it could "
                    + (security.users() ? "listen in" : "read and append everything")
                    + ". Expected localhost, or --users with --tls-certificate and --tls-key, or, where the network is"
                    + " trusted, --i-accept-insecure-network.");
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
            if (host.isEmpty()) {
                throw new UnknownHostException("an empty name would be the loopback interface");
            }
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

    /// Whether only this machine reaches it.
    public boolean isLoopback() {
        return address().isLoopbackAddress();
    }

    /// The same options with other ports.
    public ServerOptions withPorts(int grpc, int http) {
        return new ServerOptions(host, grpc, http, grace, security, connectionsOfAddressMax);
    }

    /// The same options with another host.
    public ServerOptions withHost(String otherHost) {
        return new ServerOptions(otherHost, grpcPort, httpPort, grace, security, connectionsOfAddressMax);
    }

    /// The same options with another grace.
    public ServerOptions withGrace(Duration otherGrace) {
        return new ServerOptions(host, grpcPort, httpPort, otherGrace, security, connectionsOfAddressMax);
    }

    /// The same options for other callers.
    public ServerOptions withSecurity(SecurityOptions other) {
        return new ServerOptions(host, grpcPort, httpPort, grace, other, connectionsOfAddressMax);
    }

    /// The same options with another limit of connections of one address.
    public ServerOptions withConnectionsOfAddressMax(int connections) {
        return new ServerOptions(host, grpcPort, httpPort, grace, security, connections);
    }
}
