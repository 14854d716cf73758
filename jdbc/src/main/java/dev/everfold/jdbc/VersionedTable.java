package dev.everfold.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;

/// A table that is created and upgraded by itself, as often as asked and by many processes at once.
///
/// Its version is the number of steps that made it. It stands in the only row of a second table, whose
/// name ends in `_version`; table and version change in one transaction.
///
/// @param name of the table: lower-case letters, digits and `_`, beginning with a letter, 1..40 characters
/// @param steps statements for [Dialect#create], the oldest first; once released, a step never changes
record VersionedTable(String name, List<String> steps) {

    private static final Pattern NAMES = Pattern.compile("[a-z][a-z0-9_]{0,39}");

    /// @throws IllegalArgumentException when the name is none
    VersionedTable {
        if (!NAMES.matcher(name).matches()) {
            throw new IllegalArgumentException("Table name \"" + name
                    + "\" is not allowed; expected a lower-case letter, then up to 39 of a-z, 0-9 and _.");
        }
        steps = List.copyOf(steps);
    }

    /// Brings the table to the newest version if it is not there yet.
    ///
    /// @throws UnsupportedDatabaseException when it is newer than that, or has no version
    void prepare(Connection connection, Dialect dialect) throws SQLException {
        if (checkedVersion(connection, dialect) == steps.size()) {
            return;
        }
        dialect.lock(connection, (long) name.hashCode() << Integer.SIZE);
        Statements.run(
                connection,
                dialect.create(
                        "create table if not exists " + quoted(versionTable()) + " (version integer not null){end}"));
        // Another process may have been faster while this one waited.
        int version = checkedVersion(connection, dialect);
        for (String step : steps.subList(version, steps.size())) {
            Statements.run(connection, dialect.create(step));
        }
        Statements.run(connection, "delete from " + quoted(versionTable()));
        Statements.run(connection, "insert into " + quoted(versionTable()) + " values (" + steps.size() + ")");
    }

    /// 0 when there is no table.
    private int checkedVersion(Connection connection, Dialect dialect) throws SQLException {
        if (!dialect.tableExists(connection, name)) {
            return 0;
        }
        int version = dialect.tableExists(connection, versionTable()) ? storedVersion(connection) : 0;
        if (version > steps.size()) {
            throw UnsupportedDatabaseException.newer(name, version, steps.size());
        }
        if (version < 1) {
            throw UnsupportedDatabaseException.withoutVersion(name, versionTable());
        }
        return version;
    }

    private int storedVersion(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                        Statements.prepare(connection, "select max(version) from " + quoted(versionTable()));
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }

    /// A name in a statement, where it may be a word of SQL's own.
    static String quoted(String name) {
        return '"' + name + '"';
    }

    private String versionTable() {
        return name + "_version";
    }
}
