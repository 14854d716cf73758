package dev.everfold.postgres;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreProvider;
import dev.everfold.eventstore.ScratchStores;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.eventstore.Verification;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.UUID;
import java.util.function.LongConsumer;

/// Makes `postgresql://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE` known.
///
/// Parameters:
/// - `mode` = `create`, `existing` or `read` ([PostgresEventStore.Mode]);
/// - `schema` = where the store is ([PostgresOptions#schema]); several stores fit into one database;
/// - `user`, `password`: the same as before the host. Without a password the driver looks into
///   `~/.pgpass`. Characters that a URI gives a meaning are written as `%` and two digits;
/// - `connections` = connections of the pool ([PostgresOptions#connectionsMax]);
/// - `partition` = events of a partition of a store that is created ([PostgresOptions#partitionEvents]);
/// - of the driver: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, `targetServerType`,
///   `hostRecheckSeconds`, `ApplicationName`, `channelBinding`, `gssEncMode`. Several hosts, separated by
///   commas, are tried in turn.
public final class PostgresEventStoreProvider implements EventStoreProvider {

    /// For [java.util.ServiceLoader].
    public PostgresEventStoreProvider() {}

    @Override
    public String scheme() {
        return "postgresql";
    }

    @Override
    public void check(StoreUri uri) {
        PostgresUri.parse(uri, PostgresOptions.DEFAULTS);
    }

    @Override
    public EventStore open(StoreUri uri) {
        return PostgresEventStore.open(uri, PostgresOptions.DEFAULTS, Clock.systemUTC());
    }

    @Override
    public EventStore openCopy(StoreUri uri, UUID lineage) {
        return PostgresEventStore.open(uri, PostgresOptions.DEFAULTS, Clock.systemUTC(), lineage);
    }

    /// By the text of server, database and schema: two names of one server are not seen through.
    @Override
    public boolean isSameStore(StoreUri one, StoreUri other) {
        return PostgresUri.parse(one, PostgresOptions.DEFAULTS)
                .description()
                .equals(PostgresUri.parse(other, PostgresOptions.DEFAULTS).description());
    }

    @Override
    public Verification verify(StoreUri uri, LongConsumer progress) {
        PostgresUri parsed = PostgresUri.parse(uri.with("mode", "read"), PostgresOptions.DEFAULTS);
        Sql sql = new Sql(parsed.options().schema());
        try (Connection connection = parsed.dataSource().getConnection()) {
            new StoreSchema(sql, parsed.description())
                    .open(connection, parsed.options(), parsed.mode(), UUID.randomUUID());
            return new StoreVerifier(connection, sql, progress).verify();
        } catch (SQLException failure) {
            throw SqlFailures.nothingStored(failure, parsed.description());
        }
    }

    /// Each store gets a schema of its own; the URI names none.
    @Override
    public ScratchStores scratch(StoreUri uri) {
        return ScratchSchemas.at(uri);
    }

    /// @throws StoreUnavailableException always: a server is backed up by its own means, which know of
    ///     everything in it
    @Override
    public long backup(StoreUri uri, Path directory, LongConsumer progress) {
        throw new StoreUnavailableException(
                "A store on PostgreSQL is backed up with its database. Use pg_basebackup or pg_dump --schema; to copy"
                        + " its events, use everfold copy.",
                false,
                null);
    }

    /// @throws StoreUnavailableException always: see [#backup]
    @Override
    public long restore(Path directory, StoreUri uri, LongConsumer progress) {
        throw new StoreUnavailableException(
                "A store on PostgreSQL is restored with its database. Use the backup of the server or pg_restore; to"
                        + " copy events, use everfold copy.",
                false,
                null);
    }
}
