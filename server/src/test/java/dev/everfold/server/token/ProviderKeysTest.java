package dev.everfold.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import dev.everfold.server.TestProvider;
import dev.everfold.server.TokenOptions;
import dev.everfold.testkit.MutableClock;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys of a provider over time: fetched when they are needed, not more often than that, and kept while it is away.
@Timeout(60)
class ProviderKeysTest {

    private static final RSAKey NEXT = TestProvider.rsa("rsa-2", 2_048);
    private static final String UNKNOWN = "The token is signed with a key that the provider does not have.";
    private static final String UNREACHABLE =
            "The keys of the provider of tokens cannot be fetched now; try again later.";

    private final MutableClock clock = MutableClock.at("2027-03-01T09:30:00Z");
    private final AtomicLong nanos = new AtomicLong();
    private TestProvider provider;
    private KeySource source;
    private ProviderTokens tokens;

    @BeforeEach
    void begin() throws IOException {
        provider = new TestProvider();
        take(provider.options());
    }

    private void take(TokenOptions options) {
        source = new KeySource(options);
        tokens = new ProviderTokens(options, new ProviderKeys(source::fetch, nanos::get), clock, source::close);
    }

    @AfterEach
    void end() {
        tokens.close();
        provider.close();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        clock.advance(time);
    }

    private String signed(JWK key) {
        return TestProvider.sign(
                provider.claims()
                        .expirationTime(at(clock.instant().plusSeconds(3_600)))
                        .build(),
                key,
                new JWSHeader.Builder(JWSAlgorithm.RS256));
    }

    private static Date at(Instant time) {
        return Date.from(time);
    }

    @Test
    void a_new_key_of_the_provider_is_fetched_when_the_first_token_names_it() {
        assertThat(tokens.check(signed(TestProvider.RSA))).isInstanceOf(Verdict.Good.class);
        provider.publish(TestProvider.RSA, NEXT);
        pass(ProviderKeys.PAUSE);

        assertThat(tokens.check(signed(NEXT))).isInstanceOf(Verdict.Good.class);
        assertThat(tokens.check(signed(TestProvider.RSA))).isInstanceOf(Verdict.Good.class);
        assertThat(provider.asked()).isEqualTo(2);
    }

    @Test
    void whatever_tokens_say_keys_are_fetched_once_in_a_while() {
        for (int i = 0; i < 100; i++) {
            RSAKey unknown = new RSAKey.Builder(NEXT).keyID("unknown-" + i).build();
            assertThat(tokens.check(signed(unknown))).isEqualTo(new Verdict.Bad(UNKNOWN));
        }
        assertThat(provider.asked()).isEqualTo(1);

        pass(ProviderKeys.PAUSE);
        assertThat(tokens.check(signed(NEXT))).isEqualTo(new Verdict.Bad(UNKNOWN));
        assertThat(provider.asked()).isEqualTo(2);
    }

    @Test
    void a_key_that_the_provider_gave_up_counts_no_more_once_keys_are_old() {
        assertThat(tokens.check(signed(TestProvider.RSA))).isInstanceOf(Verdict.Good.class);
        provider.publish(NEXT);
        pass(ProviderKeys.AGE_MAX.minusSeconds(1));
        assertThat(tokens.check(signed(TestProvider.RSA))).isInstanceOf(Verdict.Good.class);

        pass(Duration.ofSeconds(1));
        assertThat(tokens.check(signed(TestProvider.RSA))).isEqualTo(new Verdict.Bad(UNKNOWN));
    }

    @Test
    void known_keys_go_on_while_the_provider_is_away_and_it_is_asked_once_in_a_while() {
        assertThat(tokens.check(signed(TestProvider.RSA))).isInstanceOf(Verdict.Good.class);
        provider.answerWith(500);
        pass(ProviderKeys.AGE_MAX);

        for (int i = 0; i < 10; i++) {
            assertThat(tokens.check(signed(TestProvider.RSA))).isInstanceOf(Verdict.Good.class);
        }
        assertThat(tokens.check(signed(NEXT))).isEqualTo(new Verdict.Unsure(UNREACHABLE));
        provider.answerWith(200);
        provider.publish(NEXT);
        pass(ProviderKeys.PAUSE);
        assertThat(tokens.check(signed(NEXT))).isInstanceOf(Verdict.Good.class);
        assertThat(provider.asked()).isEqualTo(2);
    }

    @Test
    void a_provider_that_does_not_come_to_an_answer_keeps_nobody_waiting_whose_key_is_known() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        ProviderKeys slow = new ProviderKeys(
                () -> {
                    if (asked.incrementAndGet() > 1) {
                        await(answer);
                    }
                    return List.of(TestProvider.RSA.toPublicJWK());
                },
                nanos::get);
        JWSHeader header =
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa-1").build();
        assertThat(slow.matching(header)).hasSize(1);
        pass(ProviderKeys.AGE_MAX);

        for (int i = 0; i < 100; i++) {
            assertThat(slow.matching(header)).hasSize(1);
        }

