package dev.everfold.jdbc;

import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.eventstore.RecordedEvent;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Carries out the steps of one claim: each is one transaction that begins with one guarded update of the claim's
/// row, and so is refused as a whole once another claim is in force. For one thread.
///
/// A commit whose outcome is unknown is settled before anything else is done: the row counts steps, so it shows
/// whether that one was carried out. Otherwise it would be done twice when it is tried again.
final class StepWriter implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(StepWriter.class.getName());

    private final Database database;
    private final ClaimTable table;
    private final ClaimKey key;
    private final String where;
    private final StepConnection connection;

    private long steps;
    private @Nullable Step unknown;
    private boolean isBegun;

    /// @param where what it is about, for messages, as in "of consumer "balances""
    StepWriter(Database database, StepConnection connection, ClaimTable table, ClaimKey key, long steps, String where) {
        this.database = database;
        this.connection = connection;
        this.table = table;
        this.key = key;
        this.steps = steps;
        this.where = where;
    }

    /// What a step does besides moving the checkpoint. It calls [#begin] before its first statement.
    @FunctionalInterface
    interface Work {
        void run() throws SQLException;
    }

    /// @throws ClaimLostException when another claim is in force
    /// @throws DatabaseFailedException when the database does not do it
    void commit(Step step, Work work) {
        if (unknown != null && isSettled(unknown, step)) {
            return;
        }
        isBegun = false;
        try {
            if (!step.unpark().isEmpty() && !unparks(step)) {
                connection.rollBack(new SQLException());
                return;
            }
            work.run();
            begin(step);
            table.park(connection, key.consumer(), step);
        } catch (SQLException failed) {
            abandon(failed);
            throw failure(failed, Stored.NO, SqlFailures.isTransient(failed));
        } catch (RuntimeException | Error failed) {
            abandon(failed);
            throw failed;
        }
        commit(step);
    }

    /// Whether what the step settles is parked. If not, it was settled before, by a transaction that was reported
    /// lost and was not: then its events have been handled too.
    private boolean unparks(Step step) throws SQLException {
        begin(step);
        int removed = table.unpark(connection, key.consumer(), step.unpark());
        return removed == step.unpark().size() || step.events().isEmpty();
    }

    private void commit(Step step) {
        try {
            connection.commit();
            steps++;
        } catch (SQLException failed) {
            if (SqlFailures.isRefusedCommit(failed)) {
                connection.rollBack(failed);
                throw failure(failed, Stored.NO, false);
            }
            connection.drop();
            unknown = step;
            throw failure(failed, Stored.UNKNOWN, true);
        }
    }

    /// Begins the transaction of a step, unless it has begun.
    void begin(Step step) throws SQLException {
        if (isBegun) {
            return;
        }
        if (!table.step(connection, key, steps, step.after())) {
            throw lost();
        }
        isBegun = true;
    }

    private void abandon(Throwable failed) {
        boolean passes = (failed instanceof SQLException sql && SqlFailures.isTransient(sql))
                || (failed instanceof DatabaseFailedException database && database.retryable());
        if (passes) {
            connection.drop();
        } else {
            connection.rollBack(failed instanceof Exception exception ? exception : new SQLException(failed));
        }
    }

    /// The row was made anew, with this claim in force.
    void restarted() {
        steps = 0;
        unknown = null;
    }

    long steps() {
        return steps;
    }

    private ClaimLostException lost() {
        Optional<ClaimTable.Row> row = read();
        return new ClaimLostException(
                key.consumer(),
                row.map(found -> found.token().filter(key.token()::equals).isPresent()
                                ? "its checkpoint was changed by somebody else"
                                : "\"" + found.owner() + "\" has claimed it")
                        .orElse("it was deleted or replaced"));
    }

    private Optional<ClaimTable.Row> read() {
        return database.transaction("Reading the claim " + where, open -> table.read(open, key.consumer()));
    }

    /// Whether the step is done, since it is the one whose outcome was unknown and that was carried out.
    private boolean isSettled(Step before, Step step) {
        Optional<ClaimTable.Row> row = read();
        long found = row.map(ClaimTable.Row::steps).orElse(-1L);
        unknown = null;
        if (found != steps + 1) {
            // Not carried out. If the claim is lost as well, the step finds out.
            return false;
        }
        steps++;
        if (isSame(before, step)) {
            return true;
        }
        if (step.after().position() < before.after().position() && step.onlyMoves()) {
            // The consumer closes and does not know how far it is.
            return true;
        }
        throw new ClaimLostException(key.consumer(), "the outcome of its last step was unknown, and it was done");
    }

    private static boolean isSame(Step one, Step other) {
        return one.after().equals(other.after())
                && one.unpark().equals(other.unpark())
                && positions(one).equals(positions(other))
                && one.park().equals(other.park());
    }

    private static List<Long> positions(Step step) {
        return step.events().stream().map(RecordedEvent::position).toList();
    }

    private DatabaseFailedException failure(SQLException failed, Stored stored, boolean retryable) {
        return new DatabaseFailedException("A step " + where, stored, retryable, failed);
    }

    /// Gives the claim and the connection back.
    @Override
    public void close() {
        connection.close();
        try {
            database.transaction("Giving back the claim " + where, Database.doing(open -> table.release(open, key)));
        } catch (RuntimeException failed) {
            // Others wait for the end of the lease then.
            LOG.log(Level.DEBUG, "claim not given back consumer=" + key.consumer(), failed);
        }
    }
}
