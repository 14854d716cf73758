package dev.everfold.postgres;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.testkit.CopyFixture;
import dev.everfold.testkit.RestartableFixture;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Each store in a schema of its own, which goes with the fixture.
final class PostgresFixture implements RestartableFixture, CopyFixture {

    /// What is indexed when; the history of a store with many threads depends on more.
    private static final long SEED = 20_261_127;

    private final PostgresServer server;
    private final PostgresOptions options;
    private final List<StoreUri> stores = new ArrayList<>();

    PostgresFixture(PostgresServer server, PostgresOptions options) {
        this.server = server;
        this.options = options;
    }

    @Override
    public EventStore open(Clock clock, Limits limits) {
        stores.add(server.newStore());
        return reopen(clock, limits);
    }

    @Override
    public EventStore openCopy(Clock clock, Limits limits, UUID lineage) {
        stores.add(server.newStore());
        return indexed(PostgresEventStore.open(stores.getLast(), options.withLimits(limits), clock, lineage));
    }

    @Override
    public EventStore reopen(Clock clock, Limits limits) {
        return indexed(PostgresEventStore.open(stores.getLast(), options.withLimits(limits), clock));
    }

    private EventStore indexed(EventStore store) {
        try {
            Sql sql = new Sql(stores.getLast().parameters().get("schema"));
            return new IndexedNowAndThen(store, sql, server.connect(), SEED + stores.size());
        } catch (SQLException failed) {
            throw new IllegalStateException("There is no connection to index by.", failed);
        }
    }

    @Override
    public void close() {
        try {
            for (StoreUri store : stores) {
                server.run("drop schema if exists " + store.parameters().get("schema") + " cascade");
            }
        } catch (SQLException failed) {
            throw new IllegalStateException("A schema is left behind.", failed);
        }
    }
}
