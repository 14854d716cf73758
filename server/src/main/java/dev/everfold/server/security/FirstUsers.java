package dev.everfold.server.security;

import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.EventStoreException.Stored;
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
    private static final Profile ADMINISTRATOR = new Profile(ADMIN, "Administrator", Set.of(Caller.ADMINS));
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
    /// @throws EventStoreException when the store takes no user; then no file is left
    void create(SecurityOptions options) {
        if (options.kurrentDefaultPasswords()) {
            Users seldom = users.withIterations(WELL_KNOWN_ITERATIONS);
            boolean _ = create(seldom, ADMINISTRATOR, WELL_KNOWN);
            boolean _ = create(seldom, new Profile(OPERATOR, "Operator", Set.of(Caller.OPERATORS)), WELL_KNOWN);
            return;
        }
        if (users.find(ADMIN).isPresent() || users.all().stream().anyMatch(FirstUsers::isAdministrator)) {
            return;
        }
        Path file = options.adminPasswordFile().toAbsolutePath();
        Optional<Secret> given = options.adminPassword().or(() -> read(file));
        if (given.isPresent()) {
            boolean _ = create(users, ADMINISTRATOR, given.get());
        } else {
            createWithRandom(file);
        }
    }

    /// The file is there before the user is, and stays only where it holds the password of the user.
    private void createWithRandom(Path file) {
        Secret random = Secret.random();
        write(random, file);
        try {
            if (create(users, ADMINISTRATOR, random)) {
                LOGGER.log(Level.INFO, "first user login=admin passwordWrittenTo={0}", file);
            } else {
                delete(file);
            }
        } catch (EventStoreException refused) {
            if (refused.stored() == Stored.NO) {
                delete(file);
            }
            throw refused;
        }
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

    /// Whether it was made, and not there already.
    private static boolean create(Users users, Profile profile, Secret password) {
        if (users.find(profile.login()).isPresent()) {
            return false;
        }
        try {
            users.create(profile, password, SERVER);
            return true;
        } catch (UserException exists) {
            // Another server on the same store was first; its password holds.
            LOGGER.log(Level.INFO, "user exists login={0}", profile.login());
            return false;
        }
    }

    /// What is in the file; empty where there is none.
    private static Optional<Secret> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Secret given = Secret.of(Files.readString(file).strip());
            LOGGER.log(Level.INFO, "first user login=admin passwordOf={0}", file);
            return Optional.of(given);
        } catch (IOException unreadable) {
            throw unusable(file, unreadable);
        }
    }

    private static void write(Secret random, Path file) {
        boolean isPosix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownersOnly = isPosix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        try {
            Files.createFile(file, ownersOnly);
            Files.writeString(file, random.reveal() + "\n", StandardOpenOption.WRITE);
        } catch (IOException unwritable) {
            throw unusable(file, unwritable);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException kept) {
            LOGGER.log(Level.WARNING, "password of no user not deleted file={0}", file);
        }
    }

    private static StoreUnavailableException unusable(Path file, IOException why) {
        return new StoreUnavailableException(
                "The first password cannot be kept in \"" + file + "\": "
                        + IoReason.of(why, file.toString()).words()
                        + ". Name another file with --admin-password-file, or set EVERFOLD_ADMIN_PASSWORD.",
                false,
                why);
    }
}
