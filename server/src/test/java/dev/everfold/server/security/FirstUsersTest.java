package dev.everfold.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.Secret;
import dev.everfold.server.SecurityOptions;
import dev.everfold.server.security.Users.Profile;
import dev.everfold.testkit.ForwardingEventStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How the first user comes to be, and with which password.
class FirstUsersTest {

    @TempDir
    Path folder;

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Users users = new Users(store, 10);
    private final FirstUsers first = new FirstUsers(users);

    @Test
    void a_random_password_is_written_once_to_a_file_of_the_owner() throws Exception {
        Path file = folder.resolve("password");
        SecurityOptions options = SecurityOptions.NONE.withUsers(true).withAdminPasswordFile(file);

        first.create(options);
        String written = Files.readString(file).strip();
        Files.delete(file);
        first.create(options);

        assertThat(written).hasSize(24);
        assertThat(file).doesNotExist();
        assertThat(users.find("admin").orElseThrow().password().matches(Secret.of(written)))
                .isTrue();
        assertThat(users.find("admin").orElseThrow().caller()).isEqualTo(new Caller("admin", Set.of(Caller.ADMINS)));
        assertThat(users.find("ops")).isEmpty();
    }

    @Test
    void that_file_is_for_nobody_else() throws Exception {
        Path file = folder.resolve("password");

        first.create(SecurityOptions.NONE.withUsers(true).withAdminPasswordFile(file));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_file_that_is_there_holds_the_password() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "correct horse\n");

        first.create(SecurityOptions.NONE.withUsers(true).withAdminPasswordFile(file));

        assertThat(users.find("admin").orElseThrow().password().matches(Secret.of("correct horse")))
                .isTrue();
    }

    @Test
    void a_password_that_is_given_needs_no_file() {
        Path file = folder.resolve("missing").resolve("password");

        first.create(SecurityOptions.NONE
                .withUsers(true)
                .withAdminPasswordFile(file)
                .withAdminPassword(Secret.of("correct horse")));

        assertThat(users.find("admin")).isPresent();
        assertThat(file).doesNotExist();
    }

    @Test
    void a_file_that_cannot_be_written_ends_the_start_and_makes_no_user() {
        Path file = folder.resolve("missing").resolve("password");

        assertThatThrownBy(
                        () -> first.create(SecurityOptions.NONE.withUsers(true).withAdminPasswordFile(file)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("The first password cannot be kept in \"" + file + "\": there is no folder \""
                        + folder.resolve("missing") + "\". Name another file with --admin-password-file, or set"
                        + " EVERFOLD_ADMIN_PASSWORD.");
        assertThat(store.nextPosition()).isZero();
    }

    @Test
    void a_store_that_takes_no_user_leaves_no_file() {
        Path file = folder.resolve("password");
        EventStore reading = new ForwardingEventStore(store) {
            @Override
            public Appended append(Append append) {
                throw new StoreUnavailableException("The store is open for reading only.", false, null);
            }
        };
        FirstUsers refused = new FirstUsers(new Users(reading, 10));

        assertThatThrownBy(() ->
                        refused.create(SecurityOptions.NONE.withUsers(true).withAdminPasswordFile(file)))
                .hasMessage("The store is open for reading only.");
        assertThat(file).doesNotExist();
    }

    @Test
    void where_another_server_was_first_no_file_with_a_password_of_nobody_is_left() {
        Path file = folder.resolve("password");
        EventStore slower = new ForwardingEventStore(store) {
            @Override
            public Appended append(Append append) {
                first.create(SecurityOptions.NONE.withUsers(true).withAdminPassword(Secret.of("correct horse")));
                return super.append(append);
            }
        };

        new FirstUsers(new Users(slower, 10))
                .create(SecurityOptions.NONE.withUsers(true).withAdminPasswordFile(file));

        assertThat(users.find("admin").orElseThrow().password().matches(Secret.of("correct horse")))
                .isTrue();
        assertThat(file).doesNotExist();
    }

    @Test
    void who_was_removed_is_made_again_only_where_nobody_else_administers() {
        SecurityOptions options = SecurityOptions.NONE.withUsers(true).withAdminPassword(Secret.of("correct horse"));
        Caller admin = new Caller("admin", Set.of(Caller.ADMINS));
        first.create(options);
        users.create(new Profile("alice", "", Set.of(Caller.ADMINS)), Secret.of("other"), admin);
        users.delete("admin", admin);

        first.create(options);
        assertThat(users.find("admin")).isEmpty();

        users.disable("alice", admin);
        first.create(options);
        assertThat(users.find("admin")).isPresent();
    }

    @Test
    void the_first_users_of_kurrentdb_are_made_when_asked_for_and_kept_from_strangers() {
        first.create(SecurityOptions.NONE.withUsers(true).withKurrentDefaultPasswords(true));

        assertThat(users.find("admin").orElseThrow().password().matches(Secret.of("changeit")))
                .isTrue();
        assertThat(users.find("ops").orElseThrow().caller()).isEqualTo(new Caller("ops", Set.of(Caller.OPERATORS)));
        assertThatThrownBy(first::requireNoWellKnownPassword)
                .hasMessageStartingWith("User \"admin\" has the password of KurrentDB's first users");

        Caller admin = new Caller("admin", Set.of(Caller.ADMINS));
        users.resetPassword("admin", Secret.of("correct horse"), admin);
        users.disable("ops", admin);
        first.requireNoWellKnownPassword();
    }
}
