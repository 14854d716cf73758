package dev.everfold.postgres;

import dev.everfold.eventstore.StoreUri;
import dev.everfold.postgres.PostgresEventStore.Mode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.postgresql.ds.PGSimpleDataSource;

/// What a URI says: which server, which database, which schema, how to open it.
///
/// @param address host, port and database, for messages: without user and password
/// @param url for the driver
/// @param login user and password, and settings of the driver
/// @param options the options, with what the URI says of them
/// @param mode how to open it
record PostgresUri(String address, String url, Properties login, PostgresOptions options, Mode mode) {

    /// Settings of the driver that a URI may have.
    private static final Set<String> DRIVERS = Set.of(
            "sslmode",
            "sslrootcert",
            "sslcert",
            "sslkey",
            "targetServerType",
            "hostRecheckSeconds",
            "ApplicationName",
            "channelBinding",
            "gssEncMode");

    private static final String EXPECTED = "mode, schema, user, password, connections, partition, sslmode,"
            + " sslrootcert, sslcert, sslkey, targetServerType, hostRecheckSeconds, ApplicationName, channelBinding"
            + " or gssEncMode";

    /// @throws IllegalArgumentException when it is not a URI of this engine's; the message holds no password
    static PostgresUri parse(StoreUri uri, PostgresOptions defaults) {
        if (!uri.rest().startsWith("//")) {
            throw new IllegalArgumentException("The store URI of scheme postgresql names no server;"
                    + " expected postgresql://HOST[:PORT]/DATABASE.");
        }
        String rest = uri.rest().substring(2);
        int at = rest.lastIndexOf('@');
        String user = rest.substring(0, Math.max(0, at));
        rest = rest.substring(at + 1);
        int slash = rest.indexOf('/');
        if (slash < 1 || slash == rest.length() - 1 || rest.indexOf('/', slash + 1) >= 0) {
            throw new IllegalArgumentException("The store URI postgresql://" + rest
                    + " names no host or no database; expected postgresql://HOST[:PORT]/DATABASE.");
        }
        Properties login = new Properties();
        if (at >= 0) {
            login(rest, user, login);
        }
        PostgresOptions options = defaults;
        Mode mode = Mode.CREATE;
        for (Map.Entry<String, String> parameter : uri.parameters().entrySet()) {
            String value = parameter.getValue();
            switch (parameter.getKey()) {
                case "mode" -> mode = mode(rest, value);
                case "schema" -> options = options.withSchema(value);
                case "user", "password" ->
                    login.setProperty(parameter.getKey(), decoded(rest, parameter.getKey(), value));
                case "connections" ->
                    options = options.withConnectionsMax(
                            Math.clamp(number(rest, "connections", value), Integer.MIN_VALUE, Integer.MAX_VALUE));
                case "partition" -> options = options.withPartitionEvents(number(rest, "partition", value));
                default -> {
                    if (!DRIVERS.contains(parameter.getKey())) {
                        throw unexpected(rest, parameter.getKey() + "=" + value, EXPECTED);
                    }
                    login.setProperty(parameter.getKey(), decoded(rest, parameter.getKey(), value));
                }
            }
        }
        return new PostgresUri(rest, "jdbc:postgresql://" + rest, login, options, mode);
    }

    private static void login(String address, String text, Properties login) {
        String what = "user or the password";
        int colon = text.indexOf(':');
        login.setProperty("user", decoded(address, what, colon < 0 ? text : text.substring(0, colon)));
        if (colon >= 0) {
            login.setProperty("password", decoded(address, what, text.substring(colon + 1)));
        }
    }

    /// The server, with the session settings that the engine counts on.
    PGSimpleDataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        try {
            source.setUrl(url);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(
                    "The store URI postgresql://" + address
                            + " names no host or no port that is one; expected postgresql://HOST[:PORT]/DATABASE.",
                    refused);
        }
        try {
            for (String name : login.stringPropertyNames()) {
                source.setProperty(name, login.getProperty(name));
            }
        } catch (SQLException | IllegalArgumentException refused) {
            throw new IllegalArgumentException(
                    "The driver does not take postgresql://" + address + ": " + refused.getMessage(), refused);
        }
        if (login.getProperty("ApplicationName") == null) {
            source.setApplicationName("everfold");
        }
        source.setConnectTimeout(seconds(options.connectMax()));
        // Whoever waits for the sequencer is told by the server when that takes too long.
        source.setSocketTimeout(Math.max(seconds(options.answerMax()), seconds(options.lockMax()) + 1));
        source.setTcpKeepAlive(true);
        // From the first execution on: what is prepared on the server is not parsed and planned each time.
        source.setPrepareThreshold(1);
        // Tables that grow from nothing would be searched by plans that were right when they were empty.
        String settings = "-c enable_seqscan=off -c jit=off";
        source.setOptions(mode == Mode.READ ? settings + " -c default_transaction_read_only=on" : settings);
        return source;
    }

    /// Rounded up.
    private static int seconds(Duration time) {
        return Math.toIntExact(Math.ceilDiv(time.toMillis(), 1_000L));
    }

    /// Which store, for messages.
    String description() {
        return "schema \"" + options.schema() + "\" of postgresql://" + address;
    }

    /// Without the password.
    @Override
    public String toString() {
        return description();
    }

    private static Mode mode(String address, String value) {
        return switch (value) {
            case "create" -> Mode.CREATE;
            case "existing" -> Mode.EXISTING;
            case "read" -> Mode.READ;
            default -> throw unexpected(address, "mode=" + value, "mode=create, mode=existing or mode=read");
        };
    }

    private static long number(String address, String name, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException notOne) {
            throw unexpected(address, name + "=" + value, "a number");
        }
    }

    private static String decoded(String address, String what, String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            // Not as the cause, since its words may hold a part of the password.
            throw new IllegalArgumentException("The " + what + " in the store URI postgresql://" + address
                    + " has a % that is not followed by two digits; expected %25 for it.");
        }
    }

    private static IllegalArgumentException unexpected(String address, String parameter, String expected) {
        return new IllegalArgumentException("The store URI postgresql://" + address + " has the parameter " + parameter
                + "; expected " + expected + ".");
    }
}
