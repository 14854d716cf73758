package dev.everfold.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.kurrent.Caller;
import dev.everfold.server.security.Sessions.Session;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// How many sessions a user may have at a time.
class SessionLimitTest {

    private static final Login.Known ALICE = new Login.Known(new Caller("alice", Set.of()), new Pass.OfUser(), 0);
    private static final Login.Known BOB = new Login.Known(new Caller("bob", Set.of()), new Pass.OfUser(), 0);

    private final Sessions sessions = new Sessions(System::nanoTime);

    @Test
    void whoever_begins_too_many_ends_his_own_oldest_and_none_of_others() {
        Session ofBob = sessions.begin(BOB);
        Session oldest = sessions.begin(ALICE);
        Session second = sessions.begin(ALICE);
        for (int i = 2; i <= Sessions.OF_USER_MAX; i++) {
            var _ = sessions.begin(ALICE);
        }

        assertThat(sessions.find(oldest.token())).isEmpty();
        assertThat(sessions.find(second.token())).isPresent();
        assertThat(sessions.find(ofBob.token())).isPresent();
    }
}
