package dev.everfold.grpc;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreProvider;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.eventstore.Verification;
import io.grpc.ManagedChannel;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Makes `everfold://user:password@host:port?name=value` known; everything but the host may be left out, and the port
/// is 2113 then.
///
/// A password may stand in the environment instead, as `EVERFOLD_PASSWORD`. Where the URI names neither a user nor a
/// certificate of this client, a token may, as `EVERFOLD_TOKEN`. What a URI cannot carry in a name or a
/// password is written as `%` and two digits, for example `%40` for `@`.
///
/// | parameter | means |
/// | --- | --- |
/// | `mode` | `create` or `existing`, the same here since a server has a store; `read`: appends are refused here |
/// | `tls` | `true`: encrypted, the server shows a certificate. `false`: not, though a password goes to another
/// machine |
/// | `tlsCa` | a file in PEM of those whose certificates are believed; without it, those that the JDK trusts |
/// | `tlsCertificate`, `tlsKey` | files in PEM of this client's certificate and its key, for a server that knows users
/// by them; instead of a user and a password |
public final class GrpcEventStoreProvider implements EventStoreProvider {

    /// Where a server listens unless it is told otherwise.
    public static final int DEFAULT_PORT = 2113;

    private static final Set<String> TLS_FILES = Set.of("tlsCa", "tlsCertificate", "tlsKey");
    private static final String PASSWORD = "EVERFOLD_PASSWORD";
    private static final String TOKEN = "EVERFOLD_TOKEN";
    private static final String THERE = " Run it where the server's store is, and name that store.";
    private static final int PORT_MAX = 65_535;
    private static final Pattern REST = Pattern.compile(
            "//(?:([^/:@]+)(?::([^/@]*))?@)?(\\[[0-9A-Fa-f:.]+]|[\\p{L}\\p{N}._~-]+)(?::([0-9]{1,5}))?/?");
    private static final Pattern THIS_MACHINE = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|::1");

    private final UnaryOperator<@Nullable String> environment;

    /// For [java.util.ServiceLoader].
    public GrpcEventStoreProvider() {
        this(System::getenv);
    }

