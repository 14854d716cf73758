package dev.everfold.benchmarks.commands;

import com.zaxxer.hikari.HikariDataSource;
import dev.everfold.benchmarks.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.axonframework.messaging.eventhandling.conversion.EventConverter;

/// Axon's JPA engine on a PostgreSQL server of its own, which is started and stopped with it.
final class AxonOnPostgres {

    static final String SETTINGS = AxonJpa.SETTINGS + "; " + PostgresServer.SETTINGS;

    private AxonOnPostgres() {}

    /// Opens it; the server's programs are unpacked beside the folder, once for all runs there.
    static AccountSession open(Path folder) throws IOException, SQLException {
        PostgresServer server = PostgresServer.start(folder);
        HikariDataSource pool = server.pool("postgres", AxonJpa.CONNECTIONS, false);
        AxonJpa jpa = AxonJpa.open(pool, AxonJpa.Data.IN_THE_ROW);
        return AxonAccounts.open(configuration -> jpa.engine(configuration.getComponent(EventConverter.class)), () -> {
            jpa.close();
            pool.close();
            server.close();
        });
    }
}
