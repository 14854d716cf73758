package dev.everfold.jdbc;

import dev.everfold.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/// A database, or a table in it, that this version cannot use. Nothing was changed, and trying again does
/// not help.
///
/// Thrown when a store is opened: the driver is missing, the database is none of those that are known, or
/// the table was made by a newer Everfold or by somebody else. Also thrown later, when a table that was
/// dropped is found in such a state.
public final class UnsupportedDatabaseException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    private UnsupportedDatabaseException(String message, @Nullable Throwable cause) {
        super(message, Stored.NO, false, cause);
    }

    static UnsupportedDatabaseException product(String name) {
        return new UnsupportedDatabaseException(
                "Database \"" + name + "\" is not known; expected SQLite or PostgreSQL. Use one of them.", null);
    }

    static UnsupportedDatabaseException sqliteDriverMissing(Throwable cause) {
        return new UnsupportedDatabaseException(
                "No driver for SQLite is found; expected org.xerial:sqlite-jdbc. Add it to what runs.", cause);
    }

    static UnsupportedDatabaseException newer(String table, int found, int expected) {
        return new UnsupportedDatabaseException(
                "Table \"" + table + "\" has version " + found + "; expected " + expected
                        + " or older. Use the newer Everfold that made it, or another table.",
                null);
    }

    static UnsupportedDatabaseException withoutVersion(String table, String versionTable) {
        return new UnsupportedDatabaseException(
                "Table \"" + table + "\" is there but its version is not; expected a row in \"" + versionTable
                        + "\". Drop the table if it is Everfold's, or use another one.",
                null);
    }
}
