package dev.everfold.server;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// Who may come to a server, and how it proves who it is; immutable.
///
/// @param users whether callers must be users of it; else what they say of themselves is ignored
/// @param tls certificate and key; without them nothing is encrypted
/// @param adminPassword of the first user, `admin`, when it is made
/// @param adminPasswordFile where that password is taken from without `adminPassword`; where there is no such file, a
///     random password is written to it
/// @param kurrentDefaultPasswords whether `admin` and `ops` are made with the password `changeit`, which the suites of
///     KurrentDB's clients expect
/// @param insecureNetwork whether strangers may reach it although it has no users or no TLS
/// @param passwordIterations how often a new password is hashed, 1..10,000,000; fewer than 600,000 are for tests
/// @param tokens of which provider of OpenID tokens are taken; without it, of none
/// @param trustedProxies common names in certificates of those who say by `Everfold-User` who the
///     user is, and are believed; `clientAuthorities` vouch for them
public record SecurityOptions(
        boolean users,
        Optional<Tls> tls,
        Optional<Secret> adminPassword,
        Path adminPasswordFile,
        boolean kurrentDefaultPasswords,
        boolean insecureNetwork,
        int passwordIterations,
        Optional<TokenOptions> tokens,
        Set<String> trustedProxies) {

    /// Where certificate and key are, both in PEM; they are read again when they change.
    ///
    /// @param certificate the server's, and those that lead from it to an authority
    /// @param key of the first certificate, as PKCS #8, not encrypted
    /// @param clientAuthorities certificates of those who vouch for clients; whoever shows one of
    ///     theirs is the user of its common name, without a password
    public record Tls(Path certificate, Path key, Optional<Path> clientAuthorities) {

        /// Without certificates of clients.
        public Tls(Path certificate, Path key) {
            this(certificate, key, Optional.empty());
        }
    }

    /// Without users and TLS.
    public static final SecurityOptions NONE = new SecurityOptions(
            false,
            Optional.empty(),
            Optional.empty(),
            Path.of("everfold-admin-password"),
            false,
            false,
            600_000,
            Optional.empty(),
            Set.of());

    /// @throws IllegalArgumentException when what needs users or certificates of clients is asked for
    ///     without them
    public SecurityOptions {
        trustedProxies = Set.copyOf(trustedProxies);
        if (kurrentDefaultPasswords && !users) {
            throw new IllegalArgumentException(
                    "KurrentDB's first users need users; expected --users with" + " --kurrent-default-passwords.");
        }
        if (tls.flatMap(Tls::clientAuthorities).isPresent() && !users) {
            throw new IllegalArgumentException("Certificates of clients say which user they are; expected --users with"
                    + " --tls-client-authorities.");
        }
        if (tokens.isPresent() && !users) {
            throw new IllegalArgumentException(
                    "Tokens say who may come, and without users everybody may; expected --users with --token-issuer.");
        }
        if (!trustedProxies.isEmpty() && tls.flatMap(Tls::clientAuthorities).isEmpty()) {
            throw new IllegalArgumentException("A trusted proxy is known by its certificate; expected"
                    + " --tls-client-authorities with --trusted-proxy.");
        }
        if (trustedProxies.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("The name of a trusted proxy is empty; expected the common name (CN) of"
                    + " its certificate with --trusted-proxy.");
        }
        if (passwordIterations < 1 || passwordIterations > 10_000_000) {
            throw new IllegalArgumentException(
                    "The number of iterations " + passwordIterations + " is out of range; expected 1..10000000.");
        }
    }

    /// The same options with or without users.
    public SecurityOptions withUsers(boolean needed) {
        return new SecurityOptions(
                needed,
                tls,
                adminPassword,
                adminPasswordFile,
                kurrentDefaultPasswords,
                insecureNetwork,
                passwordIterations,
                tokens,
                trustedProxies);
    }

    /// The same options with TLS.
    public SecurityOptions withTls(Tls files) {
        return new SecurityOptions(
                users,
                Optional.of(files),
                adminPassword,
                adminPasswordFile,
                kurrentDefaultPasswords,
                insecureNetwork,
                passwordIterations,
                tokens,
                trustedProxies);
    }

    /// The same options with a first password.
    public SecurityOptions withAdminPassword(Secret password) {
        return new SecurityOptions(
                users,
                tls,
                Optional.of(password),
                adminPasswordFile,
                kurrentDefaultPasswords,
                insecureNetwork,
                passwordIterations,
                tokens,
                trustedProxies);
    }

    /// The same options with another file for the first password.
    public SecurityOptions withAdminPasswordFile(Path file) {
        return new SecurityOptions(
                users,
                tls,
                adminPassword,
                file,
                kurrentDefaultPasswords,
                insecureNetwork,
                passwordIterations,
                tokens,
                trustedProxies);
    }

    /// The same options with or without KurrentDB's first users.
    public SecurityOptions withKurrentDefaultPasswords(boolean wanted) {
        return new SecurityOptions(
                users,
                tls,
                adminPassword,
                adminPasswordFile,
                wanted,
                insecureNetwork,
                passwordIterations,
                tokens,
                trustedProxies);
    }

    /// The same options for a network that is trusted, or not.
    public SecurityOptions withInsecureNetwork(boolean accepted) {
        return new SecurityOptions(
                users,
                tls,
                adminPassword,
                adminPasswordFile,
                kurrentDefaultPasswords,
                accepted,
                passwordIterations,
                tokens,
                trustedProxies);
    }

    /// The same options with another number of iterations.
    public SecurityOptions withPasswordIterations(int iterations) {
        return new SecurityOptions(
                users,
                tls,
                adminPassword,
                adminPasswordFile,
                kurrentDefaultPasswords,
                insecureNetwork,
                iterations,
                tokens,
                trustedProxies);
    }

    /// The same options with tokens of a provider.
    public SecurityOptions withTokens(TokenOptions provider) {
        return new SecurityOptions(
                users,
                tls,
                adminPassword,
                adminPasswordFile,
                kurrentDefaultPasswords,
                insecureNetwork,
                passwordIterations,
                Optional.of(provider),
                trustedProxies);
    }

    /// The same options with proxies that are believed.
    public SecurityOptions withTrustedProxies(Set<String> names) {
        return new SecurityOptions(
                users,
                tls,
                adminPassword,
                adminPasswordFile,
                kurrentDefaultPasswords,
                insecureNetwork,
                passwordIterations,
                tokens,
                names);
    }
}
