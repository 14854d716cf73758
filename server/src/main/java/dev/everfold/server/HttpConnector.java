package dev.everfold.server;

import dev.everfold.grpc.service.GrpcDoor;
import dev.everfold.server.security.ServerIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/// How HTTP is listened at: the address, the certificate, and what a connection may cost.
///
/// @param identity without it, nothing is encrypted
/// @param listening bound to the address; the server's, when it has begun
record HttpConnector(ServerOptions options, Optional<ServerIdentity> identity, ServerSocketChannel listening) {

    /// A connection on which nothing moves is ended.
    private static final long IDLE_MILLIS_MAX = 30_000;

    static final int HEADER_BYTES_MAX = 8 << 10;

    Connector connector(Server server, HttpConfiguration http) {
        http.setRequestHeaderSize(HEADER_BYTES_MAX);
        http.setSendServerVersion(false);
        http.addCustomizer(new BodyPace(System::nanoTime));
        ServerConnector connector = identity.map(keys -> {
                    SecureRequestCustomizer tls = new SecureRequestCustomizer();
                    // Certificates name what they like; clients look at that, and their names lead here.
                    tls.setSniHostCheck(false);
                    http.addCustomizer(tls);
                    return new WatchedConnector(server, tls(keys), new HttpConnectionFactory(http));
                })
                .orElseGet(() -> new WatchedConnector(server, new HttpConnectionFactory(http)));
        try {
            connector.open(listening);
        } catch (IOException unbound) {
            throw new UncheckedIOException(unbound);
        }
        connector.setIdleTimeout(IDLE_MILLIS_MAX);
        connector.addBean(new AddressLimit(options.connectionsOfAddressMax()));
        return connector;
    }

    private static SslContextFactory.Server tls(ServerIdentity keys) {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setSslContext(keys.context());
        factory.setWantClientAuth(keys.asksClients());
        factory.setIncludeProtocols(GrpcDoor.PROTOCOLS.toArray(String[]::new));
        factory.setIncludeCipherSuites(GrpcDoor.CIPHERS.toArray(String[]::new));
        factory.setExcludeCipherSuites();
        return factory;
    }
}
