package dev.everfold.jdbc;

import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The statements on claims, with their checkpoints, and on what is parked.
///
/// One row a consumer: the token of the claim that is in force (a UUID), its owner for messages, until when it is
/// respected (milliseconds since 1970 by the database's clock), how many steps were carried out, lineage and
/// position, without lineage while there is no checkpoint, and a checksum over the name and all that counts. Parked
/// events stand in a second table, whose name ends in `_parked`: one row a position.
final class ClaimTable {

    private static final String CREATE = """
            create table {table} (
                consumer {text} not null primary key,
                token {text},
                owner {text} not null,
                until_millis {number} not null,
                steps {number} not null,
                lineage {text},
                position {number} not null,
                checksum {number} not null
            ){end}""";
    private static final String CREATE_PARKED = """
            create table {parked} (
                consumer {text} not null,
                position {number} not null,
                event_key {text} not null,
                failure {text},
                tries {number} not null,
                parked {text} not null,
                primary key (consumer, position)
            ){end}""";
    private static final String ADD = """
            insert into {table} (consumer, token, owner, until_millis, steps, lineage, position, checksum)
            values (?, null, '', 0, 0, null, 0, ?) on conflict (consumer) do nothing""";
    private static final String CLAIM = """
            update {table} set token = ?, owner = ?, until_millis = {now} + ?
            where consumer = ? and (token is null or until_millis <= {now})""";
    private static final String TAKE =
            "update {table} set token = ?, owner = ?, until_millis = {now} + ? where consumer = ?";
    private static final String READ =
            "select token, owner, steps, lineage, position, checksum from {table} where consumer = ?";
    private static final String READ_PARKED =
            "select position, event_key, failure, tries, parked from {parked} where consumer = ? order by position";
    private static final String STEP = """
            update {table} set until_millis = {now} + ?, steps = ?, lineage = ?, position = ?, checksum = ?
            where consumer = ? and token = ? and steps = ?""";
    private static final String RELEASE = "update {table} set token = null where consumer = ? and token = ?";
    private static final String PARK = """
            insert into {parked} (consumer, position, event_key, failure, tries, parked) values (?, ?, ?, ?, ?, ?)
            on conflict (consumer, position) do update set event_key = excluded.event_key,
                failure = excluded.failure, tries = excluded.tries, parked = excluded.parked""";
    private static final String UNPARK = "delete from {parked} where consumer = ? and position = ?";
    private static final String REMOVE = "delete from {table} where consumer = ?";
    private static final String REMOVE_PARKED = "delete from {parked} where consumer = ?";

    private final String name;
    private final String now;
    private final String forUpdate;
    private final String step;

    ClaimTable(String name, Dialect dialect) {
        this.name = name;
        this.now = dialect.nowMillis();
        this.forUpdate = dialect.forUpdate();
        this.step = of(STEP);
    }

    /// What creates both tables. Parked events without checkpoints, left behind by somebody, mean nothing.
    static List<String> steps(String name) {
        String parked = VersionedTable.quoted(name + "_parked");
        return List.of(
                "drop table if exists " + parked,
                CREATE.replace("{table}", VersionedTable.quoted(name)),
                CREATE_PARKED.replace("{parked}", parked));
    }

    private String of(String statement) {
        return statement
                .replace("{table}", VersionedTable.quoted(name))
                .replace("{parked}", VersionedTable.quoted(name + "_parked"))
                .replace("{now}", now);
    }

    /// A consumer's row.
    ///
    /// @param token of the claim that is or was in force
    /// @param owner who has it
    /// @param steps carried out
    /// @param checkpoint if there is one
    /// @param isSound whether it is as it was written
    record Row(Optional<String> token, String owner, long steps, Optional<Checkpoint> checkpoint, boolean isSound) {

        /// Of a consumer that is not there.
        static final Row NONE = new Row(Optional.empty(), "", 0, Optional.empty(), true);

        /// The next position to read; 0 where there is no checkpoint.
        long position() {
            return checkpoint.map(Checkpoint::position).orElse(0L);
        }
    }

    /// Makes sure that a consumer has a row.
    void add(Connection connection, String consumer) throws SQLException {
        try (PreparedStatement statement = Statements.prepare(connection, of(ADD))) {
            statement.setString(1, consumer);
            statement.setLong(2, checksum(consumer, 0, null, 0));
            statement.executeUpdate();
        }
    }

    /// Takes the claim unless another one is in force, or there is no row.
    boolean claim(Connection connection, ClaimKey key) throws SQLException {
        return claim(connection, CLAIM, key);
    }

    /// Takes the claim, whoever has it: each of his steps is refused from now on.
    void take(Connection connection, ClaimKey key) throws SQLException {
        claim(connection, TAKE, key);
    }

    private boolean claim(Connection connection, String sql, ClaimKey key) throws SQLException {
        try (PreparedStatement statement = Statements.prepare(connection, of(sql))) {
            statement.setString(1, key.token());
            statement.setString(2, key.owner());
            statement.setLong(3, key.lease().toMillis());
            statement.setString(4, key.consumer());
            return statement.executeUpdate() == 1;
        }
    }

