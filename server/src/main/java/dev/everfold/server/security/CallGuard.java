package dev.everfold.server.security;

import dev.everfold.eventstore.EventStoreException;
import dev.everfold.grpc.service.DoorRefusal;
import dev.everfold.grpc.service.LiveCall;
import dev.everfold.kurrent.Caller;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Lets calls of gRPC in: finds out who calls, refuses what that user may not, and tells the service who it is.
final class CallGuard implements ServerInterceptor, AutoCloseable {

    /// Where a call comes from.
    static final Context.Key<String> ADDRESS = Context.key("everfold-address");

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /// By which KurrentDB's clients know a refusal.
    private static final Metadata.Key<String> EXCEPTION =
            Metadata.Key.of("exception", Metadata.ASCII_STRING_MARSHALLER);

    private static final Status CHANGED = Status.UNAUTHENTICATED.withDescription("The user was changed; call again.");
    private static final Status EXPIRED =
            Status.UNAUTHENTICATED.withDescription("The token has expired; call again with a new one.");
    private static final Status REVOKED = Status.UNAUTHENTICATED.withDescription("The token was revoked.");

    static final String POLICY_CHANGED = "The policy was changed; call again.";
    private static final Status NARROWED = Status.ABORTED.withDescription(POLICY_CHANGED);

    /// How the methods end that show events, of both protocols.
    private static final String READ = "/Read";

    private final Logins logins;
    private final TokenLogins tokens;
    private final ProxyLogins proxies;
    private final InstantSource clock;

    /// Ends calls whose tokens expire.
    private final ScheduledThreadPoolExecutor timer;

    /// Who makes a call that goes on.
    ///
    /// @param showsEvents whether the policy has a say in what it answers
    /// @param seen the end of the log before the user was looked up
    private record Entered(Caller caller, Pass pass, boolean showsEvents, long seen) {}

    private final Map<LiveCall<?, ?>, Entered> calls = new ConcurrentHashMap<>();

    CallGuard(Logins logins, TokenLogins tokens, ProxyLogins proxies, InstantSource clock) {
        this.logins = logins;
        this.tokens = tokens;
        this.proxies = proxies;
        this.clock = clock;
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("everfold-tokens").factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        Optional<Permission> permission = GrpcPermissions.of(method);
        if (permission.isEmpty()) {
            return refuse(call, Status.PERMISSION_DENIED, "Nobody may call " + method + ".");
        }
        if (permission.get() == Permission.OPEN) {
            return next.startCall(call, headers);
        }
        Optional<Supplier<Login>> named = named(call, headers);
        if (named.isEmpty()) {
            return refuse(call, Status.UNAUTHENTICATED, "The call names no user.");
        }
        long changes = logins.changes();
        Login login;
        try {
            login = named.get().get();
        } catch (EventStoreException unavailable) {
            return refuse(call, Status.UNAVAILABLE, "Users cannot be looked up: " + unavailable.getMessage());
        }
        return switch (login) {
            case Login.Unknown() -> refuse(call, Status.UNAUTHENTICATED, unknown(headers));
            case Login.Refused(String why) -> refuse(call, Status.UNAUTHENTICATED, why);
            case Login.Later later -> refuse(call, Status.UNAUTHENTICATED, later.words());
            case Login.Unsure(String why) -> refuse(call, Status.UNAVAILABLE, why);
            case Login.Known(Caller caller, Pass _, long _)
            when !permission.get().allows(caller) ->
                refuse(call, Status.PERMISSION_DENIED, permission.get().refusal(caller));
            case Login.Known(Caller caller, Pass pass, long seen) -> {
                if (call.getMethodDescriptor().getType() != MethodType.UNARY) {
                    LiveCall<?, ?> live = enter(new Entered(caller, pass, method.endsWith(READ), seen));
                    // A user who changed between the check and the entry may be another one now.
                    if (logins.changes() != changes && !named.get().get().equals(login)) {
                        live.end(CHANGED);
                    }
                }
                Context of = Context.current().withValues(Caller.KEY, caller, Pass.KEY, pass, ADDRESS, address(call));
                yield Contexts.interceptCall(of, call, headers, next);
            }
        };
    }

