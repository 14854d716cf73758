package dev.everfold.jdbc;

import dev.everfold.jdbc.BuildTable.Status;
import dev.everfold.jdbc.BuildTable.Stored;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How one build takes the place of another, each time within a transaction of the caller that has locked the table of
/// builds.
final class BuildSwitch {

    /// How many positions a build may be behind for the one before to wait for it: a few steps.
    private static final long NEAR = 10_000;

    private final BuildTable table;
    private final ClaimTable claims;
    private final ModelTables tables;

    BuildSwitch(BuildTable table, ClaimTable claims, ModelTables tables) {
        this.table = table;
        this.claims = claims;
        this.tables = tables;
    }

    /// Shows a build to readers in place of the one before, if it is as far. If it is a little behind, the
    /// claims of the one before are taken over, so that it stands still while this one catches up: under steady
    /// writes it could be ahead whenever it is looked at. It goes on when the lease has ended and there was no
    /// switch.
    ///
    /// @param key of the claim by which the build is filled, which is in force
    boolean serve(Connection connection, Stored stored, ClaimKey key) throws SQLException {
        Optional<Stored> before = table.of(connection, stored.projection()).stream()
                .filter(Stored::isServing)
                .findFirst();
        if (before.isPresent()) {
            List<ClaimTable.Row> rows = rows(connection, stored);
            List<ClaimTable.Row> rowsBefore = rows(connection, before.get());
            if (!isAsFar(positions(rows), positions(rowsBefore))) {
                if (isNear(rows, rowsBefore)) {
                    holdBack(connection, before.get(), key);
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

    private void holdBack(Connection connection, Stored before, ClaimKey key) throws SQLException {
        for (String consumer : before.consumers()) {
            claims.take(connection, key.on(consumer));
        }
    }

    /// Of all partitions; a row that is missing counts as one that has not begun.
    private List<ClaimTable.Row> rows(Connection connection, Stored stored) throws SQLException {
        List<ClaimTable.Row> rows = new ArrayList<>();
        for (String consumer : stored.consumers()) {
            rows.add(claims.readLocked(connection, consumer).orElse(ClaimTable.Row.NONE));
        }
        return rows;
    }

    private static List<Long> positions(List<ClaimTable.Row> rows) {
        return rows.stream().map(ClaimTable.Row::position).toList();
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
    void retire(Connection connection, Stored stored) throws SQLException {
        table.status(connection, stored.number(), Status.RETIRED);
        for (String consumer : stored.consumers()) {
            claims.remove(connection, consumer);
        }
    }
}
