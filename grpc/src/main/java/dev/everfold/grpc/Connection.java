package dev.everfold.grpc;

import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.grpc.wire.WireHeaders;
import dev.everfold.grpc.wire.WireRefusals;
import dev.everfold.protocol.v1.EventStoreGrpc;
import dev.everfold.protocol.v1.Wire;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.ssl.NotSslRecordException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The way to one server: it connects when it is used, and again after it was lost. Safe for use by many threads.
final class Connection implements AutoCloseable {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration SILENCE_MAX = Duration.ofSeconds(20);
    private static final Duration PING_ANSWER_MAX = Duration.ofSeconds(10);
    private static final int MESSAGE_BYTES_MAX = 256 << 20;
    private static final long CLOSE_SECONDS_MAX = 5;
    private static final int DESCRIPTION_CHARACTERS_MAX = 300;

    /// What gRPC says of most that goes wrong with a connection.
    private static final String VAGUE = "io exception";

    private final String address;
    private final Duration callTimeout;

    /// What a client does who is not let in.
    private final String expected;

    private final boolean isEncrypted;
    private final Executor threads = virtualThreads();
    private final ManagedChannel channel;
    private Channel intercepted;

    /// Whether the server has been reached before.
    private volatile boolean answered;

    private volatile boolean closed;

