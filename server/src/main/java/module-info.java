/// The server: one store for other processes, by gRPC and HTTP.
module dev.everfold.server {
    requires static org.jspecify;
    requires transitive dev.everfold.eventstore;
    requires com.google.protobuf;
    requires com.nimbusds.jose.jwt;
    requires dev.everfold.cloudevents;
    requires dev.everfold.grpc;
    requires dev.everfold.kurrent;
    requires dev.everfold.protocol;
    requires io.grpc.stub;
    requires io.javalin;
    requires java.naming;
    requires java.net.http;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires org.eclipse.jetty.ee10.servlet;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.util;
    requires tools.jackson.databind;

    exports dev.everfold.server;
    exports dev.everfold.server.state;
}
