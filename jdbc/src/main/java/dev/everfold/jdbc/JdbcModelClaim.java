package dev.everfold.jdbc;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelClaim;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventstore.RecordedEvent;
import java.lang.System.Logger.Level;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The right to fill a partition of a build. A step is one transaction: what the handler changes, the checkpoint and
/// what is parked. It begins with the handler's first question or when its statements are executed, not before.
final class JdbcModelClaim implements ModelClaim {

    private static final System.Logger LOG = System.getLogger(JdbcModelClaim.class.getName());

    /// Statements whose names are remembered.
    private static final int NAMED_MAX = 1_000;

    private final JdbcReadModel model;
    private final ModelBuilds builds;
    private final ModelBuilds.Claimed claimed;
    private final Projection<SqlModel> projection;
    private final Object identity;
    private final String where;
    private final StepConnection connection;
    private final StatementRunner runner;
    private final StepWriter writer;
    private final Map<String, String> named = new HashMap<>();

    JdbcModelClaim(
            JdbcReadModel model, ModelBuilds builds, ModelBuilds.Claimed claimed, Projection<SqlModel> projection) {
        this.model = model;
        this.builds = builds;
        this.claimed = claimed;
        this.projection = projection;
        this.identity = model.home().identity();
        this.where = "of projection \"" + claimed.build().projection() + "\"";
        this.connection =
                new StepConnection(model.home(), builds.dialect(), claimed.key().lease());
        this.runner = new StatementRunner(connection, builds.dialect());
        this.writer =
                new StepWriter(model.database(), connection, builds.claims(), claimed.key(), claimed.steps(), where);
    }

    @Override
    public Build build() {
        return claimed.build();
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
        return claimed.checkpoint();
    }

    @Override
    public List<ParkedEvent> parked() {
        return claimed.parked();
    }

    @Override
    public void commit(Step step) {
        if (!model.home().identity().equals(identity)) {
            throw new ClaimLostException(claimed.key().consumer(), "its file was replaced");
        }
        try {
            writer.commit(step, () -> run(step));
        } catch (DatabaseFailedException failed) {
            requireThere(failed);
            throw failed;
        }
    }

    private void run(Step step) throws SQLException {
        SqlModel rows =
                new SqlModel(connection, runner, builds.dialect(), this::inBuild, () -> writer.begin(step), where);
        for (RecordedEvent event : step.events()) {
            rows.key(projection.key().apply(event));
            projection.handler().accept(rows, event);
        }
        rows.finish();
        if (step.onlyMoves() && claimed.build().partitions() == 1) {
            writer.begin(step);
            rememberFilled();
        }
    }

    private String inBuild(String sql) {
        if (named.size() >= NAMED_MAX) {
            named.clear();
        }
        return named.computeIfAbsent(
                sql, text -> builds.schema().in(claimed.build().number(), text));
    }

    /// Which tables hold rows, for who finds one empty later. Only when there is nothing else to do: asked
    /// after each step it would cost more than it tells.
    private void rememberFilled() throws SQLException {
        List<String> filled = new ArrayList<>();
        for (String table : claimed.stored().tables()) {
            PreparedStatement statement = connection.statement("select 1 from "
                    + VersionedTable.quoted(ModelSchema.nameIn(claimed.build().number(), table)) + " limit 1");
            try (ResultSet rows = statement.executeQuery()) {
                if (rows.next()) {
                    filled.add(table);
                }
            }
        }
        PreparedStatement statement = connection.statement(BuildTable.FILLED);
        statement.setString(1, String.join(",", filled));
        statement.setLong(2, writer.steps() + 1);
        statement.setLong(3, claimed.build().number());
        statement.executeUpdate();
    }

    /// Whoever claims it again finds that the model is to be made anew.
    private void requireThere(DatabaseFailedException failed) {
        if (failed.isOf(SqlFailures::isDamagedFile)) {
            connection.drop();
            if (model.home().setAside()) {
                throw new ClaimLostException(claimed.key().consumer(), "its file was damaged");
            }
        } else if (failed.isOf(SqlFailures::isTableMissing)) {
            long number = claimed.build().number();
            if (!model.inTables("Looking for a build " + where, open -> builds.isThere(open, number))) {
                throw new ClaimLostException(claimed.key().consumer(), "its tables were deleted");
            }
        }
    }

    /// Also false when the database does not do it now, for example since a reader of the view takes long.
    @Override
    public boolean serve() {
        try {
            return model.inTables("Serving a build " + where, open -> builds.serve(open, claimed));
        } catch (DatabaseFailedException failed) {
            if (!failed.retryable()) {
                throw failed;
            }
            LOG.log(
                    Level.DEBUG,
                    "build does not serve yet projection=" + claimed.build().projection(),
                    failed);
            return false;
        }
    }

    @Override
    public void reset() {
        model.inTables("Emptying a build " + where, Database.doing(open -> builds.reset(open, claimed)));
        writer.restarted();
    }

    @Override
    public boolean isTransient(RuntimeException failure) {
        return model.isTransient(failure);
    }

    @Override
    public void close() {
        writer.close();
    }
}
