package dev.everfold.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.Secret;
import dev.everfold.server.security.ApiTokens.Listed;
import dev.everfold.server.security.ApiTokens.Named;
import dev.everfold.server.security.ApiTokens.Wanted;
import dev.everfold.server.security.Users.Profile;
import dev.everfold.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tokens that users make: what they are worth, until when, and what is kept of them.
class ApiTokensTest {

    private static final Caller ADMIN = new Caller("admin", Set.of(Caller.ADMINS));
    private static final Caller ALICE = new Caller("alice", Set.of("everfold-readers", "everfold-writers"));
    private static final Login REFUSED = new Login.Refused("The token is wrong, has expired or was revoked.");
    private static final String HERE = "192.0.2.1";

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final MutableClock clock = MutableClock.at("2027-03-01T09:30:00Z");
    private final AtomicLong nanos = new AtomicLong();
    private final Instant tomorrow = clock.instant().plus(Duration.ofDays(1));
    private final Users users = new Users(store, 10);
    private final ApiTokens tokens = new ApiTokens(store, users, clock);
    private final RememberedLogins remembered = new RememberedLogins(nanos::get, clock);
    private final TokenLogins logins = new TokenLogins(
            users, tokens, Optional.empty(), new Audit(store, nanos::get), new Backoff(nanos::get), remembered, clock);

    @BeforeEach
    void createAlice() {
        users.watch((login, _) -> remembered.forget(login));
        tokens.watch((hash, _) -> remembered.forgetToken(hash));
        create("alice", ALICE.groups());
    }

    private void create(String login, Set<String> groups) {
        users.create(new Profile(login, "", groups), Secret.of("secret"), ADMIN);
    }

    private String make(String name, String... groups) {
        Optional<Set<String>> scope = groups.length == 0 ? Optional.empty() : Optional.of(Set.of(groups));
        return tokens.make(new Wanted("alice", name, tomorrow, scope), ALICE).reveal();
    }

    private Login check(String token) {
        return logins.check(token, HERE);
    }

    private static Login known(String login, String token, Instant until, String... groups) {
        return new Login.Known(new Caller(login, Set.of(groups)), new Pass.OfApiToken(ApiToken.hash(token), until), 0);
    }

    @Test
    void a_token_is_its_user_with_all_groups_or_with_some() {
        String all = make("all");
        String reading = make("reading", "everfold-readers");

        assertThat(check(all)).isEqualTo(known("alice", all, tomorrow, "everfold-readers", "everfold-writers"));
        assertThat(check(reading)).isEqualTo(known("alice", reading, tomorrow, "everfold-readers"));
        assertThat(all).matches("ef_[A-Za-z0-9_-]{43}");
        assertThat(tokens.list("alice"))
                .containsExactly(
                        new Listed("all", tomorrow, Optional.empty()),
                        new Listed("reading", tomorrow, Optional.of(Set.of("everfold-readers"))));
    }

