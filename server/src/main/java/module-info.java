/// The server: one store for other processes, by gRPC and HTTP.
module dev.everfold.server {
    requires static transitive org.jspecify;
    requires transitive dev.everfold.eventstore;
    requires dev.everfold.grpc;
    requires io.javalin;
    requires micrometer.core;
    requires micrometer.registry.prometheus;

    exports dev.everfold.server;
}