    Optional<Row> read(Connection connection, String consumer) throws SQLException {
        return read(connection, consumer, "");
    }

    /// The row as it is once no step is under way, and stays until the transaction ends.
    Optional<Row> readLocked(Connection connection, String consumer) throws SQLException {
        return read(connection, consumer, forUpdate);
    }

    private Optional<Row> read(Connection connection, String consumer, String end) throws SQLException {
        try (PreparedStatement statement = Statements.prepare(connection, of(READ) + end)) {
            statement.setString(1, consumer);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(row(consumer, rows)) : Optional.empty();
            }
        }
    }

    private static Row row(String consumer, ResultSet row) throws SQLException {
        String lineage = row.getString("lineage");
        long position = row.getLong("position");
        long steps = row.getLong("steps");
        boolean isSound = row.getLong("checksum") == checksum(consumer, steps, lineage, position);
        Optional<Checkpoint> checkpoint = isSound && lineage != null
                ? Optional.of(new Checkpoint(UUID.fromString(lineage), position))
                : Optional.empty();
        return new Row(Optional.ofNullable(row.getString("token")), row.getString("owner"), steps, checkpoint, isSound);
    }

    private static long checksum(String consumer, long steps, @Nullable String lineage, long position) {
        CRC32C checksum = new CRC32C();
        checksum.update((consumer + '\n' + steps + '\n' + lineage + '\n' + position).getBytes(StandardCharsets.UTF_8));
        return checksum.getValue();
    }

    List<ParkedEvent> parked(Connection connection, String consumer) throws SQLException {
        try (PreparedStatement statement = Statements.prepare(connection, of(READ_PARKED))) {
            statement.setString(1, consumer);
            try (ResultSet rows = statement.executeQuery()) {
                List<ParkedEvent> parked = new ArrayList<>();
                while (rows.next()) {
                    parked.add(new ParkedEvent(
                            KeyText.read(rows.getString("event_key")),
                            rows.getLong("position"),
                            Optional.ofNullable(rows.getString("failure")),
                            rows.getInt("tries"),
                            time(rows.getString("parked"))));
                }
                return parked;
            }
        }
    }

    /// Only told to people; one that was changed by hand is no reason to stop.
    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException changed) {
            return Instant.EPOCH;
        }
    }

    /// Moves the checkpoint and renews the lease, if this claim is in force and has carried out so many steps.
    /// The first statement of its transaction: it takes the locks that keep others out.
    boolean step(StepConnection connection, ClaimKey key, long steps, Checkpoint after) throws SQLException {
        PreparedStatement statement = connection.statement(step);
        String lineage = after.lineage().toString();
        statement.setLong(1, key.lease().toMillis());
        statement.setLong(2, steps + 1);
        statement.setString(3, lineage);
        statement.setLong(4, after.position());
        statement.setLong(5, checksum(key.consumer(), steps + 1, lineage, after.position()));
        statement.setString(6, key.consumer());
        statement.setString(7, key.token());
        statement.setLong(8, steps);
        return statement.executeUpdate() == 1;
    }

    /// Removes what a step settles.
    ///
    /// @return how many of them were parked
    int unpark(StepConnection connection, String consumer, List<Long> positions) throws SQLException {
        int removed = 0;
        PreparedStatement statement = connection.statement(of(UNPARK));
        for (long position : positions) {
            statement.setString(1, consumer);
            statement.setLong(2, position);
            removed += statement.executeUpdate();
        }
        return removed;
    }

    void park(StepConnection connection, String consumer, Step step) throws SQLException {
        if (step.park().isEmpty()) {
            return;
        }
        PreparedStatement statement = connection.statement(of(PARK));
        for (ParkedEvent event : step.park()) {
            statement.setString(1, consumer);
            statement.setLong(2, event.position());
            statement.setString(3, KeyText.stored(event.key()));
            // PostgreSQL knows no such character.
            statement.setString(
                    4, event.failure().map(text -> text.replace('\0', ' ')).orElse(null));
            statement.setInt(5, event.tries());
            statement.setString(6, event.parked().toString());
            statement.addBatch();
        }
        statement.executeBatch();
    }

    void release(Connection connection, ClaimKey key) throws SQLException {
        try (PreparedStatement statement = Statements.prepare(connection, of(RELEASE))) {
            statement.setString(1, key.consumer());
            statement.setString(2, key.token());
            statement.executeUpdate();
        }
    }

    /// Removes a consumer with all that is parked: whoever had its claim is refused from now on.
    void remove(Connection connection, String consumer) throws SQLException {
        for (String sql : List.of(REMOVE, REMOVE_PARKED)) {
            try (PreparedStatement statement = Statements.prepare(connection, of(sql))) {
                statement.setString(1, consumer);
                statement.executeUpdate();
            }
        }
    }
}
