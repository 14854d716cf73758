package dev.everfold.server.security;

import dev.everfold.eventstore.IoReason;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.Secret;
import dev.everfold.server.SecurityOptions;
import dev.everfold.server.security.Users.Profile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/// Sees that a store has a user who may make others.
final class FirstUsers {

    /// What KurrentDB's clients and their suites take for granted, and so does everybody who guesses.
    private static final Secret WELL_KNOWN = Secret.of("changeit");

    /// What needs no guessing needs no protection; and by this it is seen again.
    private static final int WELL_KNOWN_ITERATIONS = 1_000;

    private static final String ADMIN = "admin";
    private static final String OPERATOR = "ops";
    private static final Caller SERVER = new Caller("everfold", Set.of(Caller.ADMINS));
    private static final System.Logger LOGGER = System.getLogger(FirstUsers.class.getName());

    private final Users users;

    FirstUsers(Users users) {
        this.users = users;
    }

    /// Makes `admin`, unless there is one or somebody else administers, with the password of the options or of
    /// their file, which gets a random one where it is missing.
    ///
    /// @throws StoreUnavailableException when the file can be neither read nor written
    void create(SecurityOptions options) {
        if (options.kurrentDefaultPasswords()) {
            Users seldom = users.withIterations(WELL_KNOWN_ITERATIONS);
            create(seldom, new Profile(ADMIN, "Administrator", Set.of(Caller.ADMINS)), WELL_KNOWN);
            create(seldom, new Profile(OPERATOR, "Operator", Set.of(Caller.OPERATORS)), WELL_KNOWN);
            return;
        }
        if (users.find(ADMIN).isPresent() || users.all().stream().anyMatch(FirstUsers::isAdministrator)) {
            return;
        }
        Secret password = options.adminPassword().orElseGet(() -> fromFile(options.adminPasswordFile()));
        create(users, new Profile(ADMIN, "Administrator", Set.of(Caller.ADMINS)), password);
    }

    private static boolean isAdministrator(User user) {
        return !user.disabled() && user.caller().isAdmin();
    }

    /// @throws IllegalArgumentException when one of them still has the password that everybody knows
    void requireNoWellKnownPassword() {
        for (String login : new String[] {ADMIN, OPERATOR}) {
            Optional<User> user = users.find(login);
            if (user.isPresent()
                    && !user.get().disabled()
                    && isWellKnown(user.get().password())) {
                throw new IllegalArgumentException("User \"" + login
                        + "\" has the password of KurrentDB's first users, which everybody knows; expected another one"
                        + " before strangers can reach the server. Change it while it listens at localhost.");
            }
        }
    }

    /// Costs nothing where a password was hashed as one that is worth it.
    private static boolean isWellKnown(PasswordHash password) {
        return password.iterations() < PasswordHash.ITERATIONS && password.matches(WELL_KNOWN);
    }

    private static void create(Users users, Profile profile, Secret password) {
        if (users.find(profile.login()).isPresent()) {
            return;
        }
        try {
            users.create(profile, password, SERVER);
        } catch (UserException exists) {
            // Another server on the same store was first; its password holds.
            LOGGER.log(Level.INFO, "user exists login={0}", profile.login());
        }
    }

    private static Secret fromFile(Path file) {
        Path absolute = file.toAbsolutePath();
        try {
            if (Files.exists(absolute)) {
                Secret given = Secret.of(Files.readString(absolute).strip());
                LOGGER.log(Level.INFO, "first user login=admin passwordOf={0}", absolute);
                return given;
            }
            Secret random = Secret.random();
            boolean isPosix =
                    FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
            FileAttribute<?>[] ownersOnly = isPosix
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                    }
                    : new FileAttribute<?>[0];
            Files.createFile(absolute, ownersOnly);
            Files.writeString(absolute, random.reveal() + "\n", StandardOpenOption.WRITE);
            LOGGER.log(Level.INFO, "first user login=admin passwordWrittenTo={0}", absolute);
            return random;
        } catch (IOException unusable) {
            throw new StoreUnavailableException(
                    "The first password cannot be kept in \"" + absolute + "\": "
                            + IoReason.of(unusable, absolute.toString()).words()
                            + ". Name another file with --admin-password-file, or set EVERFOLD_ADMIN_PASSWORD.",
                    false,
                    unusable);
        }
    }
}
