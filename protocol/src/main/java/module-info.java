/// Messages and stubs of Everfold's protocol, generated from the `.proto` files of this module.
module dev.everfold.protocol {
    requires com.google.common;
    requires com.google.protobuf;
    requires io.grpc;
    requires io.grpc.protobuf;
    requires io.grpc.stub;
    requires transitive proto.google.common.protos;

    exports dev.everfold.protocol.kurrent;
    exports dev.everfold.protocol.kurrent.v2;
    exports dev.everfold.protocol.v1;
}
