package dev.everfold.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.Secret;
import dev.everfold.server.security.Users.Profile;
import dev.everfold.testkit.ForwardingEventStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Users are events: what holds is the newest, and two who change the same one agree.
class UsersTest {

    private static final Caller ADMIN = new Caller("admin", Set.of(Caller.ADMINS));
    private static final Profile ALICE = new Profile("alice", "Alice", Set.of(Permission.READERS));
    private static final Secret FIRST = Secret.of("first");
    private static final Secret SECOND = Secret.of("second");

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Users users = new Users(store, 10);

    @Test
    void a_user_is_created_changed_disabled_enabled_and_deleted() {
        users.create(ALICE, FIRST, ADMIN);
        users.update(new Profile("alice", "Alice B.", Set.of(Permission.WRITERS)), ADMIN);
        users.disable("alice", ADMIN);

        User disabled = users.find("alice").orElseThrow();
        assertThat(disabled.profile()).isEqualTo(new Profile("alice", "Alice B.", Set.of(Permission.WRITERS)));
        assertThat(disabled.disabled()).isTrue();
        assertThat(disabled.password().matches(FIRST)).isTrue();

        users.enable("alice", ADMIN);
        assertThat(users.find("alice").orElseThrow().disabled()).isFalse();

        users.delete("alice", ADMIN);
        assertThat(users.find("alice")).isEmpty();
        assertThat(users.all()).isEmpty();
        assertThat(store.read(Read.stream("$audit")).toList())
                .extracting(event -> event.data().utf8())
                .containsExactly(
                        "{\"user\":\"alice\",\"change\":\"created\",\"by\":\"admin\"}",
                        "{\"user\":\"alice\",\"change\":\"updated\",\"by\":\"admin\"}",
                        "{\"user\":\"alice\",\"change\":\"disabled\",\"by\":\"admin\"}",
                        "{\"user\":\"alice\",\"change\":\"enabled\",\"by\":\"admin\"}",
                        "{\"user\":\"alice\",\"change\":\"deleted\",\"by\":\"admin\"}");
    }

    @Test
    void a_password_is_changed_by_who_knows_it_and_reset_by_who_does_not() {
        users.create(ALICE, FIRST, ADMIN);

        users.changePassword("alice", new Users.PasswordChange(FIRST, SECOND), ADMIN);
        assertThat(users.find("alice").orElseThrow().password().matches(SECOND)).isTrue();
        assertThatThrownBy(() -> users.changePassword("alice", new Users.PasswordChange(FIRST, SECOND), ADMIN))
                .hasMessage("The current password of user \"alice\" is another one.");

        users.resetPassword("alice", FIRST, ADMIN);
        assertThat(users.find("alice").orElseThrow().password().matches(FIRST)).isTrue();
    }

    @Test
    void a_name_that_was_deleted_may_be_used_again_and_is_listed_once() {
        users.create(ALICE, FIRST, ADMIN);
        users.delete("alice", ADMIN);
        users.create(ALICE, SECOND, ADMIN);

        assertThat(users.all()).extracting(User::login).containsExactly("alice");
    }

    @Test
    void what_is_not_there_or_is_there_already_is_refused_by_name() {
        users.create(ALICE, FIRST, ADMIN);

        assertThatThrownBy(() -> users.create(ALICE, FIRST, ADMIN))
                .isInstanceOf(UserException.class)
                .hasMessage("User \"alice\" exists already or was changed by others; expected a new name.");
        assertThatThrownBy(() -> users.disable("bob", ADMIN))
                .isInstanceOf(UserException.class)
                .hasMessage("There is no user \"bob\"; expected the name of one.");
    }

    @Test
    void of_two_servers_that_create_the_same_user_at_once_one_is_refused() {
        AtomicInteger appends = new AtomicInteger();
        ForwardingEventStore racing = new ForwardingEventStore(store) {
            @Override
            public Appended append(Append append) {
                if (appends.getAndIncrement() == 0) {
                    users.create(ALICE, SECOND, ADMIN);
                }
                return super.append(append);
            }
        };

        assertThatThrownBy(() -> new Users(racing, 10).create(ALICE, FIRST, ADMIN))
                .isInstanceOf(UserException.class);
        assertThat(users.find("alice").orElseThrow().password().matches(SECOND)).isTrue();
    }

    @Test
    void a_change_that_met_another_one_is_made_to_what_is_there_now() {
        users.create(ALICE, FIRST, ADMIN);
        AtomicInteger appends = new AtomicInteger();
        ForwardingEventStore racing = new ForwardingEventStore(store) {
            @Override
            public Appended append(Append append) {
                if (appends.getAndIncrement() == 0) {
                    users.resetPassword("alice", SECOND, ADMIN);
                }
                return super.append(append);
            }
        };

        new Users(racing, 10).disable("alice", ADMIN);

        User both = users.find("alice").orElseThrow();
        assertThat(both.disabled()).isTrue();
        assertThat(both.password().matches(SECOND)).isTrue();
    }

    @Test
    void a_password_that_is_reset_meanwhile_is_not_changed_by_who_knew_the_one_before() {
        users.create(ALICE, FIRST, ADMIN);
        AtomicInteger reads = new AtomicInteger();
        ForwardingEventStore racing = new ForwardingEventStore(store) {
            @Override
            public EventCursor read(Read read) {
                EventCursor before = super.read(read);
                if (reads.getAndIncrement() == 0) {
                    users.resetPassword("alice", SECOND, ADMIN);
                }
                return before;
            }
        };
        Users.PasswordChange change = new Users.PasswordChange(FIRST, Secret.of("third"));

        assertThatThrownBy(() -> new Users(racing, 10).changePassword("alice", change, ADMIN))
                .hasMessage("The current password of user \"alice\" is another one.");
        assertThat(users.find("alice").orElseThrow().password().matches(SECOND)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "$admins", "with:colon", "with\nline"})
    void what_is_no_login_name_is_refused(String login) {
        assertThatThrownBy(() -> new Profile(login, "", Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The login name is not one; expected 1..256 characters");
    }

    @Test
    void passwords_are_kept_as_600000_rounds_and_never_as_themselves() {
        new Users(store).create(ALICE, Secret.of("correct horse"), ADMIN);

        List<RecordedEvent> events = store.read(Read.all()).toList();
        assertThat(events.getFirst().data().utf8()).contains("\"iterations\":600000");
        assertThat(events).noneMatch(event -> event.data().utf8().contains("horse"));
    }

    @Test
    void an_event_that_holds_no_user_lets_nobody_in() {
        users.create(ALICE, FIRST, ADMIN);
        store.append(Append.of(
                NewEvent.of("$user-alice", "$UserUpdated", "{\"loginName\":\"alice\",\"iterations\":2000000000}")));

        assertThatThrownBy(() -> users.find("alice"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Event 3 holds no user; expected what this server stores of one.");
    }
}
