package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.grpc.Credentials;
import dev.everfold.grpc.GrpcEventStore;
import dev.everfold.grpc.GrpcOptions;
import dev.everfold.kurrent.Caller;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsGrpc;
import dev.everfold.protocol.kurrent.StreamsWire;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Tokens of an OpenID provider at both doors: those that are right let in, and all others are refused alike.
@Timeout(60)
class TokensAtTheDoorTest {

    private static final Append PLACED = Append.of(NewEvent.of("order-17", "order.placed", "{}"));
    private static final String UNREADABLE = "The token is not a signed JWT.";
    private static final String FORGED = "The signature of the token is wrong.";
    private static final String ALGORITHM = "The token is signed by an algorithm that is not taken; expected RS256,";
    private static final String KEY = "The token is signed with a key that the provider does not have.";
    private static final String NO_GROUPS = "The groups of the token are no list of texts.";
    private static final String NO_NAME = "The user of the token has a name that is not taken;";
    private static final RSAKey FOREIGN = TestProvider.rsa("rsa-1", 2_048);

    @TempDir
    Path folder;

    private TestProvider provider;
    private SecuredServer secured;

    @BeforeEach
    void serve() throws Exception {
        provider = new TestProvider();
        secured = serving(provider.options());
    }

    @AfterEach
    void end() {
        secured.close();
        provider.close();
    }

    private static SecuredServer serving(TokenOptions tokens) {
        return new SecuredServer(
                ServerOptions.DEFAULTS.withPorts(0, 0).withSecurity(SecuredServer.USERS.withTokens(tokens)));
    }

    private static EventStore client(SecuredServer secured, String token) {
        return GrpcEventStore.open(
                "localhost",
                secured.server.grpcPort(),
                GrpcOptions.DEFAULTS.withCredentials(Credentials.ofToken(token.toCharArray())));
    }

    private static HttpResponse<String> get(SecuredServer secured, String path, String token) throws Exception {
        return secured.send(secured.request(path).header("Authorization", "Bearer " + token));
    }

    static Stream<Arguments> wrongTokens() {
        return Stream.concat(wrongSignatures(), wrongClaims());
    }

    private static Stream<Arguments> wrongSignatures() {
        return Stream.of(
                wrong("no JWT", _ -> "abc", UNREADABLE),
                wrong("three parts of nothing", _ -> "a.b.c", UNREADABLE),
                wrong(
                        "five parts, encrypted",
                        _ -> "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkExMjhHQ00ifQ.a.b.c.d",
                        UNREADABLE),
                wrong("alg none", provider -> new PlainJWT(provider.claims().build()).serialize(), UNREADABLE),
                wrong("alg none, in other letters", provider -> header("{\"alg\":\"NoNe\"}", provider), ALGORITHM),
                wrong("HS256 with the public key as the secret", TokensAtTheDoorTest::confused, ALGORITHM),
                wrong("an algorithm that nobody knows", provider -> header("{\"alg\":\"XX99\"}", provider), ALGORITHM),
                wrong("a header without alg", provider -> header("{\"kid\":\"rsa-1\"}", provider), UNREADABLE),
                wrong(
                        "a header that says twice what it is",
                        provider -> header("{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"rsa-1\"}", provider),
                        UNREADABLE),
                wrong("a header of another type", TokensAtTheDoorTest::forLogout, "The token is of a type that is not"),
                wrong("a header that has to be understood", TokensAtTheDoorTest::critical, "The token demands what is"),
                wrong("another key of the same name", provider -> forged(provider, false), FORGED),
                wrong("a key that it brings along", provider -> forged(provider, true), FORGED),
                wrong("a key that the provider does not have", TokensAtTheDoorTest::unknownKey, KEY),
                wrong("a key of another kind", TokensAtTheDoorTest::otherKind, KEY),
                wrong("a changed payload", TokensAtTheDoorTest::changed, FORGED),
                wrong("a signature of nothing but zeros", TokensAtTheDoorTest::zeros, FORGED),
                wrong("no signature", provider -> provider.token().replaceFirst("[^.]+$", ""), UNREADABLE));
    }

