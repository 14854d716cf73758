/// Read models, checkpoints and snapshots in the SQL database that an application has already, or in a file of SQLite.
///
/// Drivers are the application's; this module needs none to compile.
module dev.everfold.jdbc {
    requires static org.jspecify;
    requires transitive dev.everfold.eventsourcing;
    requires transitive java.sql;

    exports dev.everfold.jdbc;
}
