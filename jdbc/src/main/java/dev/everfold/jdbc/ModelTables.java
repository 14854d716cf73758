package dev.everfold.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The tables of builds, and the views through which they are read: `balances_b3`, and `balances` for all who ask.
final class ModelTables {

    private final Dialect dialect;

    ModelTables(Dialect dialect) {
        this.dialect = dialect;
    }

    void create(Connection connection, ModelSchema schema, long build) throws SQLException {
        for (String statement : schema.statements()) {
            Statements.run(connection, schema.in(build, statement));
        }
    }

    boolean areThere(Connection connection, BuildTable.Stored build) throws SQLException {
        for (String table : build.tables()) {
            if (!dialect.tableExists(connection, ModelSchema.nameIn(build.number(), table))) {
                return false;
            }
        }
        return true;
    }

    boolean isAnyThere(Connection connection, ModelSchema schema, long build) throws SQLException {
        for (String table : schema.tables()) {
            if (dialect.tableExists(connection, ModelSchema.nameIn(build, table))) {
                return true;
            }
        }
        return false;
    }

    /// Which tables hold a row at least.
    List<String> filled(Connection connection, BuildTable.Stored build) throws SQLException {
        List<String> filled = new ArrayList<>();
        for (String table : build.tables()) {
            try (PreparedStatement statement =
                            Statements.prepare(connection, "select 1 from " + quotedIn(build, table) + " limit 1");
                    ResultSet rows = statement.executeQuery()) {
                if (rows.next()) {
                    filled.add(table);
                }
            }
        }
        return filled;
    }

    void empty(Connection connection, BuildTable.Stored build) throws SQLException {
        for (String table : build.tables()) {
            runLong(connection, "delete from " + quotedIn(build, table));
        }
    }

    void drop(Connection connection, BuildTable.Stored build) throws SQLException {
        for (String table : build.tables()) {
            runLong(connection, "drop table if exists " + quotedIn(build, table));
        }
    }

    /// Takes as long as there are rows.
    private static void runLong(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    private static String quotedIn(BuildTable.Stored build, String table) {
        return VersionedTable.quoted(ModelSchema.nameIn(build.number(), table));
    }

    /// Makes the views of the build that serves show it; those that only the one before had go.
    ///
    /// Where both have the same schema a view is replaced, which keeps who may read it.
    ///
    /// @throws IllegalStateException when something else has the name of a view
    void show(Connection connection, Optional<BuildTable.Stored> before, BuildTable.Stored build) throws SQLException {
        boolean isSameSchema = before.filter(old -> old.schemaHash().equals(build.schemaHash()))
                .isPresent();
        List<String> gone =
                new ArrayList<>(before.map(BuildTable.Stored::tables).orElse(List.of()));
        gone.removeAll(build.tables());
        for (String table : gone) {
            Statements.run(connection, "drop view if exists " + VersionedTable.quoted(table));
        }
        for (String table : build.tables()) {
            show(connection, build, table, isSameSchema && dialect == Dialect.POSTGRESQL);
        }
    }

    private void show(Connection connection, BuildTable.Stored build, String table, boolean replace)
            throws SQLException {
        String view = VersionedTable.quoted(table);
        Optional<String> there = definition(connection, table);
        if (there.isPresent() && !isOurs(there.get(), table)) {
            throw new IllegalStateException("Projection \"" + build.projection() + "\" is to show its table {" + table
                    + "} as a view of that name, but there is something else called \"" + table
                    + "\". Give the table another name.");
        }
        if (there.isPresent() && !replace) {
            Statements.run(connection, "drop view " + view);
        }
        Statements.run(
                connection,
                (replace ? "create or replace view " : "create view ") + view + " as select * from "
                        + quotedIn(build, table));
    }

    /// Makes views that are missing.
    void showMissing(Connection connection, BuildTable.Stored build) throws SQLException {
        for (String table : build.tables()) {
            if (definition(connection, table).isEmpty()) {
                show(connection, build, table, false);
            }
        }
    }

    private Optional<String> definition(Connection connection, String view) throws SQLException {
        try (PreparedStatement statement = Statements.prepare(connection, dialect.viewDefinition())) {
            statement.setString(1, view);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
        }
    }

    private static boolean isOurs(String definition, String table) {
        return Pattern.compile("\\b" + table + "_b[0-9]+\\b")
                .matcher(definition)
                .find();
    }
}
