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
