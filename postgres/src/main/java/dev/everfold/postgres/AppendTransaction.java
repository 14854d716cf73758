package dev.everfold.postgres;

import dev.everfold.postgres.AppendDecisions.AcceptedAppend;
import dev.everfold.postgres.AppendDecisions.Decision;
import dev.everfold.postgres.AppendDecisions.PlacedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One batch of appends within a transaction that is READ COMMITTED: two statements, whatever the batch.
///
/// The first takes the sequencer and finds; then the batch is decided here; the second stores. Whoever
/// holds the sequencer is the only one that appends, from before it looks until it has committed: so
/// positions have no gaps, are committed in their order, and nothing comes between check and store.
final class AppendTransaction {

    private final Sql sql;
    private final Connection connection;
    private final String lockMax;

    /// @param lockMaxMillis how long to wait for the sequencer
    AppendTransaction(Sql sql, Connection connection, long lockMaxMillis) {
        this.sql = sql;
        this.connection = connection;
        this.lockMax = lockMaxMillis + "ms";
    }

    /// Takes the sequencer and decides. Nothing is stored yet.
    ///
    /// @param decisions receives what became of each append, in order
    AppendDecisions decide(List<PendingAppend> batch, int rememberedMax, List<Decision> decisions) throws SQLException {
        AppendDecisions deciding = new AppendDecisions(find(batch), rememberedMax);
        for (PendingAppend pending : batch) {
            decisions.add(deciding.decide(pending));
        }
        return deciding;
    }

    private Found find(List<PendingAppend> batch) throws SQLException {
        Finding finding = new Finding(batch);
        try (PreparedStatement statement = connection.prepareStatement(sql.find())) {
            statement.setString(1, lockMax);
            SqlArrays arrays = new SqlArrays(statement);
            finding.setAppendIds(arrays, 2);
            finding.setStreams(arrays, 3);
            finding.setSources(arrays, 4);
            finding.setItems(arrays, 5);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return finding.found(sql, row);
            }
        }
    }

    /// Stores what was accepted. The transaction is the caller's to commit.
    void store(AppendDecisions decided) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.store())) {
            fill(statement, decided);
            statement.execute();
        }
    }

    /// Stores what was accepted and commits, in one go.
    void storeAndCommit(AppendDecisions decided) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.store() + "; commit")) {
            fill(statement, decided);
            statement.execute();
        }
    }

    private void fill(PreparedStatement statement, AppendDecisions decided) throws SQLException {
        List<PlacedEvent> events = decided.events();
        List<AcceptedAppend> appends = decided.accepted();
        List<String> sources = List.copyOf(decided.tracked().keySet());
        SqlArrays arrays = new SqlArrays(statement);
        statement.setLong(1, decided.nextPosition() - events.size());
        statement.setLong(2, decided.firstNumber());
        arrays.set(3, "int8", events, event -> event.place().revision());
        arrays.set(4, "int8", events, event -> event.place().recordedMicros());
        EventParameters.set(arrays, 5, events.stream().map(PlacedEvent::event).toList());
        arrays.set(15, "uuid", appends, AcceptedAppend::id);
        arrays.set(16, "int8", appends, AcceptedAppend::fromPosition);
        arrays.set(17, "int4", appends, AcceptedAppend::events);
        arrays.set(18, "int8", appends, AppendTransaction::recorded);
        arrays.set(19, "text", sources);
        arrays.set(20, "int8", sources, decided.tracked()::get);
    }

    private static @Nullable Long recorded(AcceptedAppend append) {
        return append.recordedMicros() == Long.MIN_VALUE ? null : append.recordedMicros();
    }
}
