package dev.everfold.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/// One batch of appends within a transaction that is READ COMMITTED: two statements, whatever the batch.
///
/// The first takes the sequencer and finds; then the batch is decided here; the second stores. Whoever
/// holds the sequencer is the only one that appends, from before it looks until it has committed: so
/// positions have no gaps, are committed in their order, and nothing comes between check and store.
final class AppendTransaction {

    private final Sql sql;
    private final AppendSql statements;
    private final Connection connection;

    AppendTransaction(Sql sql, AppendSql statements, Connection connection) {
        this.sql = sql;
        this.statements = statements;
        this.connection = connection;
    }

    /// Takes the sequencer and decides. Nothing is stored yet.
    AppendDecisions decide(List<PendingAppend> batch, int rememberedMax) throws SQLException {
        AppendDecisions deciding = new AppendDecisions(find(batch), rememberedMax);
        batch.forEach(deciding::decide);
        return deciding;
    }

    private Found find(List<PendingAppend> batch) throws SQLException {
        Finding finding = new Finding(batch);
        NamedValues values =
                new NamedValues().put("wait_max", statements.waitMax()).array("sources", "text", finding.sources());
        finding.put(values);
        try (PreparedStatement statement = statements.find().prepare(connection, values);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return finding.found(sql, row);
        }
    }

    /// Stores what was accepted. The transaction is the caller's to commit.
    void store(AppendDecisions decided) throws SQLException {
        store(statements.store(), decided);
    }

    /// Stores what was accepted and commits, in one go.
    void storeAndCommit(AppendDecisions decided) throws SQLException {
        store(statements.storeAndCommit(), decided);
    }

    private void store(NamedSql text, AppendDecisions decided) throws SQLException {
        List<String> sources = List.copyOf(decided.tracked().keySet());
        NamedValues values = new NamedValues()
                .array("sources", "text", sources)
                .array("source_positions", "int8", sources, decided.tracked()::get);
        DecidedParameters.put(values, decided);
        try (PreparedStatement statement = text.prepare(connection, values)) {
            statement.execute();
        }
    }
}
