package dev.everfold.benchmarks.commands;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.persistence.EntityManagerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.jpa.AggregateBasedJpaEventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jpa.AggregateEventEntry;
import org.axonframework.eventsourcing.eventstore.jpa.SQLStateResolver;
import org.axonframework.messaging.eventhandling.conversion.EventConverter;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/// Axon's JPA engine on a PostgreSQL server of its own, which is started and stopped with it.
final class AxonOnPostgres {

    static final String SETTINGS = "Hibernate 7.1.8, HikariCP, PostgreSQL 18.6 over TCP on this machine with fsync and"
            + " synchronous_commit on, a connection for each client, data in bytea instead of large objects, no"
            + " second query for a batch that was the last one";

    /// Whatever logs goes where Axon's messages go.
    private static final String LOGGING = "org.jboss.logging.provider";

    private static final int CONNECTIONS_MAX = 64;
    private static final int BATCH = 100;

    private AxonOnPostgres() {}

    /// Opens it; the server's programs are unpacked beside the folder, once for all runs there.
    static AccountSession open(Path folder) throws IOException, SQLException {
        System.setProperty(LOGGING, "slf4j");
        Files.createDirectories(folder);
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setOverrideWorkingDirectory(folder.resolveSibling("postgresql").toFile())
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setErrorRedirector(Redirect.DISCARD)
                .setOutputRedirector(Redirect.DISCARD)
                .start();
        HikariDataSource pool = pool(server.getPostgresDatabase());
        openAll(pool);
        requireOn(pool, "fsync");
        requireOn(pool, "synchronous_commit");
        EntityManagerFactory factory = new HibernatePersistenceConfiguration("axon")
                .managedClass(AggregateEventEntry.class)
                .property("hibernate.connection.datasource", pool)
                .property("hibernate.dialect", ByteaDialect.class.getName())
                .property("hibernate.hbm2ddl.auto", "create")
                .createEntityManagerFactory();
        JpaTransactions transactions = new JpaTransactions(factory);
        return AxonAccounts.open(
                configuration -> new AggregateBasedJpaEventStorageEngine(
                        transactions,
                        transactions,
                        configuration.getComponent(EventConverter.class),
                        settings -> settings.batchSize(BATCH)
                                .finalBatchPredicate(batch -> batch.size() < BATCH)
                                .persistenceExceptionResolver(new SQLStateResolver())),
                () -> close(factory, pool, server));
    }

    private static HikariDataSource pool(DataSource source) {
        HikariConfig settings = new HikariConfig();
        settings.setDataSource(source);
        settings.setMaximumPoolSize(CONNECTIONS_MAX);
        settings.setAutoCommit(false);
        return new HikariDataSource(settings);
    }

    /// Opens all connections now, so that none is opened while something is measured.
    private static void openAll(DataSource pool) throws SQLException {
        List<Connection> connections = new ArrayList<>();
        try {
            while (connections.size() < CONNECTIONS_MAX) {
                connections.add(pool.getConnection());
            }
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    /// The embedded server's own defaults would trade durability for speed.
    private static void requireOn(DataSource source, String setting) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW " + setting)) {
            if (!result.next() || !result.getString(1).equals("on")) {
                throw new IllegalStateException("PostgreSQL has " + setting + " off; expected it to be on.");
            }
        }
    }

    private static void close(EntityManagerFactory factory, HikariDataSource pool, EmbeddedPostgres server) {
        factory.close();
        pool.close();
        try {
            server.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
