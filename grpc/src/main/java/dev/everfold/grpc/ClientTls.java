package dev.everfold.grpc;

import dev.everfold.eventstore.StoreUnavailableException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// What a client believes of a server.
final class ClientTls {

    private ClientTls() {}

    /// @throws StoreUnavailableException when the file of the authorities cannot be read or holds no certificate
    static SslContext context(GrpcOptions.Tls tls) {
        Optional<Path> authorities = tls.authorities();
        try {
            SslContextBuilder builder = GrpcSslContexts.forClient();
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

    private static String reason(Exception unusable) {
        Throwable reason = unusable.getCause() == null ? unusable : unusable.getCause();
        return String.valueOf(reason.getMessage());
    }
}