    private static Stream<Arguments> wrongClaims() {
        return Stream.of(
                wrong(
                        "another issuer",
                        provider -> provider.sign(provider.claims().issuer("http://localhost")),
                        "The token is of another issuer."),
                wrong(
                        "an issuer that looks the same",
                        provider -> provider.sign(provider.claims().issuer(provider.issuer() + "/")),
                        "The token is of another issuer."),
                wrong(
                        "no issuer",
                        provider -> provider.sign(provider.claims().issuer(null)),
                        "The token is of another issuer."),
                wrong(
                        "another audience",
                        provider -> provider.sign(provider.claims().audience(List.of("everfold2", "shop"))),
                        "The token is made for others; expected another audience."),
                wrong(
                        "no audience",
                        provider -> provider.sign(provider.claims().audience((String) null)),
                        "The token is made for others; expected another audience."),
                wrong("expired", provider -> provider.sign(expiring(provider, -61)), "The token has expired."),
                wrong(
                        "not valid yet",
                        provider -> provider.sign(provider.claims().notBeforeTime(in(90))),
                        "The token is not valid yet."),
                wrong(
                        "no end",
                        provider -> provider.sign(provider.claims().expirationTime(null)),
                        "The token does not say when it expires; expected exp."),
                wrong("an end that is no number", provider -> payload(provider, "\"exp\":\"tomorrow\""), UNREADABLE),
                wrong("claims that say it twice", provider -> payload(provider, "\"aud\":\"shop\""), UNREADABLE),
                wrong("claims that are no object", _ -> TestProvider.sign("17"), UNREADABLE),
                wrong("claims that are deep", _ -> TestProvider.sign("{\"a\":" + "[".repeat(4_000)), UNREADABLE),
                wrong(
                        "no user",
                        provider -> provider.sign(provider.claims().subject(null)),
                        "The token names no user;"),
                wrong(
                        "the name of a group",
                        provider -> provider.sign(provider.claims().subject("$admins")),
                        NO_NAME),
                wrong("half of a character", provider -> TestProvider.sign(named(provider, "\\ud83d")), NO_NAME),
                wrong(
                        "a long name",
                        provider -> provider.sign(provider.claims().subject("\u20ac".repeat(257))),
                        NO_NAME),
                wrong(
                        "a name with a colon",
                        provider -> provider.sign(provider.claims().subject("a:b")),
                        NO_NAME),
                wrong(
                        "the name of a user of the server",
                        provider -> provider.sign(provider.claims().subject("admin")),
                        "The user of the token bears the name of one of this server's own."),
                wrong(
                        "groups that are a text",
                        provider -> provider.sign(provider.claims().claim("groups", "everfold-readers")),
                        NO_GROUPS),
                wrong(
                        "groups that are numbers",
                        provider -> provider.sign(provider.claims().claim("groups", List.of(1))),
                        NO_GROUPS),
                wrong("an API token that nobody made", _ -> "ef_" + "A".repeat(43), "The token is wrong, has expired"));
    }

