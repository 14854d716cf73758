package dev.everfold.postgres;

import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.postgres.AppendDecisions.Decision;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;

/// An append within a transaction of the application's own.
///
/// The sequencer is held until that transaction ends, and meanwhile nobody else appends; so the server
/// ends it when it is idle for too long. A refused or repeated append gives the sequencer back at once, since
/// a savepoint that is rolled back frees the locks that were taken after it.
final class EnlistedAppend {

    private final Database database;
    private final AppendSql statements;
    private final PostgresOptions options;
    private final Partitions partitions;
    private final Indexer indexer;

    EnlistedAppend(
            Database database, AppendSql statements, PostgresOptions options, Partitions partitions, Indexer indexer) {
        this.database = database;
        this.statements = statements;
        this.options = options;
        this.partitions = partitions;
        this.indexer = indexer;
    }

    Appended append(Connection connection, PendingAppend pending) {
        try {
            if (connection.getAutoCommit()) {
                throw new IllegalArgumentException("The connection commits each statement by itself;"
                        + " expected a transaction. Call setAutoCommit(false) first.");
            }
            Savepoint before = connection.setSavepoint();
            try {
                Appended appended = decideAndStore(connection, before, pending);
                connection.releaseSavepoint(before);
                return appended;
            } catch (SQLException | RuntimeException failure) {
                rollBack(connection, before, failure);
                throw failure;
            }
        } catch (SQLException failure) {
            if (SqlFailures.isOutsidePartitions(failure)) {
                partitions.forget();
            }
            throw SqlFailures.nothingStored(failure, database.store());
        }
    }

    private Appended decideAndStore(Connection connection, Savepoint before, PendingAppend pending)
            throws SQLException {
        indexer.ask();
        AppendTransaction transaction = new AppendTransaction(database.sql(), statements, connection);
        AppendDecisions decisions =
                transaction.decide(List.of(pending), options.limits().rememberedAppends());
        return switch (decisions.decided().getFirst()) {
            case Decision.Repeated(Appended first) -> {
                connection.rollback(before);
                yield first;
            }
            case Decision.Refused(EventStoreException refusal) -> throw refusal;
            case Decision.Accepted(Appended appended) -> {
                limitIdleness(connection);
                if (!partitions.hold(decisions.nextPosition())) {
                    partitions.require(decisions.nextPosition());
                }
                transaction.store(decisions);
                indexer.announce(decisions.extent());
                yield appended;
            }
        };
    }

    private void limitIdleness(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select set_config('idle_in_transaction_session_timeout', ?, true)")) {
            statement.setString(1, options.lockMax().toMillis() + "ms");
            statement.execute();
        }
    }

    private static void rollBack(Connection connection, Savepoint before, Exception failure) {
        try {
            connection.rollback(before);
        } catch (SQLException gone) {
            failure.addSuppressed(gone);
        }
    }
}
