package dev.everfold.jdbc;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.CheckpointRefusedException;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;

/// A projection that is carried out within the transactions that append, where log and model are in one database: once
/// such a transaction is committed, its events are in the model, and there is nothing to wait for.
///
/// ```java
/// connection.setAutoCommit(false);
/// store.append(connection, placed());
/// balances.project(connection, read -> store.read(connection, read));
/// connection.commit();
/// store.wake();
/// ```
///
/// It goes on from the model's checkpoint: events that others appended without it, and those of before, come first. So
/// start the projection once in the usual way and let it catch up; that makes its build, and does so again for another
/// version. Only one fills a model at a time: while the projection runs in the usual way this refuses, and the other
/// way round the projection waits for the transaction to end.
///
/// Appends of the whole store wait while a transaction projects. An event that cannot be handled refuses the
/// transaction; nothing is parked. Safe for many threads, each with its own connection.
public final class InlineProjection {

    private static final String OWNER = "a transaction";

    /// Nobody sees the claim, which is given back in the same transaction.
    private static final Duration LEASE = Duration.ofMinutes(1);

    private final ModelBuilds builds;
    private final Projection<SqlModel> projection;
    private final UUID lineage;
    private final String where;

    InlineProjection(ModelBuilds builds, Projection<SqlModel> projection, UUID lineage) {
        if (projection.partitions() != 1) {
            throw new IllegalArgumentException("Projection \"" + projection.name() + "\" has " + projection.partitions()
                    + " partitions; expected 1, to be carried out within transactions.");
        }
        this.builds = builds;
        this.projection = projection;
        this.lineage = lineage;
        this.where = "of projection \"" + projection.name() + "\"";
    }

    /// Brings the model up to the end of the log as the transaction sees it. Call it after the append, since
    /// only then nobody else appends before the commit.
    ///
    /// @param transaction of the database of log and model; it is neither committed nor closed
    /// @param log reads the log within the transaction
    /// @return how many events were projected
    /// @throws IllegalArgumentException when the connection commits each statement by itself
    /// @throws IllegalStateException when no build of this version serves, or events are parked; roll back
    /// @throws ClaimLostException when the projection runs elsewhere; roll back
    /// @throws CheckpointRefusedException when the model is of another log; roll back
    /// @throws DatabaseFailedException when the database says no; roll back, and try again if it is retryable
    public long project(Connection transaction, Function<Read, EventCursor> log) {
        try {
            if (transaction.getAutoCommit()) {
                throw new IllegalArgumentException("The connection commits each statement by itself;"
                        + " expected a transaction. Call setAutoCommit(false) first.");
            }
            ModelBuilds.Claimed claimed = claim(transaction);
            long from = claimed.checkpoint().map(Checkpoint::position).orElse(0L);
            try (EventCursor events =
                            log.apply(Read.matching(projection.query()).fromPosition(from));
                    StepConnection step = StepConnection.within(transaction, builds.dialect())) {
                long count = project(claimed, events, step);
                builds.claims().release(transaction, claimed.key());
                return count;
            }
        } catch (SQLException failed) {
            throw new DatabaseFailedException(
                    "A transaction " + where, Stored.NO, SqlFailures.isTransient(failed), failed);
        }
    }

    private ModelBuilds.Claimed claim(Connection transaction) throws SQLException {
        Build build = builds.sound(transaction, projection.name()).stream()
                .filter(found -> found.serving() && found.version() == projection.version())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No build " + where + ", version " + projection.version()
                        + ", serves. Start the projection and let it catch up, then carry it out within"
                        + " transactions."));
        ModelBuilds.Claimed claimed = builds.claim(
                        transaction, build.number(), 0, UUID.randomUUID().toString(), OWNER, LEASE)
                .orElseThrow(() -> new ClaimLostException(projection.name(), "the projection runs already"));
        if (!claimed.parked().isEmpty()) {
            throw new IllegalStateException("Projection \"" + projection.name() + "\" has "
                    + claimed.parked().size() + " parked events. Redrive or discard them first.");
        }
        claimed.checkpoint().filter(found -> !found.lineage().equals(lineage)).ifPresent(other -> {
            throw CheckpointRefusedException.lineage(projection.name(), other, lineage);
        });
        return claimed;
    }

    private long project(ModelBuilds.Claimed claimed, EventCursor events, StepConnection connection)
            throws SQLException {
        long from = claimed.checkpoint().map(Checkpoint::position).orElse(0L);
        if (from > events.end()) {
            throw CheckpointRefusedException.ahead(
                    projection.name(), claimed.checkpoint().orElseThrow(), events.end());
        }
        Checkpoint after = new Checkpoint(lineage, events.end());
        if (!builds.claims().step(connection, claimed.key(), claimed.steps(), after)) {
            throw new ClaimLostException(projection.name(), "its checkpoint was changed by somebody else");
        }
        long number = claimed.build().number();
        SqlModel rows = new SqlModel(
                connection,
                new StatementRunner(connection, builds.dialect()),
                builds.dialect(),
                sql -> builds.schema().in(number, sql),
                () -> {},
                where);
        long count = 0;
        while (events.hasNext()) {
            RecordedEvent event = events.next();
            rows.key(projection.key().apply(event));
            projection.handler().accept(rows, event);
            count++;
        }
        rows.finish();
        return count;
    }
}
