/// Events to and from CloudEvents 1.0 in JSON, for the command line and HTTP.
module dev.everfold.cloudevents {
    requires static org.jspecify;
    requires transitive dev.everfold.eventstore;
    requires tools.jackson.core;

    exports dev.everfold.cloudevents;
}
