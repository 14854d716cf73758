package dev.everfold.jdbc;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.jdbc.BuildTable.Status;
import dev.everfold.jdbc.BuildTable.Stored;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is done with builds, each within a transaction of the caller: how they begin, are found sound, claimed, shown
/// to readers and deleted.
final class ModelBuilds {

    /// The table of claims of partitions of builds.
    private static final String CLAIMS = "everfold_partitions";

    /// How many positions a build may be behind for the one before to wait for it: a few steps.
    private static final long NEAR = 10_000;

    private final ModelSchema schema;
    private final Dialect dialect;
    private final BuildTable table;
    private final ClaimTable claims;
    private final ModelTables tables;

    ModelBuilds(ModelSchema schema, Dialect dialect) {
        this.schema = schema;
        this.dialect = dialect;
        this.table = new BuildTable(CLAIMS, dialect);
        this.claims = new ClaimTable(CLAIMS, dialect);
        this.tables = new ModelTables(dialect);
    }

    ModelSchema schema() {
        return schema;
    }

    Dialect dialect() {
        return dialect;
    }

    ClaimTable claims() {
        return claims;
    }

    void prepare(Connection connection) throws SQLException {
        table.prepare(connection);
    }

    /// Builds that are there with all that belongs to them.
    List<Build> sound(Connection connection, String projection) throws SQLException {
        List<Build> sound = new ArrayList<>();
        for (Stored stored : table.of(connection, projection)) {
            if (stored.status() != Status.RETIRED) {
                sound(connection, stored).ifPresent(sound::add);
            }
        }
        return sound;
    }

    Optional<Build> sound(Connection connection, Stored stored) throws SQLException {
        if (!tables.areThere(connection, stored)) {
            return Optional.empty();
        }
        List<ClaimTable.Row> rows = new ArrayList<>();
        for (int partition = 0; partition < stored.partitions(); partition++) {
            claims.read(connection, stored.consumer(partition))
                    .filter(ClaimTable.Row::isSound)
                    .ifPresent(rows::add);
        }
        if (rows.size() != stored.partitions() || hasLostRows(connection, stored, rows)) {
            return Optional.empty();
        }
        long position = rows.stream().mapToLong(ModelBuilds::position).min().orElse(0);
        return Optional.of(build(stored, stored.isServing(), position));
    }

    private static Build build(Stored stored, boolean isServing, long position) {
        return new Build(
                stored.projection(), stored.version(), stored.number(), stored.partitions(), isServing, position);
    }

    private static long position(ClaimTable.Row row) {
        return row.checkpoint().map(Checkpoint::position).orElse(0L);
    }

    /// Whether a table is empty that was not after the last step.
    private boolean hasLostRows(Connection connection, Stored stored, List<ClaimTable.Row> rows) throws SQLException {
        return stored.partitions() == 1
                && rows.getFirst().steps() == stored.filledSteps()
                && !tables.filled(connection, stored).containsAll(stored.filled());
    }

    Build create(Connection connection, String projection, int version, int partitions, long after)
            throws SQLException {
        table.lock(connection);
        List<Build> sound = new ArrayList<>();
        for (Stored stored : table.of(connection, projection)) {
            if (stored.status() == Status.RETIRED) {
                continue;
            }
            Optional<Build> there = sound(connection, stored);
            there.ifPresent(sound::add);
            if (there.isEmpty()) {
                retire(connection, stored);
            } else if (stored.version() == version) {
                requireSchema(stored);
            }
        }
        for (Build newer : sound.reversed()) {
            if (newer.version() == version && newer.number() > after) {
                return newer;
            }
        }
        requireOwnNames(connection, projection);
        boolean isServing = sound.stream().noneMatch(Build::serving);
        Stored stored = new Stored(
                unusedNumber(connection),
                projection,
                version,
                partitions,
                isServing ? Status.SERVING : Status.BUILDING,
                schema.hash(),
                schema.tables(),
                List.of(),
                0);
        tables.create(connection, schema, stored.number());
        table.add(connection, stored);
        for (int partition = 0; partition < partitions; partition++) {
            claims.add(connection, stored.consumer(partition));
        }
        if (isServing) {
            tables.show(connection, Optional.empty(), stored);
        }
        return build(stored, isServing, 0);
    }

