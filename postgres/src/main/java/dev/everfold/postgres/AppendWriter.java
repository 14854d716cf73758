package dev.everfold.postgres;

import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.postgres.AppendDecisions.Decision;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The thread of this process that appends: it takes what waits, and commits it in one transaction. A caller in a
/// platform thread who finds nobody waiting commits its own append. Only one of them is at it at a time.
///
/// While one batch is committed, the next one gathers. What the connection does not survive is tried once
/// more on another one, in a way that waits for the sequencer: that is not free before the lost transaction has ended
/// one way or the other, and what was committed is found by its append ids.
final class AppendWriter implements Runnable {

    private static final System.Logger LOGGER = System.getLogger("dev.everfold.postgres");

    private static final int ATTEMPTS_MAX = 2;
    private static final int EVENTS_BETWEEN_TRIES = 1_000;

    private final Database database;
    private final AppendSql statements;
    private final PostgresOptions options;
    private final AppendQueue queue;
    private final Partitions partitions;
    private final Indexer indexer;
    private final Executor answers;
    private final LongConsumer committed;
    private final KnownEnd known = new KnownEnd();
    private long partitionsFrom;

    /// @param answers completes futures that others depend on
    /// @param committed told the next position after each commit
    AppendWriter(
            Database database,
            AppendSql statements,
            PostgresOptions options,
            AppendQueue queue,
            Partitions partitions,
            Indexer indexer,
            Executor answers,
            LongConsumer committed) {
        this.database = database;
        this.statements = statements;
        this.options = options;
        this.queue = queue;
        this.partitions = partitions;
        this.indexer = indexer;
        this.answers = answers;
        this.committed = committed;
    }

    /// Works until the queue is closed and empty.
    @Override
    public void run() {
        while (true) {
            List<PendingAppend> batch = queue.take(options.batchEventsMax(), options.batchBytesMax());
            if (batch.isEmpty()) {
                return;
            }
            boolean _ = Thread.interrupted(); // Whoever does that means others, and the pool would refuse.
            commitOrRefuse(batch);
        }
    }

    /// Commits one append in the thread of its caller, whom the queue let [pass][AppendQueue#pass()].
    void commitAlone(PendingAppend pending) {
        commitOrRefuse(List.of(pending));
    }

    private void commitOrRefuse(List<PendingAppend> batch) {
        try {
            commit(batch);
        } catch (RuntimeException | Error unexpected) {
            LOGGER.log(System.Logger.Level.ERROR, "batch failed store=" + database.store(), unexpected);
            refuse(batch, SqlFailures.unknown(unexpected, database.store()));
        } finally {
            queue.done();
        }
    }

