package dev.everfold.cli;

import dev.everfold.server.Secret;
import dev.everfold.server.SecurityOptions;
import dev.everfold.server.SecurityOptions.Tls;
import dev.everfold.server.ServerOptions;
import dev.everfold.server.TokenOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Options of `serve` about who may come.
final class SecurityArguments {

    /// Where the first password may stand; arguments are seen by everybody on the machine.
    static final String ADMIN_PASSWORD = "EVERFOLD_ADMIN_PASSWORD";

    @Option(
            names = "--users",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Let in users only. The first one is admin.")
    boolean users;

    @Option(
            names = "--admin-password-file",
            paramLabel = "FILE",
            description = "Has the first password of admin, or gets a random one. Default: everfold-admin-password.")
    Path adminPasswordFile = SecurityOptions.NONE.adminPasswordFile();

    @Option(names = "--tls-certificate", paramLabel = "FILE", description = "Encrypt; show this certificate (PEM).")
    @Nullable
    Path tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The certificate's key (PEM, PKCS #8).")
    @Nullable
    Path tlsKey;

    @Option(
            names = "--tls-client-authorities",
            paramLabel = "FILE",
            description = "Let in who shows a certificate of these authorities (PEM), as the user of its common name.")
    @Nullable
    Path tlsClientAuthorities;

    @Option(
            names = "--trusted-proxy",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Believe the header Everfold-User of clients whose certificate has this common name. Repeatable.")
    List<String> trustedProxies = new ArrayList<>();

    @Mixin
    TokenArguments tokens = new TokenArguments();

    @Option(
            names = "--connections-of-address",
            paramLabel = "N",
            description = "Connections that one address may hold at each port. Default: 1000.")
    int connectionsOfAddress = ServerOptions.DEFAULTS.connectionsOfAddressMax();

    @Option(
            names = "--kurrent-default-passwords",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Make admin and ops with the password changeit, for tests of KurrentDB's clients.")
    boolean kurrentDefaultPasswords;

    @Option(
            names = "--i-accept-insecure-network",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Listen at any host without users or without TLS: whoever reaches it, does what he likes.")
    boolean insecureNetwork;

    /// The options with what these say.
    ///
    /// @throws IllegalArgumentException when they do not fit together
    SecurityOptions options(Map<String, String> environment) {
        SecurityOptions options = SecurityOptions.NONE
                .withUsers(users)
                .withAdminPasswordFile(adminPasswordFile)
                .withKurrentDefaultPasswords(kurrentDefaultPasswords)
                .withInsecureNetwork(insecureNetwork);
        Optional<String> password = Optional.ofNullable(environment.get(ADMIN_PASSWORD));
        if (password.isPresent()) {
            options = options.withAdminPassword(Secret.of(password.get()));
        }
        Optional<TokenOptions> provider = tokens.options();
        if (provider.isPresent()) {
            options = options.withTokens(provider.get());
        }
        Optional<Tls> tls = tls();
        if (tls.isPresent()) {
            options = options.withTls(tls.get());
        }
        return options.withTrustedProxies(Set.copyOf(trustedProxies));
    }

    private Optional<Tls> tls() {
        Path certificate = tlsCertificate;
        Path key = tlsKey;
        if (certificate == null && key == null && tlsClientAuthorities == null) {
            return Optional.empty();
        }
        if (certificate == null || key == null) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "TLS needs both its certificate and its key; expected --tls-certificate with --tls-key.");
        }
        return Optional.of(new Tls(certificate, key, Optional.ofNullable(tlsClientAuthorities)));
    }
}
