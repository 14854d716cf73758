package dev.everfold.benchmarks.commands;

import jakarta.persistence.EntityManagerFactory;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.jpa.AggregateBasedJpaEventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jpa.AggregateEventEntry;
import org.axonframework.eventsourcing.eventstore.jpa.SQLStateResolver;
import org.axonframework.messaging.eventhandling.conversion.EventConverter;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/// What Axon's JPA engine needs below it: Hibernate over a pool of connections, and transactions.
public final class AxonJpa implements AutoCloseable {

    /// What it was told, for the tables.
    public static final String SETTINGS = "Hibernate 7.1.8, HikariCP, a connection for each client, data in bytea"
            + " instead of large objects, no second query for a batch that was the last one";

    /// Where the data of an event is.
    public enum Data {
        /// In its row, as Axon's documentation advises.
        IN_THE_ROW(ByteaDialect.class),
        /// In two large objects beside it, as Hibernate has it by itself.
        IN_LARGE_OBJECTS(PostgreSQLDialect.class);

        private final Class<? extends Dialect> dialect;

        Data(Class<? extends Dialect> dialect) {
            this.dialect = dialect;
        }
    }

    /// How many connections its pool should have.
    public static final int CONNECTIONS = 64;

    private static final int BATCH = 100;

    private final EntityManagerFactory factory;
    private final JpaTransactions transactions;

    private AxonJpa(EntityManagerFactory factory) {
        this.factory = factory;
        this.transactions = new JpaTransactions(factory);
    }

    /// Opens it, and makes the tables that are missing.
    ///
    /// @param pool without automatic commit
    public static AxonJpa open(DataSource pool, Data data) {
        // Whatever logs goes where Axon's messages go.
        System.setProperty("org.jboss.logging.provider", "slf4j");
        return new AxonJpa(new HibernatePersistenceConfiguration("axon")
                .managedClass(AggregateEventEntry.class)
                .property("hibernate.connection.datasource", pool)
                .property("hibernate.dialect", data.dialect.getName())
                .property("hibernate.hbm2ddl.auto", "update")
                .createEntityManagerFactory());
    }

    /// The engine above it.
    public AggregateBasedJpaEventStorageEngine engine(EventConverter converter) {
        return new AggregateBasedJpaEventStorageEngine(
                transactions,
                transactions,
                converter,
                settings -> settings.batchSize(BATCH)
                        .finalBatchPredicate(batch -> batch.size() < BATCH)
                        .persistenceExceptionResolver(new SQLStateResolver()));
    }

    /// Does what needs a transaction of its own, in this thread.
    public <T> T inTransaction(Supplier<T> work) {
        return transactions.fetchInTransaction(work);
    }

    @Override
    public void close() {
        factory.close();
    }
}