        assertThat(asked).hasValue(2);
        answer.countDown();
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    @Test
    void a_token_counts_from_a_minute_before_it_begins_until_a_minute_after_it_ends() {
        Instant now = clock.instant();
        String token = provider.sign(
                provider.claims().notBeforeTime(at(now.plusSeconds(60))).expirationTime(at(now.plusSeconds(300))));

        assertThat(tokens.check(token))
                .isEqualTo(new Verdict.Good("alice", Set.of("everfold-readers"), now.plusSeconds(360)));
        pass(Duration.ofSeconds(-1));
        assertThat(tokens.check(token)).isEqualTo(new Verdict.Bad("The token is not valid yet."));
        pass(Duration.ofMinutes(6));
        assertThat(tokens.check(token)).isInstanceOf(Verdict.Good.class);
        pass(Duration.ofSeconds(1));
        assertThat(tokens.check(token)).isEqualTo(new Verdict.Bad("The token has expired."));
    }

    @Test
    void a_token_that_does_not_name_its_key_is_checked_with_all_that_fit() {
        RSAKey unnamed = new RSAKey.Builder(NEXT).keyID(null).build();
        provider.publish(TestProvider.EC, TestProvider.RSA, NEXT);

        assertThat(tokens.check(signed(unnamed))).isInstanceOf(Verdict.Good.class);
    }

    @Test
    void keys_for_something_else_or_too_short_to_be_safe_do_not_count() {
        RSAKey forEncryption =
                new RSAKey.Builder(NEXT).keyUse(KeyUse.ENCRYPTION).build();
        provider.publish(forEncryption, TestProvider.RSA);
        assertThat(tokens.check(signed(NEXT))).isEqualTo(new Verdict.Bad(UNKNOWN));

        provider.publish("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"rsa-2\",\"k\":\"" + "A".repeat(43) + "\"}]}");
        pass(ProviderKeys.PAUSE);
        assertThat(tokens.check(signed(NEXT))).isEqualTo(new Verdict.Unsure(UNREACHABLE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{}", "[]", "not JSON", "null", "{\"keys\":[]}", "{\"keys\":17}", "{\"keys\":[null, 17]}"})
    void what_is_no_set_of_keys_is_as_good_as_no_answer(String text) {
        provider.publish(text);

        assertThat(tokens.check(signed(TestProvider.RSA))).isEqualTo(new Verdict.Unsure(UNREACHABLE));
    }

    @Test
    void keys_that_are_not_understood_do_not_hide_the_others() {
        provider.publish(
                "{\"keys\":[null,17,{},{\"kty\":\"RSA\"},{\"kty\":\"EC\",\"crv\":\"other\",\"x\":\"AA\",\"y\":\"AA\"},"
                        + TestProvider.RSA.toPublicJWK().toJSONString() + "]}");

        assertThat(tokens.check(signed(TestProvider.RSA))).isInstanceOf(Verdict.Good.class);
    }

    @Test
    void a_token_counts_in_one_spelling_only() {
        for (JWK key : new JWK[] {TestProvider.RSA, TestProvider.EC}) {
            JWSAlgorithm algorithm = key instanceof RSAKey ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256;
            String token = TestProvider.sign(
                    provider.claims()
                            .expirationTime(at(clock.instant().plusSeconds(60)))
                            .build(),
                    key,
                    new JWSHeader.Builder(algorithm));

            assertThat(tokens.check(token)).isInstanceOf(Verdict.Good.class);
            for (String other : new String[] {token + "~", token + "=", token.replaceFirst("(.{9})$", "~$1")}) {
                assertThat(tokens.check(other)).isEqualTo(new Verdict.Bad("The token is not a signed JWT."));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://provider.example/keys", "ftp://localhost/keys", "file:///etc/keys", "keys", ""})
    void a_description_does_not_lead_to_keys_that_others_could_change(String keys) {
        provider.describe(provider.issuer().toString(), keys);

        assertThat(tokens.check(signed(TestProvider.RSA))).isEqualTo(new Verdict.Unsure(UNREACHABLE));
        assertThat(provider.asked()).isZero();
    }

    @Test
    void a_description_of_another_issuer_and_an_answer_that_leads_elsewhere_do_not_count() {
        provider.describe("https://provider.example", provider.issuer() + "/keys");
        assertThat(tokens.check(signed(TestProvider.RSA))).isEqualTo(new Verdict.Unsure(UNREACHABLE));

        provider.describe(provider.issuer().toString(), provider.issuer() + "/keys");
        provider.answerWith(302);
        pass(ProviderKeys.PAUSE);
        assertThat(tokens.check(signed(TestProvider.RSA))).isEqualTo(new Verdict.Unsure(UNREACHABLE));
        assertThat(provider.asked()).isZero();
    }

    @Test
    void an_answer_that_is_too_large_does_not_count() {
        provider.publish(" ".repeat(2 << 20));

        assertThat(tokens.check(signed(TestProvider.RSA))).isEqualTo(new Verdict.Unsure(UNREACHABLE));
    }

    @Test
    void keys_of_a_fixed_url_need_no_description() {
        tokens.close();
        take(provider.options().withKeys(new TokenOptions.Keys.At(URI.create(provider.issuer() + "/keys"))));
        provider.describe("nobody", "nowhere");

        assertThat(tokens.check(signed(TestProvider.RSA))).isInstanceOf(Verdict.Good.class);
    }
}
