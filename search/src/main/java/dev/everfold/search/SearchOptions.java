package dev.everfold.search;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Where Elasticsearch or OpenSearch is, who we are to it, and what we wait and send at most.
///
/// @param server the address of a node or of what stands before the nodes, as in `https://search:9200`; a path is kept
/// @param authorization the `Authorization` header; never shown by [#toString()]
/// @param client what sends the requests; without one, the library makes one of its own and closes it
/// @param tls whom the library's own client trusts and who it is; not used with a given client
/// @param connectTimeout how long the library's own client waits for a connection
/// @param requestTimeout how long one request may take, from sending it to the last byte of its answer
/// @param bulkBytesMax the largest request that stores documents, in bytes, at least 1,024; servers refuse more
///     than 100 MB unless they are set otherwise
public record SearchOptions(
        URI server,
        Optional<String> authorization,
        Optional<HttpClient> client,
        Optional<SSLContext> tls,
        Duration connectTimeout,
        Duration requestTimeout,
        int bulkBytesMax) {

    /// What holds unless something else is said.
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /// What holds unless something else is said.
    public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    /// What holds unless something else is said. Larger requests are hardly faster and cost the server memory.
    public static final int BULK_BYTES_MAX = 5 << 20;

    private static final int BULK_BYTES_LEAST = 1 << 10;

    /// @throws IllegalArgumentException when the address is not one of HTTP, or a limit is out of its range
    public SearchOptions {
        String scheme = String.valueOf(server.getScheme());
        if ((!scheme.equals("http") && !scheme.equals("https")) || server.getHost() == null) {
            throw new IllegalArgumentException(
                    "Address \"" + withoutUser(server) + "\" is not usable; expected one like https://search:9200.");
        }
        if (server.getRawUserInfo() != null) {
            throw new IllegalArgumentException("Address \"" + withoutUser(server)
                    + "\" has a user in it; expected none, since addresses are logged. Use withBasicAuth.");
        }
        if (server.getRawQuery() != null || server.getRawFragment() != null) {
            throw new IllegalArgumentException("Address \"" + server + "\" ends with ? or #; expected neither.");
        }
        checkPositive("connectTimeout", connectTimeout);
        checkPositive("requestTimeout", requestTimeout);
        if (bulkBytesMax < BULK_BYTES_LEAST) {
            throw new IllegalArgumentException(
                    "bulkBytesMax is " + bulkBytesMax + "; expected at least " + BULK_BYTES_LEAST + " bytes.");
        }
    }

    /// A server that asks nobody who they are, with the limits above.
    public static SearchOptions at(URI server) {
        return new SearchOptions(
                server,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                CONNECT_TIMEOUT,
                REQUEST_TIMEOUT,
                BULK_BYTES_MAX);
    }

    /// As a user with a password.
    public SearchOptions withBasicAuth(String user, String password) {
        if (user.indexOf(':') >= 0) {
            throw new IllegalArgumentException("User \"" + user + "\" contains a colon; basic authentication has no "
                    + "way to send it. Use another user or an API key.");
        }
        byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return withAuthorization("Basic " + Base64.getEncoder().encodeToString(both));
    }

    /// With an API key in the encoded form that the server gave out.
    public SearchOptions withApiKey(String encodedKey) {
        return withAuthorization("ApiKey " + encodedKey);
    }

    /// With any other `Authorization` header, such as a bearer token.
    public SearchOptions withAuthorization(String header) {
        return new SearchOptions(
                server, Optional.of(header), client, tls, connectTimeout, requestTimeout, bulkBytesMax);
    }

    /// Through a client of the caller, who also closes it. Its connect time-out and its trust are what count then.
    public SearchOptions withClient(HttpClient given) {
        return new SearchOptions(
                server, authorization, Optional.of(given), tls, connectTimeout, requestTimeout, bulkBytesMax);
    }

    /// Trusting whom the context trusts.
    public SearchOptions withTls(SSLContext context) {
        return new SearchOptions(
                server, authorization, client, Optional.of(context), connectTimeout, requestTimeout, bulkBytesMax);
    }

    /// Waiting as long for a connection, and as long for a whole request.
    public SearchOptions withTimeouts(Duration connect, Duration request) {
        return new SearchOptions(server, authorization, client, tls, connect, request, bulkBytesMax);
    }

    /// Sending as many bytes at most in one request that stores documents.
    public SearchOptions withBulkBytesMax(int bytes) {
        return new SearchOptions(server, authorization, client, tls, connectTimeout, requestTimeout, bytes);
    }

    /// The address and the limits, without secrets.
    @Override
    public String toString() {
        return "SearchOptions[server=" + server + ", connectTimeout=" + connectTimeout + ", requestTimeout="
                + requestTimeout + ", bulkBytesMax=" + bulkBytesMax + "]";
    }

    private static void checkPositive(String name, Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException(name + " is " + timeout + "; expected more than nothing.");
        }
    }

    private static String withoutUser(URI server) {
        return server.getRawUserInfo() == null
                ? server.toString()
                : server.toString().replace(server.getRawUserInfo() + "@", "");
    }
}