    GrpcEventStoreProvider(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    @Override
    public String scheme() {
        return "everfold";
    }

    @Override
    public void check(StoreUri uri) {
        port(uri, rest(uri));
        options(uri);
    }

    @Override
    public EventStore open(StoreUri uri) {
        Matcher rest = rest(uri);
        return GrpcEventStore.open(host(rest), port(uri, rest), options(uri));
    }

    /// @throws UnsupportedOperationException always: a server gives its store a lineage of its own
    @Override
    public EventStore openCopy(StoreUri uri, UUID lineage) {
        throw new UnsupportedOperationException("A store cannot be made as a copy through a server. Run the copy where"
                + " the server's store is to be, and serve what it made.");
    }

    /// @throws UnsupportedOperationException always: the files or tables are where the server is
    @Override
    public Verification verify(StoreUri uri, LongConsumer progress) {
        throw new UnsupportedOperationException("A store cannot be verified through a server." + THERE);
    }

    /// @throws UnsupportedOperationException always: see [#verify]
    @Override
    public long backup(StoreUri uri, Path directory, LongConsumer progress) {
        throw new UnsupportedOperationException("A store cannot be backed up through a server." + THERE);
    }

    /// @throws UnsupportedOperationException always: see [#verify]
    @Override
    public long restore(Path directory, StoreUri uri, LongConsumer progress) {
        throw new UnsupportedOperationException("A store cannot be restored through a server. Run it where the server's"
                + " store is to be, and serve what it made.");
    }

    /// A channel to a server, with the TLS and the user of the URI, for stubs of any protocol that it
    /// speaks. It connects when it is used; whoever asks for it shuts it down.
    ///
    /// @throws IllegalArgumentException when the URI cannot be understood
    public ManagedChannel channel(StoreUri uri) {
        Matcher rest = rest(uri);
        return Connection.channel(host(rest), port(uri, rest), options(uri), Connection.virtualThreads());
    }

    private static int port(StoreUri uri, Matcher rest) {
        int port = rest.group(4) == null ? DEFAULT_PORT : Integer.parseInt(rest.group(4));
        if (port == 0 || port > PORT_MAX) {
            throw unexpected(uri);
        }
        return port;
    }

    /// What a URI says beside where the server is.
    ///
    /// @throws IllegalArgumentException when it cannot be understood, or would send a password or a token to
    ///     another machine without TLS
    GrpcOptions options(StoreUri uri) {
        Matcher rest = rest(uri);
        GrpcOptions options = GrpcOptions.DEFAULTS;
        boolean plain = false;
        for (Map.Entry<String, String> parameter : uri.parameters().entrySet()) {
            if (TLS_FILES.contains(parameter.getKey())) {
                continue;
            }
            String text = parameter.getKey() + "=" + parameter.getValue();
            switch (text) {
                case "mode=create", "mode=existing" -> {}
                case "mode=read" -> options = options.withReadOnly(true);
                case "tls=false" -> plain = true;
                case "tls=true" -> options = options.withTls(GrpcOptions.Tls.DEFAULTS);
                default ->
                    throw new IllegalArgumentException("Store URI \"" + uri.forMessages() + "\" has the parameter "
                            + text + "; expected mode=create, mode=existing, mode=read, tls=true, tls=false,"
                            + " tlsCa=FILE, or tlsCertificate=FILE with tlsKey=FILE.");
            }
        }
        if (uri.parameters().keySet().stream().anyMatch(TLS_FILES::contains)) {
            options = options.withTls(new GrpcOptions.Tls(file(uri, "tlsCa"), own(uri)));
        }
        if (plain && options.tls().isPresent()) {
            throw new IllegalArgumentException("Store URI \"" + uri.forMessages()
                    + "\" names certificates and says tls=false; expected one of them.");
        }
        Optional<Credentials> credentials = credentials(uri, rest);
        if (credentials.isEmpty()) {
            return options;
        }
        if (options.tls().isEmpty()
                && !plain
                && !THIS_MACHINE.matcher(host(rest)).matches()) {
            throw new IllegalArgumentException("Store URI \"" + uri.forMessages() + "\" would send a "
                    + (credentials.get().isToken() ? "token" : "password")
                    + " to another machine in the clear; expected tls=true, or tls=false where the network is"
                    + " trusted.");
        }
        return options.withCredentials(credentials.get());
    }

    /// What the URI says comes before what the environment says.
    private Optional<Credentials> credentials(StoreUri uri, Matcher rest) {
        if (rest.group(1) != null) {
            return Optional.of(ofUser(uri, rest));
        }
        if (uri.parameters().containsKey("tlsCertificate")) {
            return Optional.empty();
        }
        String token = environment.apply(TOKEN);
        if (token == null || token.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Credentials.ofToken(token.toCharArray()));
        } catch (IllegalArgumentException unfit) {
            throw new IllegalArgumentException(TOKEN + " cannot be used: " + unfit.getMessage(), unfit);
        }
    }

    private static Optional<Path> file(StoreUri uri, String parameter) {
        return Optional.ofNullable(uri.parameters().get(parameter)).map(Path::of);
    }

    private static Optional<GrpcOptions.OwnCertificate> own(StoreUri uri) {
        Optional<Path> certificate = file(uri, "tlsCertificate");
        Optional<Path> key = file(uri, "tlsKey");
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("Store URI \"" + uri.forMessages()
                    + "\" names a certificate or a key alone; expected tlsCertificate=FILE with tlsKey=FILE.");
        }
        return certificate.map(shown -> new GrpcOptions.OwnCertificate(shown, key.orElseThrow()));
    }

    private Credentials ofUser(StoreUri uri, Matcher rest) {
        String given = rest.group(2) == null ? environment.apply(PASSWORD) : decoded(uri, rest.group(2));
        if (given == null) {
            throw new IllegalArgumentException("Store URI \"" + uri.forMessages()
                    + "\" names a user and no password; expected it in " + PASSWORD + ".");
        }
        return Credentials.of(decoded(uri, rest.group(1)), given.toCharArray());
    }

    private static String decoded(StoreUri uri, String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("The user or the password in store URI \"" + uri.forMessages()
                    + "\" has a % that is not followed by two digits; expected %25 for it.");
        }
    }

    private static String host(Matcher rest) {
        return rest.group(3).replaceAll("[\\[\\]]", "");
    }

    private static Matcher rest(StoreUri uri) {
        Matcher rest = REST.matcher(uri.rest());
        if (!rest.matches()) {
            throw unexpected(uri);
        }
        return rest;
    }

    private static IllegalArgumentException unexpected(StoreUri uri) {
        return new IllegalArgumentException("\"" + uri.forMessages()
                + "\" is not the URI of a server; expected everfold://HOST:PORT,"
                + " for example everfold://localhost:2113.");
    }
}
