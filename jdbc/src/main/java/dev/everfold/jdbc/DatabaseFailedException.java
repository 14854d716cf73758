package dev.everfold.jdbc;

import dev.everfold.eventstore.EventStoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.function.Predicate;

/// The database did not do what it was asked: it cannot be reached, is busy, is full, or says no.
///
/// Thrown by everything that uses a database. [#stored()] tells whether the change was made: no, or unknown
/// when the failure came with the commit; doing it again is harmless then. [#retryable()] goes by the
/// database's error code.
public final class DatabaseFailedException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    /// @param what was being done, as in "Storing a snapshot in table X"
    DatabaseFailedException(String what, Stored stored, boolean retryable, Exception cause) {
        super(
                what + " failed: " + oneLine(String.valueOf(cause.getMessage())) + " " + advice(stored, retryable),
                stored,
                retryable,
                cause);
    }

    static DatabaseFailedException noFolder(Path file, IOException cause) {
        return new DatabaseFailedException("Creating the folder of \"" + file + "\"", Stored.NO, false, cause);
    }

    /// Whether what the database said is of this kind.
    boolean isOf(Predicate<SQLException> kind) {
        return getCause() instanceof SQLException said && kind.test(said);
    }

    private static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.endsWith(".") ? line : line + ".";
    }

    private static String advice(Stored stored, boolean retryable) {
        if (stored == Stored.UNKNOWN) {
            return "Whether it was done is unknown; doing it again is harmless.";
        }
        return retryable
                ? "Nothing was changed; try again later."
                : "Nothing was changed; trying again does not help before the cause is removed.";
    }
}