    private void requireSchema(Stored stored) {
        if (!stored.schemaHash().equals(schema.hash())) {
            throw new IllegalStateException("Version " + stored.version() + " of projection \"" + stored.projection()
                    + "\" was built with other statements than those that are given here. Raise the version, so that"
                    + " it is built anew.");
        }
    }

    private void requireOwnNames(Connection connection, String projection) throws SQLException {
        for (Stored other : table.live(connection)) {
            for (String name : schema.tables()) {
                if (!other.projection().equals(projection) && other.tables().contains(name)) {
                    throw new IllegalStateException("Table {" + name + "} of projection \"" + projection
                            + "\" is one of projection \"" + other.projection()
                            + "\" already. Give it another name.");
                }
            }
        }
    }

    /// Also passes over tables that were left behind when the table of builds was deleted.
    private long unusedNumber(Connection connection) throws SQLException {
        long number = table.numberMax(connection) + 1;
        while (tables.isAnyThere(connection, schema, number)) {
            number++;
        }
        return number;
    }

    /// A claim that was made.
    record Claimed(
            Build build,
            Stored stored,
            int partition,
            ClaimKey key,
            long steps,
            Optional<Checkpoint> checkpoint,
            List<ParkedEvent> parked) {}

    Optional<Claimed> claim(
            Connection connection, long number, int partition, String token, String owner, Duration lease)
            throws SQLException {
        table.beginWriting(connection);
        Optional<Stored> found = table.find(connection, number);
        if (found.isEmpty() || found.get().status() == Status.RETIRED) {
            return Optional.empty();
        }
        Stored stored = found.get();
        requireSchema(stored);
        String consumer = stored.consumer(partition);
        if (!claims.claim(connection, consumer, token, owner, lease)) {
            return Optional.empty();
        }
        ClaimTable.Row row = claims.read(connection, consumer).orElseThrow();
        Optional<Build> build = sound(connection, stored);
        if (build.isEmpty()) {
            claims.release(connection, new ClaimKey(consumer, token, lease));
            return Optional.empty();
        }
        if (stored.isServing()) {
            tables.showMissing(connection, stored);
        }
        return Optional.of(new Claimed(
                build.get(),
                stored,
                partition,
                new ClaimKey(consumer, token, lease),
                row.steps(),
                row.checkpoint(),
                claims.parked(connection, consumer)));
    }

    /// Whether a build is there, so that it can be gone on with.
    boolean isThere(Connection connection, long number) throws SQLException {
        Optional<Stored> stored = table.find(connection, number);
        return stored.isPresent() && tables.areThere(connection, stored.get());
    }

    Optional<Stored> find(Connection connection, long number) throws SQLException {
        return table.find(connection, number);
    }

    /// Shows a build to readers in place of the one before, if it is as far. If it is a little behind, the
    /// claims of
    /// the one before are taken over, so that it stands still while this one catches up: under steady writes it
    /// could
    /// be ahead whenever it is looked at. It goes on when the lease has ended and there was no switch.
    boolean serve(Connection connection, Claimed claim, String owner) throws SQLException {
        table.lock(connection);
        Stored stored = held(connection, claim);
        if (stored.isServing()) {
            return true;
        }
        Optional<Stored> before = table.of(connection, stored.projection()).stream()
                .filter(Stored::isServing)
                .findFirst();
        if (before.isPresent()) {
            List<ClaimTable.Row> rows = rows(connection, stored);
            List<ClaimTable.Row> rowsBefore = rows(connection, before.get());
            if (!isAsFar(positions(rows), positions(rowsBefore))) {
                if (isNear(rows, rowsBefore)) {
                    holdBack(connection, before.get(), claim.key(), owner);
                }
                return false;
            }
            retire(connection, before.get());
        }
        table.status(connection, stored.number(), Status.SERVING);
        tables.show(connection, before, stored);
        return true;
    }

