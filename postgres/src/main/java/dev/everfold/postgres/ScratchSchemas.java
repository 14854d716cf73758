package dev.everfold.postgres;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.ScratchStores;
import dev.everfold.eventstore.StoreUri;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/// Each store a schema of its own, whose name begins with `everfold_scratch_`; one more holds the bare table.
final class ScratchSchemas implements ScratchStores {

    private static final String BARE = "bare";

    private final StoreUri uri;
    private final String description;
    private final String prefix =
            "everfold_scratch_" + UUID.randomUUID().toString().substring(0, 8) + "_";
    private final Set<String> made = new HashSet<>();
    private final Connection connection;
    private final PreparedStatement insert;

    private ScratchSchemas(StoreUri uri, String description, Connection connection) throws SQLException {
        this.uri = uri;
        this.description = description;
        this.connection = connection;
        execute("create schema " + prefix + BARE + "; create table " + prefix + BARE
                + ".bare (position bigserial primary key, data bytea not null)");
        made.add(BARE);
        this.insert = connection.prepareStatement("insert into " + prefix + BARE + ".bare (data) values (?)");
    }

    /// @throws dev.everfold.eventstore.StoreUnavailableException when the database is out of reach, or no
    ///     schema may be made in it
    static ScratchSchemas at(StoreUri uri) {
        PostgresUri parsed = PostgresUri.parse(uri, PostgresOptions.DEFAULTS);
        if (uri.parameters().containsKey("schema")) {
            throw new IllegalArgumentException("The store URI postgresql://" + parsed.address()
                    + " names a schema; expected none, since schemas of their own are made and removed.");
        }
        try {
            Connection connection = parsed.dataSource().getConnection();
            try {
                return new ScratchSchemas(uri, "postgresql://" + parsed.address(), connection);
            } catch (SQLException failure) {
                connection.close();
                throw failure;
            }
        } catch (SQLException failure) {
            throw SqlFailures.nothingStored(failure, parsed.description());
        }
    }

    @Override
    public EventStore open(String name) {
        made.add(name);
        return PostgresEventStore.open(uri.with("schema", prefix + name), PostgresOptions.DEFAULTS, Clock.systemUTC());
    }

    @Override
    public void delete(String name) {
        try {
            execute("drop schema if exists " + prefix + name + " cascade");
            made.remove(name);
        } catch (SQLException failure) {
            throw SqlFailures.nothingStored(failure, description);
        }
    }

    @Override
    public String commitName() {
        return "insert one row + commit";
    }

    @Override
    public void commit(byte[] bytes) {
        try {
            insert.setBytes(1, bytes);
            insert.execute();
        } catch (SQLException failure) {
            throw SqlFailures.nothingStored(failure, description);
        }
    }

    private void execute(String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    @Override
    public void close() {
        try (connection) {
            for (String name : Set.copyOf(made)) {
                delete(name);
            }
        } catch (SQLException failure) {
            throw SqlFailures.nothingStored(failure, description);
        }
    }
}
