package dev.everfold.server;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.grpc.service.GrpcDoor;
import dev.everfold.grpc.service.GrpcServer;
import dev.everfold.kurrent.Caller;
import dev.everfold.kurrent.KurrentServices;
import dev.everfold.kurrent.NodeAddress;
import dev.everfold.kurrent.StreamRights;
import dev.everfold.server.security.HttpGuard;
import dev.everfold.server.security.Policies;
import dev.everfold.server.security.Security;
import dev.everfold.server.security.ServerIdentity;
import dev.everfold.server.security.Sight;
import dev.everfold.server.security.StreamGuard;
import dev.everfold.server.security.Users;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// A store behind two ports: gRPC for programs, HTTP for those who watch.
///
/// ```java
/// EventStore store = EventStores.open("log:data");
/// try (EverfoldServer server = EverfoldServer.start(store, ServerOptions.DEFAULTS)) {
///     …
/// }
/// ```
///
/// Closing it is orderly: it says that it is not ready, takes no new calls, answers the appends that it took, and
/// closes the store last. Safe for use by many threads.
public final class EverfoldServer implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger(EverfoldServer.class.getName());

    private final ServerOptions options;
    private final MeteredEventStore store;
    private final PrometheusMeterRegistry meters;
    private final JvmGcMetrics garbage;
    private final KurrentServices kurrent;
    private final Optional<Security> security;
    private final Optional<ServerIdentity> identity;
    private final GrpcServer grpc;
    private final HttpDoor http;
    private final CompletableFuture<Void> shutdownRequested = new CompletableFuture<>();
    private volatile boolean closing;

    private EverfoldServer(EventStore store, ServerOptions options, Application application) {
        this.options = options;
        this.meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        this.store = new MeteredEventStore(store, meters);
        this.garbage = new JvmGcMetrics();
        garbage.bindTo(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        List<AutoCloseable> opened = new ArrayList<>(List.<AutoCloseable>of(garbage, meters::close));
        try {
            this.identity = options.security().tls().map(ServerIdentity::open);
            identity.ifPresent(opened::addFirst);
            this.security =
                    options.security().users() ? Optional.of(Security.open(this.store, options)) : Optional.empty();
            security.ifPresent(opened::addFirst);
            Optional<Policies> policies = security.map(Security::policies);
            this.kurrent = KurrentServices.over(
                    this.store,
                    new NodeAddress(
                            Optional.of(options.host())
                                    .filter(_ -> !options.address().isAnyLocalAddress()),
                            this::grpcPort),
                    Clock.systemUTC(),
                    () -> shutdownRequested.complete(null),
                    policies.<Function<Caller, StreamRights>>map(all -> all::of).orElse(_ -> StreamRights.ALL));
            opened.addFirst(kurrent);
            Optional<StreamGuard> guard = policies.map(all -> new StreamGuard(this.store, all));
            EventStore guarded = guard.isPresent() ? guard.get() : this.store;
            this.grpc = GrpcServer.start(
                    guarded, new InetSocketAddress(options.address(), options.grpcPort()), grpcDoor(options));
            opened.addFirst(grpc);
            this.http = HttpDoor.open(
                    options,
                    new Served(
                            guarded,
                            () -> guard.map(StreamGuard::sight).orElse(Sight.WHOLE),
                            meters,
                            kurrent,
                            application,
                            () -> !closing && this.store.isOpen()),
                    new HttpGuard(security),
                    identity);
        } catch (RuntimeException refused) {
            opened.forEach(EverfoldServer::close);
            throw refused;
        }
    }

    private GrpcDoor grpcDoor(ServerOptions options) {
        List<BindableService> services = new ArrayList<>(kurrent.services());
        security.map(Security::usersService).ifPresent(services::add);
        return new GrpcDoor(
                identity.map(keys -> new GrpcDoor.Tls(keys, keys.clients())),
                security.map(Security::callGuard).stream().toList(),
                services,
                options.connectionsOfAddressMax(),
                GrpcDoor.INBOUND_BYTES_MAX);
    }

    private static void close(AutoCloseable opened) {
        try {
            opened.close();
        } catch (Exception failed) {
            LOGGER.log(Level.WARNING, "not closed reason={0}", failed.getMessage());
        }
    }

    /// Listens at both ports, and returns when both answer.
    ///
    /// @param store closed with the server; left open when this throws
    /// @throws StoreUnavailableException when an address cannot be listened at
    public static EverfoldServer start(EventStore store, ServerOptions options) {
        return start(store, options, Application.NONE);
    }

    /// The same, with what the application gives the console.
    ///
    /// @param store closed with the server; left open when this throws
    /// @throws StoreUnavailableException when an address cannot be listened at
    public static EverfoldServer start(EventStore store, ServerOptions options, Application application) {
        EverfoldServer server = new EverfoldServer(store, options, application);
        LOGGER.log(
                Level.INFO,
                "serving host={0} grpcPort={1,number,#} httpPort={2,number,#}",
                options.host(),
                server.grpcPort(),
                server.httpPort());
        return server;
    }

    /// The port of gRPC.
    public int grpcPort() {
        return grpc.port();
    }

    /// The port of HTTP.
    public int httpPort() {
        return http.port();
    }

    /// Completes when a client of KurrentDB's protocol asks that the server end. Nothing ends by itself:
    /// whoever started the server closes it, or lets it run.
    public CompletionStage<Void> shutdownRequested() {
        return shutdownRequested.minimalCompletionStage();
    }

    /// Who may log in, where there are users.
    Optional<Users> users() {
        return security.map(Security::users);
    }

    /// What can be called by gRPC.
    List<ServerServiceDefinition> services() {
        return grpc.services();
    }

    /// Reads the certificate again if its files changed, without waiting for the next look.
    void lookAtCertificate() {
        identity.ifPresent(ServerIdentity::look);
    }

    /// Ends the server and closes the store. May be called more than once.
    @Override
    public void close() {
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
        }
        kurrent.close();
        grpc.close(options.grace());
        http.close();
        security.ifPresent(Security::close);
        identity.ifPresent(ServerIdentity::close);
        store.close();
        garbage.close();
        meters.close();
        LOGGER.log(Level.INFO, "ended host={0}", options.host());
    }
}
