package dev.everfold.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// Statements that do not run for ever.
final class Statements {

    /// Includes waiting for locks.
    static final int SECONDS_MAX = 10;

    private Statements() {}

    static PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            statement.setQueryTimeout(SECONDS_MAX);
            return statement;
        } catch (SQLException failed) {
            statement.close();
            throw failed;
        }
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql)) {
            statement.execute();
        }
    }
}
