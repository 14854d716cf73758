package dev.everfold.grpc.service;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Who comes in to a [GrpcServer], and what is behind it beside the store; immutable.
///
/// @param tls without it, nothing is encrypted
/// @param guards each sees every call, the first one first
/// @param services answered beside the store's own
/// @param connectionsOfAddressMax connections that one address may hold, 1 or more
/// @param inboundBytesMax bytes that all calls together may have sent before they are answered;
///     beyond it, the call that holds most is ended
public record GrpcDoor(
        Optional<Tls> tls,
        List<ServerInterceptor> guards,
        List<BindableService> services,
        int connectionsOfAddressMax,
        long inboundBytesMax) {

    /// How calls are encrypted.
    ///
    /// @param identity the certificate that is shown, and its key
    /// @param clients who vouches for clients; they may show a certificate and need not. Without it, they
    ///     are not asked
    public record Tls(X509ExtendedKeyManager identity, Optional<X509ExtendedTrustManager> clients) {}

    /// A quarter of the memory that the JVM may take.
    public static final long INBOUND_BYTES_MAX = Runtime.getRuntime().maxMemory() / 4;

    /// Everyone, in the clear, to the store alone; 1,000 connections of an address, [#INBOUND_BYTES_MAX].
    public static final GrpcDoor OPEN = new GrpcDoor(Optional.empty(), List.of(), List.of(), 1_000, INBOUND_BYTES_MAX);

    /// TLS 1.3, and of 1.2 what encrypts and authenticates in one.
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /// The suites of both.
    public static final List<String> CIPHERS = List.of(
            "TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private static final long HANDSHAKE_SECONDS_MAX = 10;

    /// Copies the lists.
    ///
    /// @throws IllegalArgumentException when no connection would be let in
    public GrpcDoor {
        guards = List.copyOf(guards);
        services = List.copyOf(services);
        if (connectionsOfAddressMax < 1) {
            throw new IllegalArgumentException(
                    "The limit " + connectionsOfAddressMax + " of connections is too low; expected 1 or more.");
        }
    }

    void configure(NettyServerBuilder builder) {
        tls.ifPresent(those -> builder.sslContext(context(those)));
        builder.handshakeTimeout(HANDSHAKE_SECONDS_MAX, TimeUnit.SECONDS);
        builder.addTransportFilter(new ConnectionsOfAddress(connectionsOfAddressMax));
        // The last one that is added is the first one asked.
        guards.reversed().forEach(builder::intercept);
        builder.intercept(new LiveCalls());
        builder.addStreamTracerFactory(new InboundBytes(inboundBytesMax));
        services.forEach(service -> builder.addService(ReadableRequests.of(service.bindService())));
    }

    private static SslContext context(Tls tls) {
        SslContextBuilder context = GrpcSslContexts.configure(SslContextBuilder.forServer(tls.identity()))
                .protocols(PROTOCOLS)
                .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE);
        tls.clients().ifPresent(authorities -> context.trustManager(authorities).clientAuth(ClientAuth.OPTIONAL));
        try {
            return context.build();
        } catch (SSLException unusable) {
            throw new IllegalStateException("TLS cannot be set up: " + unusable.getMessage(), unusable);
        }
    }
}
