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
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What is done with builds, each within a transaction of the caller: how they begin, are found sound, claimed, shown
/// to readers and deleted.
final class ModelBuilds {

    /// The table of claims of partitions of builds.
    private static final String CLAIMS = "everfold_partitions";

    private final ModelSchema schema;
    private final Dialect dialect;
    private final BuildTable table;
    private final ClaimTable claims;
    private final ModelTables tables;
    private final BuildSwitch handover;

    ModelBuilds(ModelSchema schema, Dialect dialect) {
        this.schema = schema;
        this.dialect = dialect;
        this.table = new BuildTable(CLAIMS, dialect);
        this.claims = new ClaimTable(CLAIMS, dialect);
        this.tables = new ModelTables(dialect);
        this.handover = new BuildSwitch(table, claims, tables);
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

    /// Builds that are there with all that belongs to them. Each statement may see a later moment
    /// than the one before, so one that lacks something may have been replaced meanwhile: then all
    /// are looked at again.
    List<Build> sound(Connection connection, String projection) throws SQLException {
        for (List<Stored> live = live(connection, projection); ; ) {
            List<Build> sound = new ArrayList<>();
            for (Stored stored : live) {
                sound(connection, stored).ifPresent(sound::add);
            }
            List<Stored> again = sound.size() == live.size() ? live : live(connection, projection);
            if (statuses(again).equals(statuses(live))) {
                return sound;
            }
            live = again;
        }
    }

    private List<Stored> live(Connection connection, String projection) throws SQLException {
        return table.of(connection, projection).stream()
                .filter(stored -> stored.status() != Status.RETIRED)
                .toList();
    }

    /// Which builds, and which of them serves.
    private static Map<Long, Status> statuses(List<Stored> live) {
        return live.stream().collect(Collectors.toMap(Stored::number, Stored::status));
    }

    Optional<Build> sound(Connection connection, Stored stored) throws SQLException {
        if (!tables.areThere(connection, stored)) {
            return Optional.empty();
        }
        List<ClaimTable.Row> rows = new ArrayList<>();
        for (String consumer : stored.consumers()) {
            claims.read(connection, consumer).filter(ClaimTable.Row::isSound).ifPresent(rows::add);
        }
        if (rows.size() != stored.partitions() || hasLostRows(connection, stored, rows)) {
            return Optional.empty();
        }
        long position = rows.stream().mapToLong(ClaimTable.Row::position).min().orElse(0);
        return Optional.of(build(stored, stored.isServing(), position));
    }

    private static Build build(Stored stored, boolean isServing, long position) {
        return new Build(
                stored.projection(), stored.version(), stored.number(), stored.partitions(), isServing, position);
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
                handover.retire(connection, stored);
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
        for (String consumer : stored.consumers()) {
            claims.add(connection, consumer);
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
        ClaimKey key = new ClaimKey(stored.consumer(partition), token, owner, lease);
        if (!claims.claim(connection, key)) {
            return Optional.empty();
        }
        ClaimTable.Row row = claims.read(connection, key.consumer()).orElseThrow();
        Optional<Build> build = sound(connection, stored);
        if (build.isEmpty()) {
            claims.release(connection, key);
            return Optional.empty();
        }
        if (stored.isServing()) {
            tables.showMissing(connection, stored);
        }
        return Optional.of(new Claimed(
                build.get(), stored, key, row.steps(), row.checkpoint(), claims.parked(connection, key.consumer())));
    }

    /// Whether a build is there, so that it can be gone on with.
    boolean isThere(Connection connection, long number) throws SQLException {
        Optional<Stored> stored = table.find(connection, number);
        return stored.isPresent() && tables.areThere(connection, stored.get());
    }

    Optional<Stored> find(Connection connection, long number) throws SQLException {
        return table.find(connection, number);
    }

    /// Shows a build to readers in place of the one before, if it is as far ([BuildSwitch]).
    boolean serve(Connection connection, Claimed claim) throws SQLException {
        table.lock(connection);
        Stored stored = held(connection, claim);
        return stored.isServing() || handover.serve(connection, stored, claim.key());
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

    /// Empties a build; the claim stays in force and has carried out no step.
    void reset(Connection connection, Claimed claim) throws SQLException {
        table.lock(connection);
        Stored stored = held(connection, claim);
        for (String consumer : stored.consumers()) {
            claims.remove(connection, consumer);
            claims.add(connection, consumer);
        }
        claims.claim(connection, claim.key());
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
            handover.retire(connection, stored.get());
            tables.drop(connection, stored.get());
            table.status(connection, number, Status.DROPPED);
        }
    }
}