    /// @throws StoreUnavailableException when the file of the authorities cannot be read
    Connection(String host, int port, GrpcOptions options) {
        this.address = (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        this.callTimeout = options.callTimeout();
        this.expected = options.credentials().filter(Credentials::isToken).isPresent()
                ? " Expected another token in EVERFOLD_TOKEN."
                : " Expected everfold://USER@HOST, and the password in EVERFOLD_PASSWORD.";
        this.isEncrypted = options.tls().isPresent();
        this.channel = channel(host, port, options, threads);
        this.intercepted = channel;
    }

    /// Sends the credentials with every call.
    static ManagedChannel channel(String host, int port, GrpcOptions options, Executor threads) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(host, port);
        options.tls().ifPresentOrElse(tls -> builder.sslContext(ClientTls.context(tls)), builder::usePlaintext);
        options.credentials().ifPresent(user -> builder.intercept(header(AUTHORIZATION, user.header())));
        return builder.executor(threads)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .keepAliveTime(SILENCE_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(PING_ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .build();
    }

    /// A virtual thread for each task.
    static Executor virtualThreads() {
        return task -> Thread.ofVirtual().name("everfold-client").start(task);
    }

    private static ClientInterceptor header(Metadata.Key<String> key, String value) {
        Metadata headers = new Metadata();
        headers.put(key, value);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    /// Sends the history that this client knows with every call from now on; called once, before others share this.
    void expect(UUID lineage) {
        intercepted = ClientInterceptors.intercept(channel, header(WireHeaders.LINEAGE, lineage.toString()));
    }

    /// Host and port as one writes them.
    String address() {
        return address;
    }

    /// A new stream of appends, not yet begun.
    ClientCall<Wire.AppendManyRequest, Wire.AppendManyResponse> appendMany() {
        connectNow();
        return intercepted.newCall(EventStoreGrpc.getAppendManyMethod(), CallOptions.DEFAULT.withExecutor(threads));
    }

    /// Makes a call that ends within the time-out.
    <A> A call(Function<EventStoreGrpc.EventStoreBlockingStub, A> call) {
        return call(callTimeout, call);
    }

    /// Makes a call that ends within the given time.
    ///
    /// @throws EventStoreException what the server's store threw, or what became of the connection
    <A> A call(Duration timeout, Function<EventStoreGrpc.EventStoreBlockingStub, A> call) {
        requireOpen();
        connectNow();
        try {
            A answer = call.apply(EventStoreGrpc.newBlockingStub(intercepted)
                    .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS));
            answered = true;
            return answer;
        } catch (StatusRuntimeException failure) {
            throw exception(failure.getStatus(), failure.getTrailers(), failure);
        }
    }

    /// Runs what must not run in gRPC's own threads.
    void execute(Runnable task) {
        threads.execute(task);
    }

    /// Without this, a server that came back is not tried before the pause that follows its loss is over.
    private void connectNow() {
        if (channel.getState(true) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
    }

    /// What a call failed with, in the contract's words. Nothing was stored by it.
    RuntimeException exception(Status status, @Nullable Metadata trailers, Throwable cause) {
        if (closed) {
            return new StoreClosedException("store");
        }
        return switch (status.getCode()) {
            // What to do about it is known here, not there.
            case UNAUTHENTICATED, PERMISSION_DENIED -> unavailable(status, cause);
            default -> WireRefusals.decode(trailers).orElseGet(() -> unavailable(status, cause));
        };
    }

    private StoreUnavailableException unavailable(Status status, Throwable cause) {
        String description = description(status);
        if (!answered && isOfOtherProtocol(status, description)) {
            return new StoreUnavailableException(
                    "What listens at " + address + " does not speak gRPC. Name the server's port of gRPC, which is 2113"
                            + " unless the server was told another.",
                    false,
                    cause);
        }
        // A call that meets the connection as it closes is told of it as of something unknown.
        boolean isLost = status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof IOException;
        return switch (isLost ? Status.Code.UNAVAILABLE : status.getCode()) {
            case UNAVAILABLE ->
                new StoreUnavailableException(
                        "The server at " + address + " cannot be reached: " + description + ". "
                                + advice(status.getCause()),
                        true,
                        cause);
            case DEADLINE_EXCEEDED ->
                new StoreUnavailableException(
                        "The server at " + address + " did not answer within " + callTimeout.toMillis()
                                + " ms. Try again.",
                        true,
                        cause);
            case CANCELLED ->
                new StoreUnavailableException(
                        "A call to the server at " + address + " was interrupted. Make it again.", true, cause);
            case ABORTED ->
                new StoreUnavailableException(
                        "The server at " + address + " ended the call: " + description, true, cause);
            case UNAUTHENTICATED ->
                new StoreUnavailableException(
                        "The server at " + address + " does not let this client in: " + description + expected,
                        false,
                        cause);
            case PERMISSION_DENIED ->
                new StoreUnavailableException("The server at " + address + " refuses: " + description, false, cause);
            default ->
                new StoreUnavailableException(
                        "The server at " + address + " failed: " + description + ". Its log says more.", false, cause);
        };
    }

    /// By the port for browsers, for example; with TLS, it and the client find no protocol that both speak.
    private static boolean isOfOtherProtocol(Status status, String description) {
        return status.getCause() instanceof Http2Exception || description.startsWith("Failed ALPN negotiation");
    }

    /// Who is not believed, shows a wrong certificate or speaks no TLS is seen from the failure. That a
    /// server wants TLS where it is left out can only be supposed: it hangs up.
    private String advice(@Nullable Throwable failure) {
        boolean isRefused = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathBuilderException) {
                return "Name the file of the authorities that its certificate is of with tlsCa=FILE.";
            }
            if (cause instanceof CertificateException && cause.getCause() == null) {
                return "Name the server as its certificate does, or give it one that holds for this name and today.";
            }
            if (cause instanceof NotSslRecordException) {
                return "It does not speak TLS: leave that out of the URI, or give the server a certificate.";
            }
            isRefused |= cause instanceof ConnectException || cause instanceof UnknownHostException;
        }
        boolean mayWantTls = !isEncrypted && !answered && !isRefused;
        return "See that it runs there" + (mayWantTls ? ", with tls=true if it has a certificate" : "")
                + ", and try again.";
    }

    /// On one line; of a connection that failed, the reason at the bottom of it.
    private static String description(Status status) {
        String text = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        if (text.startsWith(VAGUE)) {
            text = reason(status.getCause())
                    .map(words -> words.replaceFirst("\\.$", ""))
                    .orElse(text);
        }
        String line = text.lines().findFirst().orElse(text);
        return line.length() <= DESCRIPTION_CHARACTERS_MAX ? line : line.substring(0, DESCRIPTION_CHARACTERS_MAX);
    }

    private static Optional<String> reason(@Nullable Throwable failure) {
        Optional<String> reason = Optional.empty();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            reason = Optional.ofNullable(cause.getMessage());
        }
        return reason;
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreClosedException("store");
        }
    }

    /// Cuts off every call.
    @Override
    public void close() {
        closed = true;
        channel.shutdownNow();
        try {
            channel.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
