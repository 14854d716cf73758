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
        return PostgresEventStore.open(stores.getLast(), options.withLimits(limits), clock, lineage);
    }

    @Override
    public EventStore reopen(Clock clock, Limits limits) {
        return PostgresEventStore.open(stores.getLast(), options.withLimits(limits), clock);
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
