/// Messages and stubs of Everfold's protocol, generated from the `.proto` files of this module.
module dev.everfold.protocol {
    requires com.google.common;
    requires com.google.protobuf;
    requires io.grpc;
    requires io.grpc.protobuf;
    requires io.grpc.stub;

    exports dev.everfold.protocol.v1;
}
