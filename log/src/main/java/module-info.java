/// The embedded engine: an event store in a directory of files, found as `log:DIRECTORY`.
module dev.everfold.log {
    requires transitive dev.everfold.eventstore;
    requires jdk.jfr;
    requires static org.jspecify;

    exports dev.everfold.log;

    provides dev.everfold.eventstore.EventStoreProvider with
            dev.everfold.log.LogEventStoreProvider;
}