    /// By what it is found out who calls: what a proxy says, or the call, or else the certificate of
    /// its connection.
    private Optional<Supplier<Login>> named(ServerCall<?, ?> call, Metadata headers) {
        Function<String, List<String>> values = name -> values(headers, name);
        if (ProxyLogins.isNamedBy(values)) {
            return Optional.of(() -> proxies.check(values, certificate(call), address(call)));
        }
        String authorization = headers.get(AUTHORIZATION);
        if (authorization != null) {
            Optional<String> token = TokenLogins.parse(authorization);
            if (token.isPresent()) {
                return Optional.of(() -> tokens.check(token.get(), address(call)));
            }
            return BasicCredentials.parse(authorization)
                    .map(credentials -> () -> logins.check(credentials, address(call)));
        }
        return certificate(call).map(name -> () -> logins.certified(name, address(call)));
    }

    private static Optional<String> certificate(ServerCall<?, ?> call) {
        return ClientCertificate.login(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
    }

    private static List<String> values(Metadata headers, String name) {
        Iterable<String> all = headers.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        List<String> values = new ArrayList<>();
        if (all != null) {
            all.forEach(values::add);
        }
        return values;
    }

    private static String unknown(Metadata headers) {
        return headers.containsKey(AUTHORIZATION)
                ? "The user or the password is wrong."
                : "The certificate is of no user.";
    }

    /// Only of calls that may go on for ever; one of them that changes its own user would not get its answer.
    private LiveCall<?, ?> enter(Entered entered) {
        LiveCall<?, ?> live = Objects.requireNonNull(LiveCall.KEY.get());
        calls.put(live, entered);
        Context.current().addListener(_ -> calls.remove(live), Runnable::run);
        Instant until = entered.pass().until();
        if (!until.equals(Instant.MAX)) {
            long millis = Duration.between(clock.instant(), until).toMillis();
            Future<?> end = timer.schedule(() -> live.end(EXPIRED), millis, TimeUnit.MILLISECONDS);
            Context.current().addListener(_ -> end.cancel(false), Runnable::run);
        }
        return live;
    }

    /// Ends what a user has under way by what was known before a change: what was allowed then may be no
    /// more. Who was looked up after it was let in by what it left.
    ///
    /// @param position of the change
    void endAllOf(String login, long position) {
        endThose(position, CHANGED, entered -> entered.caller().name().equals(login));
    }

    /// Ends what is under way by a token that was looked up before it was revoked.
    ///
    /// @param position of the change
    void endAllOfToken(String hash, long position) {
        endThose(position, REVOKED, entered -> entered.pass().isOf(hash));
    }

    private void endThose(long position, Status status, Predicate<Entered> those) {
        calls.forEach((live, entered) -> {
            if (entered.seen() <= position && those.test(entered)) {
                calls.remove(live);
                live.end(status);
            }
        });
    }

    /// Ends no more calls.
    @Override
    public void close() {
        timer.shutdownNow();
    }

    /// Ends what shows events to those who see less since the policy was changed.
    void endReadsOf(Predicate<Caller> callers) {
        endThose(Long.MAX_VALUE, NARROWED, entered -> entered.showsEvents() && callers.test(entered.caller()));
    }

    private static String address(ServerCall<?, ?> call) {
        return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress peer
                ? peer.getAddress().getHostAddress()
                : "unknown";
    }

    private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Status status, String why) {
        Metadata trailers = DoorRefusal.trailers(why, status.getCode() == Status.Code.UNAVAILABLE);
        if (status.getCode() == Status.Code.PERMISSION_DENIED) {
            trailers.put(EXCEPTION, "access-denied");
        }
        call.close(status.withDescription(why), trailers);
        return new ServerCall.Listener<>() {};
    }
}
