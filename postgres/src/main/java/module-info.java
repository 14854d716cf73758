/// The engine on PostgreSQL: an event store in a schema of a database, found as `postgresql://…`.
module dev.everfold.postgres {
    requires transitive dev.everfold.eventstore;
    requires transitive java.sql;
    requires com.zaxxer.hikari;
    requires org.postgresql.jdbc;
    requires static org.checkerframework.checker.qual;
    requires static org.jspecify;

    exports dev.everfold.postgres;

    provides dev.everfold.eventstore.EventStoreProvider with
            dev.everfold.postgres.PostgresEventStoreProvider;
}
