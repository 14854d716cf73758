package dev.everfold.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The statements on the table of builds.
///
/// One row a build, also of those that are gone, so that no number is used twice: number, projection, version,
/// partitions, status, a hash of its schema, its tables with commas between them, and, of builds with one partition,
/// which of them held rows after how many steps.
final class BuildTable {

    static final String NAME = "everfold_builds";

    /// How long a change of builds waits for those who read, while others wait behind it.
    private static final long LOCK_MILLIS_MAX = 2_000;

    private static final String CREATE = """
            create table everfold_builds (
                number {number} not null primary key,
                projection {text} not null,
                version {number} not null,
                partitions {number} not null,
                status {text} not null,
                schema_hash {text} not null,
                tables {text} not null,
                filled {text} not null,
                filled_steps {number} not null
            ){end}""";

    /// At most one build of a projection serves, whatever else goes wrong.
    private static final String CREATE_INDEX = """
            create unique index everfold_builds_serving on everfold_builds (projection) where status = 'serving'""";

    private static final String COLUMNS = "select number, projection, version, partitions, status, schema_hash,"
            + " tables, filled, filled_steps from everfold_builds where ";

    private final VersionedTable builds;
    private final VersionedTable claims;
    private final Dialect dialect;

    BuildTable(String claims, Dialect dialect) {
        this.builds = new VersionedTable(NAME, List.of(CREATE, CREATE_INDEX));
        this.claims = new VersionedTable(claims, ClaimTable.steps(claims));
        this.dialect = dialect;
    }

    /// What a build is there for.
    enum Status {
        SERVING,
        BUILDING,
        /// Replaced by another one; its tables are to be deleted.
        RETIRED,
        /// Gone with its tables.
        DROPPED;

        String stored() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// A row.
    ///
    /// @param filled which tables held rows after `filledSteps` steps
    record Stored(
            long number,
            String projection,
            int version,
            int partitions,
            Status status,
            String schemaHash,
            List<String> tables,
            List<String> filled,
            long filledSteps) {

        boolean isServing() {
            return status == Status.SERVING;
        }

        /// The name that the claims of a partition go by.
        String consumer(int partition) {
            return projection + "/" + number + "/" + partition;
        }

        /// Those of all partitions, in order.
        List<String> consumers() {
            return IntStream.range(0, partitions).mapToObj(this::consumer).toList();
        }
    }

    void prepare(Connection connection) throws SQLException {
        builds.prepare(connection, dialect);
        claims.prepare(connection, dialect);
    }

    /// Keeps other changes of builds out until the transaction ends.
    void lock(Connection connection) throws SQLException {
        Optional<String> setting = dialect.waitForLocks(LOCK_MILLIS_MAX);
        if (setting.isPresent()) {
            Statements.run(connection, setting.get());
        }
        dialect.lock(connection, (long) NAME.hashCode() << Integer.SIZE | 1);
        beginWriting(connection);
    }

    /// The first statement of a transaction that reads before it writes: on SQLite it takes the lock, which one
    /// that has read before may be refused. It changes nothing.
    void beginWriting(Connection connection) throws SQLException {
        if (dialect == Dialect.SQLITE) {
            Statements.run(connection, "update everfold_builds set number = number where number < 0");
        }
    }

    /// Of a projection, by number.
    List<Stored> of(Connection connection, String projection) throws SQLException {
        try (PreparedStatement statement =
                Statements.prepare(connection, COLUMNS + "projection = ? and status <> 'dropped' order by number")) {
            statement.setString(1, projection);
            return stored(statement);
        }
    }

    Optional<Stored> find(Connection connection, long number) throws SQLException {
        try (PreparedStatement statement =
                Statements.prepare(connection, COLUMNS + "number = ? and status <> 'dropped'")) {
            statement.setLong(1, number);
            return stored(statement).stream().findFirst();
        }
    }

    /// Of all projections that serve or are to.
    List<Stored> live(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                Statements.prepare(connection, COLUMNS + "status in ('serving', 'building') order by number")) {
            return stored(statement);
        }
    }

    private static List<Stored> stored(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            List<Stored> stored = new ArrayList<>();
            while (rows.next()) {
                stored.add(new Stored(
                        rows.getLong("number"),
                        rows.getString("projection"),
                        rows.getInt("version"),
                        rows.getInt("partitions"),
                        Status.valueOf(rows.getString("status").toUpperCase(java.util.Locale.ROOT)),
                        rows.getString("schema_hash"),
                        list(rows.getString("tables")),
                        list(rows.getString("filled")),
                        rows.getLong("filled_steps")));
            }
            return stored;
        }
    }

    private static List<String> list(@Nullable String text) {
        return text == null || text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    long numberMax(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                        Statements.prepare(connection, "select coalesce(max(number), 0) from everfold_builds");
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    void add(Connection connection, Stored build) throws SQLException {
        try (PreparedStatement statement = Statements.prepare(connection, """
                insert into everfold_builds (number, projection, version, partitions, status, schema_hash, tables,
                    filled, filled_steps) values (?, ?, ?, ?, ?, ?, ?, '', 0)""")) {
            statement.setLong(1, build.number());
            statement.setString(2, build.projection());
            statement.setInt(3, build.version());
            statement.setInt(4, build.partitions());
            statement.setString(5, build.status().stored());
            statement.setString(6, build.schemaHash());
            statement.setString(7, String.join(",", build.tables()));
            statement.executeUpdate();
        }
    }

    void status(Connection connection, long number, Status status) throws SQLException {
        try (PreparedStatement statement =
                Statements.prepare(connection, "update everfold_builds set status = ? where number = ?")) {
            statement.setString(1, status.stored());
            statement.setLong(2, number);
            statement.executeUpdate();
        }
    }

    /// Remembers which tables hold rows after so many steps.
    static final String FILLED = "update everfold_builds set filled = ?, filled_steps = ? where number = ?";
}
