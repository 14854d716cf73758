package dev.everfold.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.Secret;
import dev.everfold.server.security.Users.Profile;
import dev.everfold.testkit.ForwardingEventStore;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who comes with which password: remembered for a minute, and the slower the more often it was wrong.
class LoginsTest {

    private static final long SECOND = 1_000_000_000L;
    private static final Caller ADMIN = new Caller("admin", Set.of(Caller.ADMINS));
    private static final Caller ALICE = new Caller("alice", Set.of(Permission.READERS));
    private static final Login.Known ALICE_IN = new Login.Known(ALICE, new Pass.OfUser(), 0);
    private static final BasicCredentials RIGHT = new BasicCredentials("alice", Secret.of("right"));
    private static final BasicCredentials WRONG = new BasicCredentials("alice", Secret.of("wrong"));

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicLong nanos = new AtomicLong();
    private final Users users = new Users(
            new ForwardingEventStore(store) {
                @Override
                public EventCursor read(Read read) {
                    reads.incrementAndGet();
                    return super.read(read);
                }
            },
            10);
    private final Logins logins = new Logins(users, new Audit(store, nanos::get), nanos::get);

    @BeforeEach
    void createAlice() {
        users.watch((login, _) -> logins.forget(login));
        users.create(new Profile("alice", "Alice", Set.of(Permission.READERS)), Secret.of("right"), ADMIN);
        reads.set(0);
    }

    @Test
    void a_right_password_is_looked_up_once_a_minute() {
        for (int i = 0; i < 100; i++) {
            assertThat(logins.check(RIGHT, "192.0.2.1")).isEqualTo(ALICE_IN);
        }
        assertThat(reads).hasValue(1);

        nanos.addAndGet(60 * SECOND);
        assertThat(logins.check(RIGHT, "192.0.2.1")).isEqualTo(ALICE_IN);
        assertThat(reads).hasValue(2);
    }

    @Test
    void what_is_remembered_of_a_user_is_dropped_when_the_user_changes() {
        logins.check(RIGHT, "192.0.2.1");
        users.disable("alice", ADMIN);

        assertThat(logins.check(RIGHT, "192.0.2.1")).isEqualTo(new Login.Unknown());

        users.enable("alice", ADMIN);
        users.resetPassword("alice", Secret.of("other"), ADMIN);
        assertThat(logins.check(RIGHT, "192.0.2.1")).isEqualTo(new Login.Unknown());
    }

    @Test
    void wrong_passwords_make_the_next_attempt_wait_longer_and_longer() {
        for (int i = 0; i < Backoff.FREE; i++) {
            assertThat(logins.check(WRONG, "192.0.2.1")).isEqualTo(new Login.Unknown());
        }

        assertThat(logins.check(RIGHT, "192.0.2.1")).isEqualTo(new Login.Later(1));
        nanos.addAndGet(SECOND);
        assertThat(logins.check(WRONG, "192.0.2.1")).isEqualTo(new Login.Unknown());
        assertThat(logins.check(WRONG, "192.0.2.1")).isEqualTo(new Login.Later(2));
        nanos.addAndGet(2 * SECOND);
        assertThat(logins.check(RIGHT, "192.0.2.1")).isEqualTo(ALICE_IN);
    }

    @Test
    void who_has_logged_in_from_an_address_is_not_locked_out_there_by_strangers_who_guess() {
        logins.check(RIGHT, "192.0.2.1");
        nanos.addAndGet(61 * SECOND);
        for (int i = 0; i < 20; i++) {
            logins.check(WRONG, "198.51.100.7");
        }

        assertThat(logins.check(RIGHT, "203.0.113.9")).isInstanceOf(Login.Later.class);
        assertThat(logins.check(RIGHT, "192.0.2.1")).isEqualTo(ALICE_IN);
    }

    @Test
    void failures_of_an_address_count_whichever_names_it_tries() {
        for (int i = 0; i < Backoff.FREE; i++) {
            logins.check(new BasicCredentials("user" + i, Secret.of("x")), "192.0.2.1");
        }

        assertThat(logins.check(RIGHT, "192.0.2.1")).isInstanceOf(Login.Later.class);
        assertThat(logins.check(RIGHT, "192.0.2.2")).isEqualTo(ALICE_IN);
    }

    @Test
    void what_is_remembered_of_failures_is_bounded() {
        Backoff backoff = new Backoff(nanos::get);
        for (int i = 0; i < 50_000; i++) {
            backoff.failed("user" + i, "address" + i);
        }

        assertThat(backoff.entries()).isEqualTo(10_000);
    }

    @Test
    void failures_are_audited_without_a_password_or_the_name_of_nobody_and_no_more_than_a_minute_holds() {
        logins.check(WRONG, "192.0.2.1");
        logins.check(new BasicCredentials("correct horse", Secret.of("x")), "192.0.2.1");
        for (int i = 0; i < 100; i++) {
            logins.check(new BasicCredentials("nobody" + i, Secret.of("x")), "address" + i);
        }
        nanos.addAndGet(61 * SECOND);
        logins.check(new BasicCredentials("nobody", Secret.of("x")), "192.0.2.2");

        assertThat(store.read(Read.stream(Audit.STREAM)).toList())
                .filteredOn(event -> event.type().equals("$LoginFailed"))
                .hasSize(Audit.FAILURES_OF_MINUTE_MAX + 1)
                .extracting(event -> event.data().utf8())
                .noneMatch(data -> data.contains("horse"))
                .startsWith("{\"user\":\"alice\",\"address\":\"192.0.2.1\"}", "{\"address\":\"192.0.2.1\"}")
                .endsWith("{\"address\":\"192.0.2.2\",\"leftOutBefore\":72}");
    }
}
