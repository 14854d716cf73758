package dev.everfold.kurrent.service;

import dev.everfold.kurrent.Caller;
import dev.everfold.kurrent.group.Subscriber;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where a call comes from, and where it has come to; immutable.
///
/// @param from address of the client, for people to read
/// @param name that the client gave its connection; may be empty
/// @param to host and port as the client calls them; may be empty
record Connection(String from, String name, String to) {

    private static final Metadata.Key<String> NAME =
            Metadata.Key.of("connection-name", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Connection> KEY = Context.key("everfold-connection");

    /// Puts it into the context of each call.
    static ServerInterceptor interceptor() {
        return new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                String name = headers.get(NAME);
                Connection connection = new Connection(
                        from(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)),
                        Objects.requireNonNullElse(name, ""),
                        Objects.requireNonNullElse(call.getAuthority(), ""));
                return Contexts.interceptCall(Context.current().withValue(KEY, connection), call, headers, next);
            }
        };
    }

    private static String from(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getHostString() + ":" + inet.getPort() : "";
    }

    /// Host and port that this call has come to, as the client calls them; may be empty.
    static String target() {
        Connection connection = KEY.get();
        return connection == null ? "" : connection.to;
    }

    /// Who makes this call.
    static Subscriber.Identity identity(@Nullable Caller caller) {
        Connection connection = KEY.get();
        return new Subscriber.Identity(
                connection == null ? "" : connection.from,
                caller == null ? "" : caller.name(),
                connection == null ? "" : connection.name);
    }
}
