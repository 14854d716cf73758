/// Everfold's protocol over gRPC: a service over any store, and the engine `everfold://host:port`.
module dev.everfold.grpc {
    requires static org.jspecify;
    requires transitive dev.everfold.eventstore;
    requires com.google.protobuf;
    requires dev.everfold.protocol;
    requires io.grpc;
    requires io.grpc.netty.shaded;
    requires io.grpc.protobuf;
    requires io.grpc.stub;

    exports dev.everfold.grpc;
    exports dev.everfold.grpc.service;

    provides dev.everfold.eventstore.EventStoreProvider with
            dev.everfold.grpc.GrpcEventStoreProvider;
}