    private static Arguments wrong(String what, Function<TestProvider, String> token, String words) {
        return Arguments.of(what, token, words);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongTokens")
    void a_token_that_is_wrong_is_refused_at_both_doors_in_the_same_words(
            String what, Function<TestProvider, String> make, String words) throws Exception {
        String token = make.apply(provider);

        HttpResponse<String> refused = get(secured, "/stats", token);

        assertThat(refused.statusCode()).as(what).isEqualTo(401);
        assertThat(refused.body()).contains("\"detail\":\"" + words).doesNotContain(token);
        assertThat(refused.headers().firstValue("WWW-Authenticate"))
                .hasValue("Bearer realm=\"Everfold\", error=\"invalid_token\"");
        assertThatThrownBy(() -> client(secured, token))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining(" does not let this client in: " + words)
                .hasMessageEndingWith(" Expected another token in EVERFOLD_TOKEN.")
                .hasMessageNotContaining(token);
    }

    @Test
    void a_token_that_is_larger_than_headers_may_be_reaches_neither_door() throws Exception {
        String token = provider.sign(provider.claims().claim("more", "x".repeat(9_000)));

        assertThat(get(secured, "/stats", token).statusCode()).isEqualTo(431);
        assertThatThrownBy(() -> client(secured, token)).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void what_is_no_token_at_all_is_refused() throws Exception {
        for (String header : List.of("Bearer", "Bearer ", "Bearer a b", "Bearer {}", "Token abc")) {
            HttpResponse<String> refused =
                    secured.send(secured.request("/stats").header("Authorization", header));

            assertThat(refused.statusCode()).as(header).isEqualTo(401);
        }
    }

    static Stream<Arguments> goodSignatures() {
        return Stream.of(
                Arguments.of(TestProvider.RSA, JWSAlgorithm.RS256),
                Arguments.of(TestProvider.RSA, JWSAlgorithm.RS384),
                Arguments.of(TestProvider.RSA, JWSAlgorithm.RS512),
                Arguments.of(TestProvider.RSA, JWSAlgorithm.PS256),
                Arguments.of(TestProvider.RSA, JWSAlgorithm.PS512),
                Arguments.of(TestProvider.EC, JWSAlgorithm.ES256),
                Arguments.of(TestProvider.ec("ec-384", Curve.P_384), JWSAlgorithm.ES384),
                Arguments.of(TestProvider.ec("ec-521", Curve.P_521), JWSAlgorithm.ES512));
    }

    @ParameterizedTest
    @MethodSource("goodSignatures")
    void who_has_a_good_token_comes_in_with_its_groups_and_no_others(JWK key, JWSAlgorithm algorithm) throws Exception {
        provider.publish(key.toPublicJWK());
        String token = TestProvider.sign(provider.claims().build(), key, new JWSHeader.Builder(algorithm));
        try (SecuredServer elsewhere = serving(provider.options());
                EventStore store = client(elsewhere, token)) {
            elsewhere.store.append(PLACED);

            assertThat(store.read(Read.stream("order-17")).toList()).hasSize(1);
            assertThatThrownBy(() -> store.append(PLACED))
                    .hasMessageContaining("User \"alice\" may not append to the log; expected");
            assertThatThrownBy(() -> store.read(Read.stream("$user-admin"))).hasMessageContaining("is the system's");
            assertThat(get(elsewhere, "/stats", token).statusCode()).isEqualTo(200);
            assertThat(get(elsewhere, "/users", token).statusCode()).isEqualTo(403);
        }
    }

    @Test
    void groups_of_the_system_are_given_by_the_operator_alone() throws Exception {
        String claimed = provider.sign(
                provider.claims().claim("groups", List.of(Caller.ADMINS, Caller.OPERATORS, "staff", "operators")));

        assertThat(get(secured, "/users", claimed).statusCode()).isEqualTo(403);
        assertThat(get(secured, "/metrics", claimed).statusCode()).isEqualTo(403);
        try (SecuredServer admins = serving(provider.options().withAdminGroup("staff"));
                SecuredServer operators = serving(provider.options().withOperatorGroup("operators"))) {
            assertThat(get(admins, "/users", claimed).statusCode()).isEqualTo(200);
            assertThat(get(operators, "/users", claimed).statusCode()).isEqualTo(403);
            assertThat(get(operators, "/metrics", claimed).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void user_and_groups_may_stand_in_other_claims_and_a_user_without_groups_has_none() throws Exception {
        TokenOptions other = provider.options().withUserClaim("email").withGroupsClaim("https://shop.example/roles");
        String token = provider.sign(provider.claims()
                .claim("email", "bob@shop.example")
                .claim("https://shop.example/roles", List.of("everfold-writers")));

        try (SecuredServer elsewhere = serving(other)) {
            assertThat(get(elsewhere, "/events", token).body())
                    .contains("User \\\"bob@shop.example\\\" may not read the log");
            try (EventStore store = client(elsewhere, token)) {
                assertThat(store.append(PLACED).revisions()).containsExactly(0L);
            }
            assertThat(get(elsewhere, "/events", provider.sign(provider.claims().claim("email", "bob")))
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void keys_may_come_from_a_file_or_a_url_and_a_file_without_any_is_refused() throws Exception {
        Path file =
                Files.writeString(folder.resolve("keys.json"), new JWKSet(TestProvider.RSA.toPublicJWK()).toString());
        URI elsewhere = URI.create("https://provider.example");
        TokenOptions options = new TokenOptions(elsewhere, TestProvider.AUDIENCE);
        String token = provider.sign(provider.claims().issuer(elsewhere.toString()));

        try (SecuredServer byFile = serving(options.withKeys(TokenOptions.Keys.parse(file.toString())));
                SecuredServer byUrl = serving(options.withKeys(TokenOptions.Keys.parse(provider.issuer() + "/keys")))) {
            assertThat(get(byFile, "/stats", token).statusCode()).isEqualTo(200);
            assertThat(get(byUrl, "/stats", token).statusCode()).isEqualTo(200);
        }
        Files.writeString(file, "{}");
        assertThatThrownBy(() -> serving(options.withKeys(TokenOptions.Keys.parse(file.toString()))))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("The keys of tokens in \"" + file
                        + "\" cannot be used: they are no JSON Web Key Set. Expected a JSON Web Key Set.");
    }

    @Test
    void while_the_provider_cannot_be_reached_known_keys_go_on_and_users_come_in() throws Exception {
        assertThat(get(secured, "/stats", provider.token()).statusCode()).isEqualTo(200);
        provider.answerWith(503);
        String another = provider.sign(provider.claims().subject("bob"));
        assertThat(get(secured, "/stats", another).statusCode()).isEqualTo(200);

        try (SecuredServer late = serving(provider.options())) {
            HttpResponse<String> unsure = get(late, "/stats", provider.token());

            assertThat(unsure.statusCode()).isEqualTo(503);
            assertThat(unsure.body()).contains("The keys of the provider of tokens cannot be fetched now; try again");
            assertThatThrownBy(() -> client(late, provider.token()))
                    .isInstanceOfSatisfying(
                            StoreUnavailableException.class,
                            refusal -> assertThat(refusal.retryable()).isTrue());
            assertThat(late.send(late.request("/stats", "admin", SecuredServer.PASSWORD))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void what_goes_on_ends_when_the_token_expires() throws Exception {
        String token = provider.sign(expiring(provider, -57));
        HttpResponse<InputStream> live = secured.http.send(
                secured.request("/events/live")
                        .header("Authorization", "Bearer " + token)
                        .build(),
                BodyHandlers.ofInputStream());
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", secured.server.grpcPort())
                .usePlaintext()
                .build();
        try {
            Iterator<StreamsWire.ReadResp> subscribed = subscribe(channel, token);
            assertThat(subscribed.next().hasConfirmation()).isTrue();

            assertThatThrownBy(() -> subscribed.forEachRemaining(_ -> {}))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, ended -> {
                        assertThat(ended.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                        assertThat(ended.getStatus().getDescription())
                                .isEqualTo("The token has expired; call again with a new one.");
                    });
            assertThat(live.body().readAllBytes()).startsWith(':');
            assertThat(get(secured, "/stats", token).body()).contains("The token has expired.");
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void a_user_of_the_server_who_gets_the_name_of_a_tokens_user_takes_its_place() throws Exception {
        String token = provider.token();
        assertThat(get(secured, "/stats", token).statusCode()).isEqualTo(200);

        secured.create("alice", "strangers");

        assertThat(get(secured, "/stats", token).statusCode()).isEqualTo(401);
    }

    @Test
    void tokens_need_users_and_a_way_to_keys_that_others_cannot_change() {
        assertThatThrownBy(() -> SecurityOptions.NONE.withTokens(provider.options()))
                .hasMessage("Tokens say who may come, and without users everybody may; expected --users with"
                        + " --token-issuer.");
        assertThatThrownBy(() -> new TokenOptions(URI.create("http://provider.example"), "everfold"))
                .hasMessage("Keys of tokens are not fetched from \"http://provider.example\", since others could"
                        + " change them on their way; expected a URL with https, or of this machine.");
        assertThatThrownBy(() -> provider.options().withKeys(TokenOptions.Keys.parse("http://provider.example/keys")))
                .hasMessageStartingWith("Keys of tokens are not fetched from \"http://provider.example/keys\"");
    }

    @Test
    void no_token_and_nothing_that_it_says_of_a_wrong_user_is_audited() throws Exception {
        String token = provider.sign(expiring(provider, -100).subject("correct horse"));

        assertThat(get(secured, "/stats", token).statusCode()).isEqualTo(401);

        assertThat(secured.store.read(Read.stream("$audit")).toList())
                .filteredOn(event -> event.type().equals("$LoginFailed"))
                .extracting(event -> event.data().utf8())
                .containsExactly("{\"address\":\"127.0.0.1\"}");
    }

    static Iterator<StreamsWire.ReadResp> subscribe(ManagedChannel channel, String token) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return subscribe(ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)));
    }

    /// Follows `order-17` by KurrentDB's protocol.
    static Iterator<StreamsWire.ReadResp> subscribe(Channel channel) {
        Shared.Empty empty = Shared.Empty.getDefaultInstance();
        return StreamsGrpc.newBlockingStub(channel)
                .read(StreamsWire.ReadReq.newBuilder()
                        .setOptions(StreamsWire.ReadReq.Options.newBuilder()
                                .setStream(Shared.StreamStart.newBuilder()
                                        .setStreamIdentifier(Shared.StreamIdentifier.newBuilder()
                                                .setStreamName(ByteString.copyFromUtf8("order-17")))
                                        .setStart(empty))
                                .setSubscription(StreamsWire.ReadReq.Options.SubscriptionOptions.getDefaultInstance())
                                .setNoFilter(empty)
                                .setUuidOption(Shared.UUIDOption.newBuilder().setString(empty)))
                        .build());
    }

    private static Date in(int seconds) {
        return Date.from(Clock.systemUTC().instant().plus(Duration.ofSeconds(seconds)));
    }

    private static JWTClaimsSet.Builder expiring(TestProvider provider, int seconds) {
        return provider.claims().expirationTime(in(seconds));
    }

    /// Good claims and a good signature below a header that is not theirs.
    private static String header(String json, TestProvider provider) {
        return provider.token().replaceFirst("^[^.]+", Base64URL.encode(json).toString());
    }

    /// Claims as text, with something put in front.
    private static String payload(TestProvider provider, String first) {
        return TestProvider.sign(
                "{" + first + "," + provider.claims().build().toString().substring(1));
    }

    /// @param name as JSON has it
    private static String named(TestProvider provider, String name) {
        return provider.claims().build().toString().replace("\"alice\"", "\"" + name + "\"");
    }

    private static String confused(TestProvider provider) {
        try {
            byte[] secret = TestProvider.RSA.toRSAPublicKey().getEncoded();
            JWSObject token = new JWSObject(
                    new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa-1").build(),
                    new Payload(provider.claims().build().toJSONObject()));
            token.sign(new MACSigner(secret));
            return token.serialize();
        } catch (JOSEException unfit) {
            throw new IllegalStateException(unfit);
        }
    }

    private static String forLogout(TestProvider provider) {
        return TestProvider.sign(
                provider.claims().build(),
                TestProvider.RSA,
                new JWSHeader.Builder(JWSAlgorithm.RS256).type(new JOSEObjectType("logout+jwt")));
    }

    private static String critical(TestProvider provider) {
        return TestProvider.sign(
                provider.claims().build(),
                TestProvider.RSA,
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .criticalParams(Set.of("shop"))
                        .customParam("shop", true));
    }

    private static String forged(TestProvider provider, boolean withKey) {
        JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.RS256);
        return TestProvider.sign(
                provider.claims().build(),
                FOREIGN,
                withKey ? header.jwk(FOREIGN.toPublicJWK()).jwkURL(URI.create("http://localhost/forged")) : header);
    }

    private static String unknownKey(TestProvider provider) {
        RSAKey unknown = new RSAKey.Builder(FOREIGN).keyID("rsa-2").build();
        return TestProvider.sign(provider.claims().build(), unknown, new JWSHeader.Builder(JWSAlgorithm.RS256));
    }

    /// Signed by an elliptic curve under the name of a key of RSA.
    private static String otherKind(TestProvider provider) {
        ECKey disguised = new ECKey.Builder(TestProvider.EC).keyID("rsa-1").build();
        return TestProvider.sign(provider.claims().build(), disguised, new JWSHeader.Builder(JWSAlgorithm.ES256));
    }

    private static String changed(TestProvider provider) {
        String[] parts = provider.token().split("\\.");
        String claims = new String(Base64URL.from(parts[1]).decode(), StandardCharsets.UTF_8);
        parts[1] = Base64URL.encode(claims.replace("everfold-readers", "everfold-writers"))
                .toString();
        return String.join(".", parts);
    }

    private static String zeros(TestProvider provider) {
        String[] parts = TestProvider.sign(
                        provider.claims().build(), TestProvider.EC, new JWSHeader.Builder(JWSAlgorithm.ES256))
                .split("\\.");
        parts[2] = Base64URL.encode(new byte[64]).toString();
        return String.join(".", parts);
    }
}
