package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStore;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.security.Permission;
import dev.everfold.server.security.Users;
import dev.everfold.testkit.ForwardingEventStore;
import io.kurrent.dbclient.KurrentDBClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A server that hears some time later of what became of a user: what he began by what was known before ends, and
/// nothing else.
@Timeout(60)
class LateNoticeTest {

    private static final int SECONDS_MAX = 30;
    private static final Caller ADMIN = new Caller("admin", Set.of(Caller.ADMINS));

    private final CountDownLatch isHeld = new CountDownLatch(1);
    private final CountDownLatch hears = new CountDownLatch(1);
    private final SecuredServer secured = new SecuredServer(
            ServerOptions.DEFAULTS.withPorts(0, 0).withSecurity(SecuredServer.USERS), store -> new Deaf(store, this));
    private final Users others = new Users(secured.store);
    private volatile boolean isDeaf;

    /// A store of which nobody hears for a while that it grows.
    private static final class Deaf extends ForwardingEventStore {

        private final LateNoticeTest test;

        Deaf(EventStore store, LateNoticeTest test) {
            super(store);
            this.test = test;
        }

        @Override
        public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
            if (test.isDeaf) {
                test.isHeld.countDown();
                assertThat(test.hears.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            }
            return super.awaitPosition(position, timeout);
        }
    }

    private void hold() throws InterruptedException {
        isDeaf = true;
        assertThat(isHeld.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    }

    private void release() {
        isDeaf = false;
        hears.countDown();
    }

    @AfterEach
    void end() {
        release();
        secured.close();
    }

    @Test
    void what_is_begun_by_a_login_that_was_remembered_ends_when_the_server_hears_of_the_change() throws Exception {
        secured.create("alice", Permission.READERS);
        KurrentUser.Listener listener = new KurrentUser.Listener();
        KurrentDBClient alice = KurrentUser.client(secured, "alice");

        // Before the login, which would be forgotten again by what is heard late of her being created.
        hold();
        assertThat(secured.send(secured.request("/events", "alice", "secret")).statusCode())
                .isEqualTo(200);
        others.disable("alice", ADMIN);
        var _ = KurrentUser.subscribe(alice, "order-17", listener);
        assertThat(listener.caughtUp).succeedsWithin(Duration.ofSeconds(SECONDS_MAX));
        release();

        assertThat(listener.ended).succeedsWithin(Duration.ofSeconds(SECONDS_MAX));
        alice.shutdown().get();
    }

    @Test
    void who_logs_in_after_a_change_stays_in_when_the_server_hears_of_it() throws Exception {
        secured.create("alice");
        secured.create("bob");

        hold();
        secured.server.users().orElseThrow().resetPassword("alice", Secret.of("other"), ADMIN);
        String alice = login("alice", "other");
        String bob = login("bob", "secret");
        others.disable("bob", ADMIN);
        release();

        while (isIn(bob)) {
            Thread.onSpinWait();
        }
        assertThat(isIn(alice)).isTrue();
    }

    /// The cookie of a session.
    private String login(String user, String password) throws Exception {
        HttpResponse<String> answer = secured.send(secured.request("/login")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"login\":\"" + user + "\",\"password\":\"" + password + "\"}")));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    }

    private boolean isIn(String cookie) throws Exception {
        return secured.send(secured.request("/session").header("Cookie", cookie))
                .body()
                .contains("\"login\"");
    }
}
