package dev.everfold.grpc;

import dev.everfold.eventstore.StoreUnavailableException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// What a client believes of a server, and what it shows of itself.
final class ClientTls {

    private ClientTls() {}

    /// @throws StoreUnavailableException when a file cannot be read or holds something else
    static SslContext context(GrpcOptions.Tls tls) {
        SslContextBuilder builder = GrpcSslContexts.forClient();
        tls.own().ifPresent(own -> show(builder, own));
        Optional<Path> authorities = tls.authorities();
        try {
            authorities.ifPresent(file -> builder.trustManager(file.toFile()));
            return builder.build();
        } catch (SSLException | IllegalArgumentException unusable) {
            throw new StoreUnavailableException(
                    "The certificates in \"" + authorities.map(Path::toString).orElse("the JDK") + "\" cannot be used: "
                            + reason(unusable) + ". Expected a file in PEM.",
                    false,
                    unusable);
        }
    }

    private static void show(SslContextBuilder builder, GrpcOptions.OwnCertificate own) {
        try {
            builder.keyManager(own.certificate().toFile(), own.key().toFile());
        } catch (IllegalArgumentException unusable) {
            throw new StoreUnavailableException(
                    "The certificate \"" + own.certificate() + "\" with the key \"" + own.key() + "\" cannot be used: "
                            + reason(unusable) + ". Expected both in PEM, the key as PKCS #8 without a password.",
                    false,
                    unusable);
        }
    }

    private static String reason(Exception unusable) {
        Throwable reason = unusable.getCause() == null ? unusable : unusable.getCause();
        return String.valueOf(reason.getMessage());
    }
}