    private void commit(List<PendingAppend> batch) {
        @Nullable SQLException unanswered = null;
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            Attempt now = new Attempt();
            try {
                now.run(batch);
                return;
            } catch (SQLException failure) {
                if (now.committing && SqlFailures.isLost(failure)) {
                    unanswered = failure;
                }
                if (SqlFailures.isLost(failure) && attempt < ATTEMPTS_MAX) {
                    database.renewAfter(failure);
                    continue;
                }
                if (SqlFailures.isOutsidePartitions(failure) && attempt < ATTEMPTS_MAX) {
                    partitions.forget();
                    continue;
                }
                refuse(batch, failure, unanswered);
            } catch (StoreClosedException closed) {
                refuse(batch, closed);
            }
            return;
        }
    }

    private void refuse(List<PendingAppend> batch, SQLException failure, @Nullable SQLException unanswered) {
        if (unanswered != null) {
            refuse(batch, SqlFailures.unknown(unanswered, database.store()));
        } else if (batch.size() > 1 && !SqlFailures.isLost(failure) && !SqlFailures.concernsAll(failure)) {
            // Whose fault it is shows when each is alone; the others are not to suffer for it.
            batch.forEach(pending -> commit(List.of(pending)));
        } else {
            refuse(batch, SqlFailures.nothingStored(failure, database.store()));
        }
    }

    /// One transaction.
    private final class Attempt {

        /// Whether the commit may have reached the server.
        boolean committing;

        void run(List<PendingAppend> batch) throws SQLException {
            AppendDecisions decisions = storeBehindKnown(batch);
            if (decisions == null) {
                indexer.ask();
                decisions = callOnce(batch);
            }
            while (decisions == null) {
                decisions = decideAndCommit(batch);
            }
            boolean stored = !decisions.accepted().isEmpty();
            if (stored) {
                committed.accept(decisions.nextPosition());
            }
            answer(batch, decisions.decided());
            if (stored) {
                known.learn(decisions);
                indexer.follow(decisions.extent());
            }
            maintain(decisions);
        }

        /// @return null when nothing is stored, since the log may end otherwise, or not all may be stored
        private @Nullable AppendDecisions storeBehindKnown(List<PendingAppend> batch) throws SQLException {
            Optional<AppendBehind> behind = AppendBehind.of(batch, known);
            if (behind.isEmpty()) {
                return null;
            }
            if (behind.get().looksUp()) {
                indexer.ask();
            }
            try (Connection connection = database.take()) {
                Optional<AppendDecisions> stored = behind.get()
                        .run(
                                statements,
                                connection,
                                partitions.end(),
                                options.limits().rememberedAppends());
                if (stored.isEmpty() && behind.get().isAsked()) {
                    known.doubt();
                }
                return stored.orElse(null);
            } catch (SQLException failure) {
                known.doubt();
                if (SqlFailures.isDuplicate(failure)) {
                    return null;
                }
                committing = behind.get().isAsked();
                throw failure;
            }
        }

        /// @return null when nothing is stored, since a part of the batch may have to be refused
        private @Nullable AppendDecisions callOnce(List<PendingAppend> batch) throws SQLException {
            Optional<AppendCall> call = AppendCall.of(batch);
            if (call.isEmpty()) {
                return null;
            }
            Optional<Found> found;
            try (Connection connection = database.take()) {
                committing = true;
                found = call.get().run(statements, connection, partitions.end());
                committing = found.isPresent();
            }
            if (found.isEmpty()) {
                return null;
            }
            AppendDecisions decisions =
                    new AppendDecisions(found.get(), options.limits().rememberedAppends());
            batch.forEach(decisions::decide);
            if (decisions.accepted().size() < batch.size()) {
                throw new IllegalStateException("The server stored an append that was to be refused.");
            }
            return decisions;
        }

        /// @return null when a partition was missing, which is made by now
        private @Nullable AppendDecisions decideAndCommit(List<PendingAppend> batch) throws SQLException {
            long missing;
            try (Connection connection = database.take()) {
                connection.setAutoCommit(false);
                try {
                    AppendTransaction transaction = new AppendTransaction(database.sql(), statements, connection);
                    AppendDecisions decisions =
                            transaction.decide(batch, options.limits().rememberedAppends());
                    if (decisions.accepted().isEmpty()) {
                        connection.rollback();
                        return decisions;
                    }
                    if (partitions.hold(decisions.nextPosition())) {
                        committing = true;
                        transaction.storeAndCommit(decisions);
                        return decisions;
                    }
                    missing = decisions.nextPosition();
                    connection.rollback();
                } catch (SQLException | RuntimeException failure) {
                    Database.rollBack(connection, failure);
                    throw failure;
                }
            }
            partitions.require(missing);
            return null;
        }
    }

    /// What need not be done before the answers.
    private void maintain(AppendDecisions decisions) {
        try {
            if (partitions.areFewFor(decisions.nextPosition()) && decisions.nextPosition() >= partitionsFrom) {
                partitionsFrom = decisions.nextPosition() + EVENTS_BETWEEN_TRIES;
                partitions.ensure(decisions.nextPosition());
                partitionsFrom = 0;
            }
            if (known.isLikely() && !known.isHighestIdKnown()) {
                learnHighestId();
            }
        } catch (SQLException failure) {
            LOGGER.log(System.Logger.Level.WARNING, "maintenance put off store=" + database.store(), failure);
        }
    }

    private void learnHighestId() throws SQLException {
        try (Connection connection = database.take();
                var statement = statements
                        .highestId()
                        .prepare(
                                connection,
                                new NamedValues().put("server", known.end().server()));
                ResultSet row = statement.executeQuery()) {
            if (row.next()) {
                known.learnHighestId(row.getObject(1, UUID.class));
            }
        }
    }

    private void answer(List<PendingAppend> batch, List<Decision> decided) {
        queue.answering();
        List<Runnable> later = new ArrayList<>(0);
        for (int i = 0; i < batch.size(); i++) {
            PendingAppend pending = batch.get(i);
            Runnable completion = completion(pending, decided.get(i));
            if (pending.waitedFor()) {
                completion.run();
            } else {
                later.add(completion);
            }
        }
        if (!later.isEmpty()) {
            answers.execute(() -> later.forEach(Runnable::run));
        }
    }

    private static Runnable completion(PendingAppend pending, Decision decision) {
        return switch (decision) {
            case Decision.Accepted(var appended) -> () -> pending.answer().complete(appended);
            case Decision.Repeated(var first) -> () -> pending.answer().complete(first);
            case Decision.Refused(var refusal) -> () -> pending.answer().completeExceptionally(refusal);
        };
    }

    private void refuse(List<PendingAppend> batch, EventStoreException refusal) {
        answer(
                batch,
                batch.stream()
                        .map(_ -> (Decision) new Decision.Refused(refusal))
                        .toList());
    }
}
