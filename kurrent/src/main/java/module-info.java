/// KurrentDB's protocol as gRPC services over any store.
module dev.everfold.kurrent {
    requires static org.jspecify;
    requires transitive dev.everfold.eventstore;
    requires com.google.protobuf;
    requires re2j;
    requires dev.everfold.protocol;
    requires io.grpc;
    requires io.grpc.protobuf;
    requires io.grpc.stub;
    requires java.management;
    requires proto.google.common.protos;
    requires tools.jackson.databind;

    exports dev.everfold.kurrent;
}