    /// Whether a build that is at work in all its partitions will soon be as far as one that nobody holds back yet.
    private static boolean isNear(List<ClaimTable.Row> rows, List<ClaimTable.Row> before) {
        boolean isAtWork = rows.stream().allMatch(row -> row.token().isPresent());
        boolean isHeldBack = before.stream().anyMatch(row -> isOneOf(row.token(), rows));
        long last = positions(rows).stream().mapToLong(Long::longValue).min().orElse(0);
        long first = positions(before).stream().mapToLong(Long::longValue).max().orElse(0);
        return isAtWork && !isHeldBack && first - last <= NEAR;
    }

    private static boolean isOneOf(Optional<String> token, List<ClaimTable.Row> rows) {
        return token.isPresent() && rows.stream().map(ClaimTable.Row::token).anyMatch(token::equals);
    }

    private void holdBack(Connection connection, Stored before, ClaimKey key, String owner) throws SQLException {
        for (int partition = 0; partition < before.partitions(); partition++) {
            claims.take(connection, before.consumer(partition), key.token(), owner, key.lease());
        }
    }

    /// @throws ClaimLostException when the claim is not in force
    private Stored held(Connection connection, Claimed claim) throws SQLException {
        Optional<ClaimTable.Row> row = claims.readLocked(connection, claim.key().consumer());
        Optional<Stored> stored = table.find(connection, claim.build().number());
        if (stored.isEmpty()
                || row.flatMap(ClaimTable.Row::token)
                        .filter(claim.key().token()::equals)
                        .isEmpty()) {
            throw new ClaimLostException(
                    claim.key().consumer(),
                    row.map(found -> "\"" + found.owner() + "\" has claimed it").orElse("it was deleted or replaced"));
        }
        return stored.get();
    }

    /// Of all partitions; a row that is missing counts as one that has not begun.
    private List<ClaimTable.Row> rows(Connection connection, Stored stored) throws SQLException {
        List<ClaimTable.Row> rows = new ArrayList<>();
        for (int partition = 0; partition < stored.partitions(); partition++) {
            rows.add(claims.readLocked(connection, stored.consumer(partition)).orElse(ClaimTable.Row.NONE));
        }
        return rows;
    }

    private static List<Long> positions(List<ClaimTable.Row> rows) {
        return rows.stream().map(ModelBuilds::position).toList();
    }

    /// Of equal partitions each must be as far as its own one before; of others the last as far as the first.
    private static boolean isAsFar(List<Long> positions, List<Long> before) {
        if (positions.size() == before.size()) {
            for (int i = 0; i < before.size(); i++) {
                if (positions.get(i) < before.get(i)) {
                    return false;
                }
            }
            return true;
        }
        long lowest = positions.stream().mapToLong(Long::longValue).min().orElse(0);
        return before.stream().allMatch(position -> position <= lowest);
    }

    /// From now on each of its steps is refused.
    private void retire(Connection connection, Stored stored) throws SQLException {
        table.status(connection, stored.number(), Status.RETIRED);
        for (int partition = 0; partition < stored.partitions(); partition++) {
            claims.remove(connection, stored.consumer(partition));
        }
    }

    /// Empties a build; the claim stays in force and has carried out no step.
    void reset(Connection connection, Claimed claim, String owner) throws SQLException {
        table.lock(connection);
        Stored stored = held(connection, claim);
        for (int partition = 0; partition < stored.partitions(); partition++) {
            claims.remove(connection, stored.consumer(partition));
            claims.add(connection, stored.consumer(partition));
        }
        ClaimKey key = claim.key();
        claims.claim(connection, key.consumer(), key.token(), owner, key.lease());
        tables.empty(connection, stored);
    }

    List<Long> retired(Connection connection, String projection) throws SQLException {
        return table.of(connection, projection).stream()
                .filter(stored -> stored.status() == Status.RETIRED)
                .map(Stored::number)
                .toList();
    }

    void drop(Connection connection, long number) throws SQLException {
        table.lock(connection);
        Optional<Stored> stored = table.find(connection, number);
        if (stored.isPresent() && !stored.get().isServing()) {
            retire(connection, stored.get());
            tables.drop(connection, stored.get());
            table.status(connection, number, Status.DROPPED);
        }
    }
}
