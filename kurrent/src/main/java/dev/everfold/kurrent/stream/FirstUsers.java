package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import java.lang.System.Logger.Level;

/// What clients of KurrentDB find in every store from the start: a stream `$users` with the names `admin` and `ops`.
/// They are names only; no password is stored, and nobody can log in by them.
///
/// It is appended when the first such client comes, not before, so that a store which none of them uses holds what was
/// appended to it and nothing else. Safe for use by many threads, and with several servers on one store.
public final class FirstUsers {

    /// Names of all users.
    static final String STREAM = "$users";

    private static final System.Logger LOGGER = System.getLogger(FirstUsers.class.getName());
    private static final String TYPE = "$User";

    private final EventStore store;
    private volatile boolean areThere;

    FirstUsers(EventStore store) {
        this.store = store;
    }

    /// Appends the names when the store has no users. Where it cannot be appended to, the client is none the worse.
    public void ensure() {
        if (areThere) {
            return;
        }
        Append append = Append.of(user("admin"), user("ops")).expecting(STREAM, Expected.noStream());
        try {
            store.append(append);
            areThere = true;
        } catch (AppendConflictException others) {
            areThere = true;
        } catch (EventStoreException notNow) {
            LOGGER.log(Level.DEBUG, "the names of the first users were not appended", notNow);
        }
    }

    private static NewEvent user(String name) {
        return NewEvent.of(STREAM, TYPE, Bytes.utf8(name)).withContent(NewEvent.BINARY, Bytes.utf8(name));
    }
}
