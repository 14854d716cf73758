package dev.everfold.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/// What differs between databases; all other statements are the same for each.
enum Dialect {
    /// STRICT, so that a column holds what it says. Names are compared byte by byte anyway. One writer at a
    /// time, whose lock is that of the whole file.
    SQLITE(
            "text",
            "integer",
            "blob",
            " strict",
            "select 1 from sqlite_schema where type = 'table' and name = ?",
            Optional.empty()),

    /// Collation "C" compares bytes, and an index on it outlives upgrades of the system's locales.
    POSTGRESQL(
            "text collate \"C\"",
            "bigint",
            "bytea",
            "",
            "select 1 where to_regclass(quote_ident(?)) is not null",
            Optional.of("select pg_advisory_xact_lock(?)"));

    private final String text;
    private final String number;
    private final String bytes;
    private final String tableEnd;
    private final String tableExists;
    private final Optional<String> lock;

    Dialect(String text, String number, String bytes, String tableEnd, String tableExists, Optional<String> lock) {
        this.text = text;
        this.number = number;
        this.bytes = bytes;
        this.tableEnd = tableEnd;
        this.tableExists = tableExists;
        this.lock = lock;
    }

    /// @throws UnsupportedDatabaseException when it is another one
    static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "sqlite" -> SQLITE;
            case "postgresql" -> POSTGRESQL;
            default -> throw UnsupportedDatabaseException.product(product);
        };
    }

    /// A statement that creates a table, with `{text}`, `{number}`, `{bytes}` and `{end}` filled in.
    String create(String statement) {
        return statement
                .replace("{text}", text)
                .replace("{number}", number)
                .replace("{bytes}", bytes)
                .replace("{end}", tableEnd);
    }

    /// Milliseconds since 1970 by the database's clock, which all processes share; each time it is asked.
    String nowMillis() {
        return switch (this) {
            case SQLITE -> "cast((julianday('now') - 2440587.5) * 86400000 as integer)";
            case POSTGRESQL -> "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";
        };
    }

    /// Makes the server end a session that stands still within a transaction, so that what a process that was
    /// paused or cut off has locked is free again. Nothing where the operating system does that.
    Optional<String> endIdleTransactionsAfter(long millis) {
        return this == POSTGRESQL
                ? Optional.of("set idle_in_transaction_session_timeout = " + millis)
                : Optional.empty();
    }

    /// Takes back what [#endIdleTransactionsAfter] has set.
    Optional<String> restoreIdleTransactions() {
        return this == POSTGRESQL ? Optional.of("reset idle_in_transaction_session_timeout") : Optional.empty();
    }

    /// Bounds how long the transaction that has begun waits for a lock at once, so that others do not queue up
    /// behind it. Nothing where connections are told so when they are opened.
    Optional<String> waitForLocks(long millisMax) {
        return this == POSTGRESQL ? Optional.of("set local lock_timeout = " + millisMax) : Optional.empty();
    }

    /// Ends a query whose rows are to stay as they are until the transaction ends.
    String forUpdate() {
        return this == POSTGRESQL ? " for update" : "";
    }

    /// Columns of a table in order: name, and place in the primary key, 0 = none. Takes the table's name.
    String columns() {
        return switch (this) {
            case SQLITE -> "select name, pk from pragma_table_info(?) order by cid";
            case POSTGRESQL -> """
                    select a.attname, coalesce(array_position(cast(i.indkey as smallint[]), a.attnum) + 1, 0)
                    from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
                    where a.attrelid = to_regclass(quote_ident(?)) and a.attnum > 0 and not a.attisdropped
                    order by a.attnum""";
        };
    }

    /// The definition of what has a name, if it is a view, and that there is anything: one row, or none. Takes
    /// the name.
    String viewDefinition() {
        return switch (this) {
            case SQLITE ->
                "select case type when 'view' then sql else '' end from sqlite_schema where name = ?"
                        + " and type in ('table', 'view')";
            case POSTGRESQL -> """
                    select case relkind when 'v' then pg_get_viewdef(oid) else '' end
                    from pg_class where oid = to_regclass(quote_ident(?))""";
        };
    }

    /// An expression as text that is ordered by its bytes.
    String orderedText(String expression) {
        return switch (this) {
            case SQLITE -> "cast(" + expression + " as text)";
            case POSTGRESQL -> "cast(" + expression + " as text) collate \"C\"";
        };
    }

    /// Whether the connection sees a table of this name.
    boolean tableExists(Connection connection, String table) throws SQLException {
        try (var statement = Statements.prepare(connection, tableExists)) {
            statement.setString(1, table);
            try (var rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    /// Keeps others of the same number out until the transaction ends. Does nothing where the first change
    /// locks all there is.
    void lock(Connection connection, long number) throws SQLException {
        if (lock.isPresent()) {
            try (var statement = Statements.prepare(connection, lock.get())) {
                statement.setLong(1, number);
                statement.execute();
            }
        }
    }
}
