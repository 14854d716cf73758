package dev.everfold.server;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.grpc.service.GrpcServer;
import dev.everfold.kurrent.KurrentServices;
import dev.everfold.kurrent.NodeAddress;
import dev.everfold.server.state.Reducers;
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
    private final GrpcServer grpc;
    private final HttpDoor http;
    private volatile boolean closing;

    private EverfoldServer(EventStore store, ServerOptions options, Reducers reducers) {
        this.options = options;
        this.meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        this.store = new MeteredEventStore(store, meters);
        this.garbage = new JvmGcMetrics();
        garbage.bindTo(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        this.kurrent =
                KurrentServices.over(this.store, new NodeAddress(options.host(), this::grpcPort), Clock.systemUTC());
        this.grpc = GrpcServer.start(
                this.store, new InetSocketAddress(options.address(), options.grpcPort()), kurrent.services());
        try {
            this.http = HttpDoor.open(options, this.store, meters, reducers, () -> !closing && this.store.isOpen());
        } catch (RuntimeException refused) {
            kurrent.close();
            grpc.close();
            garbage.close();
            meters.close();
            throw refused;
        }
    }

    /// Listens at both ports, and returns when both answer.
    ///
    /// @param store closed with the server; left open when this throws
    /// @throws StoreUnavailableException when an address cannot be listened at
    public static EverfoldServer start(EventStore store, ServerOptions options) {
        return start(store, options, Reducers.NONE);
    }

    /// The same, with what the console folds streams by.
    ///
    /// @param store closed with the server; left open when this throws
    /// @throws StoreUnavailableException when an address cannot be listened at
    public static EverfoldServer start(EventStore store, ServerOptions options, Reducers reducers) {
        EverfoldServer server = new EverfoldServer(store, options, reducers);
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
        store.close();
        garbage.close();
        meters.close();
        LOGGER.log(Level.INFO, "ended host={0}", options.host());
    }
}
