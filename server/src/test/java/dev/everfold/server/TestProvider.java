package dev.everfold.server;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// An OpenID provider: a real HTTP server with a description and keys, and what signs tokens.
public final class TestProvider implements AutoCloseable {

    public static final String AUDIENCE = "everfold";
    public static final RSAKey RSA = rsa("rsa-1", 2_048);
    public static final ECKey EC = ec("ec-1", Curve.P_256);

    private final HttpServer http;
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int status = 200;

    public TestProvider() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::answer);
        http.start();
        describe(issuer().toString(), issuer() + "/keys");
        publish(RSA, EC);
    }

    public URI issuer() {
        return URI.create("http://localhost:" + http.getAddress().getPort());
    }

    public TokenOptions options() {
        return new TokenOptions(issuer(), AUDIENCE);
    }

    public void describe(String issuer, String keys) {
        answers.put(
                "/.well-known/openid-configuration", "{\"issuer\":\"" + issuer + "\",\"jwks_uri\":\"" + keys + "\"}");
    }

    /// Has these keys, and no others.
    public void publish(JWK... keys) {
        publish(new JWKSet(List.of(keys)).toString());
    }

    public void publish(String text) {
        answers.put("/keys", text);
    }

    /// Answers everything with this status from now on.
    public void answerWith(int other) {
        status = other;
    }

    /// How often its keys were asked for.
    public int asked() {
        return asked.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/keys")) {
                asked.incrementAndGet();
            }
            byte[] body = answers.getOrDefault(path, "").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Location", issuer() + "/keys");
            exchange.sendResponseHeaders(body.length == 0 ? 404 : status, body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /// Claims of alice, a reader, which hold for an hour.
    public JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(issuer().toString())
                .audience(AUDIENCE)
                .subject("alice")
                .claim("groups", List.of("everfold-readers"))
                .expirationTime(Date.from(Clock.systemUTC().instant().plusSeconds(3_600)));
    }

    public String token() {
        return sign(claims());
    }

    public String sign(JWTClaimsSet.Builder claims) {
        return sign(claims.build(), RSA, new JWSHeader.Builder(JWSAlgorithm.RS256));
    }

    /// Signs claims with a key.
    ///
    /// @param header whose algorithm fits the key; it gets the key's id
    public static String sign(JWTClaimsSet claims, JWK key, JWSHeader.Builder header) {
        try {
            SignedJWT jwt = new SignedJWT(header.keyID(key.getKeyID()).build(), claims);
            jwt.sign(signer(key));
            return jwt.serialize();
        } catch (JOSEException unfit) {
            throw new IllegalArgumentException(unfit);
        }
    }

    /// Signs any text as the payload.
    public static String sign(String payload) {
        try {
            JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                    .keyID(RSA.getKeyID())
                    .build();
            JWSObject signed = new JWSObject(header, new Payload(payload));
            signed.sign(signer(RSA));
            return signed.serialize();
        } catch (JOSEException unfit) {
            throw new IllegalArgumentException(unfit);
        }
    }

    private static JWSSigner signer(JWK key) throws JOSEException {
        return key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner(key.toECKey());
    }

    public static RSAKey rsa(String id, int bits) {
        try {
            return new RSAKeyGenerator(bits, true).keyID(id).generate();
        } catch (JOSEException missing) {
            throw new IllegalStateException(missing);
        }
    }

    public static ECKey ec(String id, Curve curve) {
        try {
            return new ECKeyGenerator(curve).keyID(id).generate();
        } catch (JOSEException missing) {
            throw new IllegalStateException(missing);
        }
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