    @Test
    void a_token_never_has_more_than_its_user() {
        String all = make("all");
        String writing = make("writing", "everfold-writers");

        users.update(new Profile("alice", "", Set.of("everfold-readers")), ADMIN);

        assertThat(check(all)).isEqualTo(known("alice", all, tomorrow, "everfold-readers"));
        assertThat(check(writing)).isEqualTo(known("alice", writing, tomorrow));
        assertThatThrownBy(() -> make("administering", Caller.ADMINS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The token would be of the group \"$admins\", and its user is not; expected some of"
                        + " [everfold-readers].");
    }

    @Test
    void an_administrators_token_may_be_of_any_group_as_long_as_he_is_one() {
        create("root", Set.of(Caller.ADMINS));
        Wanted wanted = new Wanted("root", "reading", tomorrow, Optional.of(Set.of("everfold-readers")));
        String token = tokens.make(wanted, ADMIN).reveal();
        assertThat(check(token)).isEqualTo(known("root", token, tomorrow, "everfold-readers"));

        users.update(new Profile("root", "", Set.of("strangers")), ADMIN);

        assertThat(check(token)).isEqualTo(known("root", token, tomorrow));
    }

    @Test
    void a_token_counts_until_it_expires_also_one_that_was_let_in_a_moment_ago() {
        String token = make("ci");
        clock.advance(Duration.ofDays(1).minusSeconds(1));
        assertThat(check(token)).isInstanceOf(Login.Known.class);

        clock.advance(Duration.ofSeconds(1));

        assertThat(check(token)).isEqualTo(REFUSED);
        assertThat(tokens.list("alice")).isEmpty();
    }

    @Test
    void a_token_counts_no_more_once_it_is_revoked_and_its_name_may_be_used_again() {
        String first = make("ci");
        assertThat(check(first)).isInstanceOf(Login.Known.class);
        assertThatThrownBy(() -> make("ci"))
                .hasMessage("User \"alice\" has a token \"ci\" already; expected another name, or that one revoked.");

        assertThat(tokens.revoke(new Named("alice", "ci"), ALICE)).isTrue();

        assertThat(check(first)).isEqualTo(REFUSED);
        assertThat(tokens.revoke(new Named("alice", "ci"), ALICE)).isFalse();
        assertThat(check(make("ci"))).isInstanceOf(Login.Known.class);
        assertThat(check(first)).isEqualTo(REFUSED);
    }

    @Test
    void a_token_counts_as_long_as_its_user_does_and_not_for_another_one_of_the_same_name() {
        String token = make("ci");
        users.disable("alice", ADMIN);
        assertThat(check(token)).isEqualTo(REFUSED);
        users.enable("alice", ADMIN);
        assertThat(check(token)).isInstanceOf(Login.Known.class);

        users.delete("alice", ADMIN);
        assertThat(check(token)).isEqualTo(REFUSED);
        create("alice", ALICE.groups());

        assertThat(check(token)).isEqualTo(REFUSED);
        assertThat(tokens.list("alice")).isEmpty();
        assertThat(check(make("ci"))).isInstanceOf(Login.Known.class);
    }

    @Test
    void nobody_makes_a_token_by_an_event_in_another_stream() {
        String forged = ApiToken.random();
        String hash = ApiToken.hash(forged);
        ApiToken token = new ApiToken("ci", hash, tomorrow, Optional.empty(), 0);
        store.append(Append.of(
                NewEvent.of("tokens-alice", "$TokenMade", token.encode()).withTags("token:" + hash)));

        assertThat(check(forged)).isEqualTo(REFUSED);
    }

    @Test
    void a_token_needs_a_name_an_end_within_a_year_and_a_user_and_there_are_so_many_at_most() {
        Instant now = clock.instant();
        for (Instant end : new Instant[] {now, now.minusSeconds(1), now.plus(Duration.ofDays(367)), Instant.MAX}) {
            assertThatThrownBy(() -> tokens.make(new Wanted("alice", "ci", end, Optional.empty()), ALICE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The token would expire at " + end + "; expected a time from now on, within 366 days.");
        }
        for (String name : new String[] {"", " ", "a\nb", "x".repeat(65)}) {
            assertThatThrownBy(() -> new Wanted("alice", name, tomorrow, Optional.empty()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("The name of the token is not one; expected 1..64 characters");
        }
        assertThatThrownBy(() -> tokens.make(new Wanted("bob", "ci", tomorrow, Optional.empty()), ADMIN))
                .isInstanceOf(UserException.class)
                .hasMessage("There is no user \"bob\"; expected the name of one.");
        for (int i = 0; i < ApiTokens.OF_USER_MAX; i++) {
            make("ci-" + i);
        }
        assertThatThrownBy(() -> make("one more"))
                .hasMessage("User \"alice\" has 100 tokens, which is the limit; expected one of them revoked.");
    }

    @Test
    void who_guesses_has_to_wait_and_who_came_before_does_not() {
        String token = make("ci");
        assertThat(check(token)).isInstanceOf(Login.Known.class);
        nanos.addAndGet(Duration.ofSeconds(61).toNanos());
        for (int i = 0; i < Backoff.FREE; i++) {
            assertThat(check(ApiToken.random())).isEqualTo(REFUSED);
        }

        assertThat(check(ApiToken.random())).isEqualTo(new Login.Later(1));
        assertThat(check(make("another"))).isEqualTo(new Login.Later(1));
        assertThat(check(token)).isInstanceOf(Login.Known.class);
        assertThat(logins.check(make("elsewhere"), "192.0.2.2")).isInstanceOf(Login.Known.class);
    }

    @Test
    void only_a_hash_is_kept_and_what_was_done_is_audited() {
        String token = make("ci", "everfold-readers");
        tokens.revoke(new Named("alice", "ci"), ADMIN);
        check(token);

        assertThat(store.read(Read.all()).toList())
                .noneMatch(event -> event.data().utf8().contains(token.substring(3)));
        assertThat(store.read(Read.stream(Audit.STREAM)).toList())
                .filteredOn(event -> !event.type().equals("$UserChanged"))
                .extracting(event -> event.type() + " " + event.data().utf8())
                .containsExactly(
                        "$TokenChanged {\"user\":\"alice\",\"token\":\"ci\",\"change\":\"made\",\"by\":\"alice\","
                                + "\"expires\":\"2027-03-02T09:30:00Z\",\"groups\":[\"everfold-readers\"]}",
                        "$TokenChanged {\"user\":\"alice\",\"token\":\"ci\",\"change\":\"revoked\",\"by\":\"admin\","
                                + "\"expires\":\"2027-03-02T09:30:00Z\",\"groups\":[\"everfold-readers\"]}",
                        "$LoginFailed {\"user\":\"alice\",\"address\":\"192.0.2.1\"}");
    }

    @Test
    void a_program_whose_token_has_ended_makes_nobody_else_at_its_address_wait() {
        String revoked = make("revoked");
        String expired = make("expired");
        assertThat(tokens.revoke(new Named("alice", "revoked"), ALICE)).isTrue();
        clock.advance(Duration.ofDays(1));
        for (int i = 0; i < 2 * Backoff.FREE; i++) {
            assertThat(check(revoked)).isEqualTo(REFUSED);
            assertThat(check(expired)).isEqualTo(REFUSED);
        }

        String other = tokens.make(
                        new Wanted("alice", "other", clock.instant().plusSeconds(60), Optional.empty()), ALICE)
                .reveal();

        assertThat(check(other)).isInstanceOf(Login.Known.class);
    }

    @Test
    void a_token_of_a_user_whose_newest_event_is_not_understood_is_refused() {
        String token = make("ci");

        store.append(Append.of(NewEvent.of("$user-alice", "$UserUpdated", "{\"loginName\":17}")));

        assertThat(check(token)).isEqualTo(REFUSED);
    }

    @Test
    void tokens_that_are_none_are_refused_before_anything_is_looked_up() {
        for (String none : new String[] {"", "a b", "ef_\u00e4", ": x", "a,b"}) {
            assertThat(check(none)).isEqualTo(new Login.Refused("The header Authorization holds no token."));
        }
        assertThat(check("a.b.c")).isEqualTo(new Login.Refused("The server takes no tokens of a provider."));
    }
}
