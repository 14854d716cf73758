/// The command line of Everfold.
module dev.everfold.cli {
    requires static transitive org.jspecify;
    requires dev.everfold.cloudevents;
    requires dev.everfold.eventsourcing;
    requires dev.everfold.eventstore;
    requires dev.everfold.server;
    requires info.picocli;
    requires java.logging;
    requires tools.jackson.core;

    opens dev.everfold.cli to
            info.picocli;
}
