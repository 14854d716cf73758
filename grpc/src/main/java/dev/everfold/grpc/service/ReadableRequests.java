package dev.everfold.grpc.service;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Ends calls whose message cannot be read, and says that it is the message. gRPC alone takes that for a failure of
/// the server: it answers `UNKNOWN`, and logs a stack trace for whatever anybody sends.
///
/// @param method for people
record ReadableRequests<Q>(Marshaller<Q> marshaller, String method) implements Marshaller<Q> {

    /// The same service, of a server whose calls are [LiveCall]s.
    static ServerServiceDefinition of(ServerServiceDefinition service) {
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(
                        service.getServiceDescriptor().getName())
                .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
        List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
        for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
            ServerMethodDefinition<?, ?> readable = of(method);
            methods.add(readable);
            descriptor.addMethod(readable.getMethodDescriptor());
        }
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(definition::addMethod);
        return definition.build();
    }

    private static <Q, A> ServerMethodDefinition<Q, A> of(ServerMethodDefinition<Q, A> method) {
        MethodDescriptor<Q, A> descriptor = method.getMethodDescriptor();
        return ServerMethodDefinition.create(
                descriptor.toBuilder(
                                new ReadableRequests<>(
                                        descriptor.getRequestMarshaller(), descriptor.getFullMethodName()),
                                descriptor.getResponseMarshaller())
                        .build(),
                method.getServerCallHandler());
    }

    @Override
    public InputStream stream(Q message) {
        return marshaller.stream(message);
    }

    /// Null where the call has ended, which [LiveCalls] gives to nobody.
    @Override
    public @Nullable Q parse(InputStream stream) {
        try {
            return marshaller.parse(stream);
        } catch (StatusRuntimeException unreadable) {
            Status status = unreadable.getStatus();
            Objects.requireNonNull(InboundBytes.KEY.get())
                    .end(
                            status.getCode() == Status.Code.INTERNAL
                                    ? Status.INVALID_ARGUMENT.withDescription("The message is none that " + method
                                            + " takes, and nothing of it was done; expected one as the protocol's"
                                            + " file has it.")
                                    : status);
            return null;
        }
    }
}
