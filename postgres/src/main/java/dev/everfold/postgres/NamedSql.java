package dev.everfold.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A statement whose parameters have names, `:name`, and may be used more than once.
///
/// @param text with a question mark for each parameter
/// @param names of the parameters, in the order of the question marks
record NamedSql(String text, List<String> names) {

    private static final Pattern NAME = Pattern.compile("(?<!:):([a-z_]+)");

    /// Sets a parameter of a statement.
    @FunctionalInterface
    interface Value {
        void set(PreparedStatement statement, int index) throws SQLException;
    }

    NamedSql {
        names = List.copyOf(names);
    }

    static NamedSql parse(String text) {
        List<String> names = new ArrayList<>();
        Matcher matcher = NAME.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return new NamedSql(matcher.replaceAll("?"), names);
    }

    /// The statement, with its values set.
    PreparedStatement prepare(Connection connection, NamedValues values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text);
        try {
            for (int i = 0; i < names.size(); i++) {
                values.get(names.get(i)).set(statement, i + 1);
            }
            return statement;
        } catch (SQLException | RuntimeException failure) {
            statement.close();
            throw failure;
        }
    }
}
