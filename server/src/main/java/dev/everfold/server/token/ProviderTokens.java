package dev.everfold.server.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.everfold.eventstore.IoReason;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.TokenOptions;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// Tells what a token of an OpenID provider is worth.
///
/// It has to be signed with a key of the provider, by RSA or on an elliptic curve; keys and addresses that a token
/// itself brings along count for nothing. Clocks may differ by [#CLOCKS_DIFFER_MAX]. Safe for use by many threads.
public final class ProviderTokens implements AutoCloseable {

    /// By how much the clocks of provider and server may differ.
    public static final Duration CLOCKS_DIFFER_MAX = Duration.ofSeconds(60);

    /// What is not here is refused: no signature at all, and secrets that both sides share.
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    /// Others are for other purposes, for example to end a session.
    private static final Set<JOSEObjectType> TYPES = Set.of(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"));

    private static final String UNREADABLE = "The token is not a signed JWT.";
    private static final String FORGED = "The signature of the token is wrong.";

    private final TokenOptions options;
    private final ProviderKeys keys;
    private final InstantSource clock;
    private final Runnable end;

    ProviderTokens(TokenOptions options, ProviderKeys keys, InstantSource clock, Runnable end) {
        this.options = options;
        this.keys = keys;
        this.clock = clock;
        this.end = end;
    }

    /// Reads a file of keys now, and begins to fetch those that are elsewhere: whoever can log in without the
    /// provider need not wait for it.
    ///
    /// @throws StoreUnavailableException when the file cannot be used
    public static ProviderTokens open(TokenOptions options, InstantSource clock, LongSupplier nanos) {
        KeySource source = new KeySource(options);
        ProviderKeys keys = new ProviderKeys(source::fetch, nanos);
        switch (options.keys()) {
            case TokenOptions.Keys.In(var file) -> {
                try {
                    keys.fetch();
                } catch (IOException unusable) {
                    source.close();
                    throw new StoreUnavailableException(
                            "The keys of tokens in \"" + file + "\" cannot be used: "
                                    + IoReason.of(unusable, file.toString()).words()
                                    + ". Expected a JSON Web Key Set.",
                            false,
                            unusable);
                }
            }
            case TokenOptions.Keys.At _, TokenOptions.Keys.Discovered _ ->
                Thread.ofVirtual().name("everfold-token-keys").start(() -> fetch(keys));
        }
        return new ProviderTokens(options, keys, clock, source::close);
    }

    private static void fetch(ProviderKeys keys) {
        try {
            keys.fetch();
        } catch (IOException unreachable) {
            // It is logged, and the first token asks again.
        }
    }

    /// What a token is worth now.
    ///
    /// @param token of at most some kilobytes, whatever it is
    public Verdict check(String token) {
        SignedJWT jwt;
        try {
            jwt = SignedJWT.parse(token);
        } catch (ParseException | RuntimeException malformed) {
            // Not everything that is malformed is a ParseException of the library.
            return new Verdict.Bad(UNREADABLE);
        }
        if (!isCanonical(jwt.getSignature())) {
            return new Verdict.Bad(UNREADABLE);
        }
        Optional<String> refused = refused(jwt.getHeader());
        if (refused.isPresent()) {
            return new Verdict.Bad(refused.get());
        }
        try {
            List<JWK> candidates = keys.matching(jwt.getHeader());
            if (candidates.isEmpty()) {
                return new Verdict.Bad("The token is signed with a key that the provider does not have.");
            }
            if (candidates.stream().noneMatch(key -> isSigned(jwt, key))) {
                return new Verdict.Bad(FORGED);
            }
        } catch (IOException unreachable) {
            return new Verdict.Unsure("The keys of the provider of tokens cannot be fetched now; try again later.");
        }
        try {
            return claims(jwt.getJWTClaimsSet());
        } catch (ParseException | RuntimeException malformed) {
            return new Verdict.Bad(UNREADABLE);
        }
    }

    /// The library reads over what does not belong there, so one token would be a thousand texts, and each would be
    /// remembered. What is signed cannot be spelt in another way.
    private static boolean isCanonical(Base64URL signature) {
        return Base64URL.encode(signature.decode()).equals(signature);
    }

    private static Optional<String> refused(JWSHeader header) {
        if (!ALGORITHMS.contains(header.getAlgorithm())) {
            return Optional.of("The token is signed by an algorithm that is not taken; expected RS256, RS384, RS512,"
                    + " PS256, PS384, PS512, ES256, ES384 or ES512.");
        }
        if (header.getType() != null && !TYPES.contains(header.getType())) {
            return Optional.of("The token is of a type that is not taken; expected JWT or at+jwt.");
        }
        return header.getCriticalParams() == null && header.isBase64URLEncodePayload()
                ? Optional.empty()
                : Optional.of("The token demands what is not understood here; expected no header crit.");
    }

    private static boolean isSigned(SignedJWT jwt, JWK key) {
        try {
            return jwt.verify(verifier(key));
        } catch (JOSEException unfit) {
            // A key of another curve than the algorithm needs, for example.
            return false;
        }
    }

    private static JWSVerifier verifier(JWK key) throws JOSEException {
        return switch (key) {
            case RSAKey rsa -> new RSASSAVerifier(rsa);
            case ECKey ec -> new ECDSAVerifier(ec);
            default -> throw new IllegalStateException("A key of " + key.getKeyType() + " was kept.");
        };
    }

    private Verdict claims(JWTClaimsSet claims) throws ParseException {
        if (!options.issuer().toString().equals(claims.getIssuer())) {
            return new Verdict.Bad("The token is of another issuer.");
        }
        if (!claims.getAudience().contains(options.audience())) {
            return new Verdict.Bad("The token is made for others; expected another audience.");
        }
        Date expires = claims.getExpirationTime();
        if (expires == null) {
            return new Verdict.Bad("The token does not say when it expires; expected exp.");
        }
        Instant now = clock.instant();
        Instant until = expires.toInstant().plus(CLOCKS_DIFFER_MAX);
        if (!now.isBefore(until)) {
            return new Verdict.Bad("The token has expired.");
        }
        Date begins = claims.getNotBeforeTime();
        if (begins != null && now.isBefore(begins.toInstant().minus(CLOCKS_DIFFER_MAX))) {
            return new Verdict.Bad("The token is not valid yet.");
        }
        return named(claims, until);
    }

    private Verdict named(JWTClaimsSet claims, Instant until) {
        if (!(claims.getClaim(options.userClaim()) instanceof String user)) {
            return new Verdict.Bad("The token names no user; expected a text in its claim for the user.");
        }
        Object claimed = claims.getClaim(options.groupsClaim());
        if (claimed == null) {
            return new Verdict.Good(user, Set.of(), until);
        }
        if (!(claimed instanceof List<?> list) || !list.stream().allMatch(String.class::isInstance)) {
            return new Verdict.Bad("The groups of the token are no list of texts.");
        }
        Set<String> groups = new HashSet<>();
        list.forEach(group -> addGroup((String) group, groups));
        return new Verdict.Good(user, groups, until);
    }

    /// The system's groups are given by the options alone, whatever the provider calls its own.
    private void addGroup(String group, Set<String> groups) {
        if (!group.startsWith("$")) {
            groups.add(group);
        }
        options.adminGroup().filter(group::equals).ifPresent(_ -> groups.add(Caller.ADMINS));
        options.operatorGroup().filter(group::equals).ifPresent(_ -> groups.add(Caller.OPERATORS));
    }

    /// Fetches no more keys.
    @Override
    public void close() {
        end.run();
    }
}
