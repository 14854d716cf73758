/// The command line of Everfold.
module dev.everfold.cli {
    requires static org.jspecify;
    requires dev.everfold.cloudevents;
    requires dev.everfold.eventsourcing;
    requires dev.everfold.eventstore;
    requires dev.everfold.grpc;
    requires dev.everfold.protocol;
    requires dev.everfold.server;
    requires com.google.protobuf;
    requires info.picocli;
    requires io.grpc;
    requires io.grpc.stub;
    requires java.logging;
    requires java.net.http;
    requires tools.jackson.core;

    opens dev.everfold.cli to
            info.picocli;
}
