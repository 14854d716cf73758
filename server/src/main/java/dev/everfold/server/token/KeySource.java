package dev.everfold.server.token;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import dev.everfold.server.TokenOptions;
import dev.everfold.server.TokenOptions.Keys;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where the keys of a provider come from: a file, a URL, or where the provider says that they are.
///
/// What is fetched may be so large and take so long at most, and no answer leads elsewhere. Safe for use by many
/// threads.
final class KeySource implements AutoCloseable {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
    private static final int ANSWER_BYTES_MAX = 1 << 20;

    /// Shorter ones of RSA can be broken by whoever spends enough (RFC 7518, 3.3).
    private static final int RSA_BITS_MIN = 2_048;

    private static final String DESCRIPTION = "/.well-known/openid-configuration";
    private static final JsonMapper JSON = new JsonMapper();

    private final TokenOptions options;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(ANSWER_MAX)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    KeySource(TokenOptions options) {
        this.options = options;
    }

    /// The public keys that signatures may be checked with.
    ///
    /// @throws IOException when they cannot be fetched, or there is none; its message is a sentence's part
    List<JWK> fetch() throws IOException {
        String text = switch (options.keys()) {
            case Keys.Discovered() -> get(discovered());
            case Keys.At(URI url) -> get(url);
            case Keys.In(Path file) -> read(file);
        };
        List<JWK> keys = new ArrayList<>();
        for (JsonNode key : list(text)) {
            parse(key).filter(KeySource::isUsable).map(JWK::toPublicJWK).ifPresent(keys::add);
        }
        if (keys.isEmpty()) {
            throw new IOException("there is no key of RSA (" + RSA_BITS_MIN + " bits) or of an elliptic curve");
        }
        return keys;
    }

    private static JsonNode list(String text) throws IOException {
        try {
            JsonNode keys = JSON.readTree(text).path("keys");
            if (keys.isArray()) {
                return keys;
            }
        } catch (JacksonException malformed) {
            throw new IOException("they are no JSON Web Key Set", malformed);
        }
        throw new IOException("they are no JSON Web Key Set");
    }

    /// Empty for a key that is not understood, which does not hide the others (RFC 7517, 5).
    private static Optional<JWK> parse(JsonNode key) {
        try {
            return Optional.of(JWK.parse(key.toString()));
        } catch (ParseException | RuntimeException unknown) {
            // Not everything that is malformed is a ParseException of the library.
            return Optional.empty();
        }
    }

    private static boolean isUsable(JWK key) {
        return switch (key) {
            case RSAKey rsa -> rsa.size() >= RSA_BITS_MIN;
            case ECKey _ -> true;
            default -> false;
        };
    }

    /// Where the provider says that its keys are; it has to be the issuer's own description that says so.
    private URI discovered() throws IOException {
        String issuer = options.issuer().toString();
        String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        String text = get(URI.create(base + DESCRIPTION));
        try {
            JsonNode description = JSON.readTree(text);
            if (!description.path("issuer").asString("").equals(issuer)) {
                throw new IOException("the description of the provider is that of another issuer");
            }
            URI keys = URI.create(description.path("jwks_uri").asString(""));
            TokenOptions.requireSafe(keys);
            return keys;
        } catch (JacksonException | IllegalArgumentException malformed) {
            throw new IOException("the description of the provider names no safe jwks_uri", malformed);
        }
    }

    private static String read(Path file) throws IOException {
        try (InputStream input = Files.newInputStream(file)) {
            return new String(input.readNBytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8);
        }
    }

    private String get(URI url) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(ANSWER_MAX)
                .header("Accept", "application/json")
                .build();
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
        try {
            // The time-out of the request ends with the headers of its answer.
            HttpResponse<byte[]> response = answer.get(2 * ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != 200) {
                throw new IOException(url + " answers with status " + response.statusCode());
            }
            return new String(response.body(), StandardCharsets.UTF_8);
        } catch (ExecutionException failed) {
            throw new IOException(url + ": " + failed.getCause(), failed);
        } catch (TimeoutException slow) {
            answer.cancel(true);
            throw new IOException(url + " does not come to an end of its answer", slow);
        } catch (InterruptedException interrupted) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /// Ends what is under way.
    @Override
    public void close() {
        http.shutdownNow();
    }
}
