package dev.everfold.postgres;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.testkit.ForwardingEventStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/// A store of which a part is indexed and the rest is not, at whichever event the one ends: after some appends, a few
/// more events are indexed, where the store itself would wait until there are dozens or hundreds.
final class IndexedNowAndThen extends ForwardingEventStore {

    private static final int APPENDS = 3;
    private static final int EVENTS = 4;

    private final Sql sql;
    private final Connection connection;
    private final Random random;

    /// @param connection closed with the store
    /// @param seed tells after which appends
    IndexedNowAndThen(EventStore delegate, Sql sql, Connection connection, long seed) {
        super(delegate);
        this.sql = sql;
        this.connection = connection;
        this.random = new Random(seed);
    }

    @Override
    public Appended append(Append append) {
        Appended appended = delegate.append(append);
        indexPerhaps();
        return appended;
    }

    @Override
    public CompletableFuture<Appended> appendAsync(Append append) {
        return delegate.appendAsync(append);
    }

    private synchronized void indexPerhaps() {
        if (random.nextInt(APPENDS) > 0) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql.in("select {schema}.index_more(" + (1 + random.nextInt(EVENTS)) + ")"));
        } catch (SQLException failed) {
            throw new IllegalStateException("The log is not indexed.", failed);
        }
    }

    @Override
    public void close() {
        delegate.close();
        synchronized (this) {
            try {
                connection.close();
            } catch (SQLException failed) {
                throw new IllegalStateException("A connection is left open.", failed);
            }
        }
    }
}
