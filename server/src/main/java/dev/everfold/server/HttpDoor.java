package dev.everfold.server;

import dev.everfold.eventstore.EventStore;
import dev.everfold.server.state.Reducers;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// HTTP: events, what there is of them, whether the server lives and is ready, and its metrics.
///
/// Requests that name another host than the loopback interface are refused, and those of web pages from elsewhere: a
/// page whose name was made to lead here would otherwise read the store through its visitor's browser, and any page
/// could append to it.
final class HttpDoor implements AutoCloseable {

    private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final String JSON = "application/json";

    private final Javalin javalin;

    private HttpDoor(Javalin javalin) {
        this.javalin = javalin;
    }

    /// Listens at the options' HTTP port.
    ///
    /// @param ready whether appends and reads are taken
    /// @throws dev.everfold.eventstore.StoreUnavailableException when the address cannot be listened at
    static HttpDoor open(
            ServerOptions options,
            EventStore store,
            PrometheusMeterRegistry meters,
            Reducers reducers,
            BooleanSupplier ready) {
        Javalin javalin = Javalin.create(config -> configure(config, store, meters, reducers, ready));
        try {
            return new HttpDoor(javalin.start(options.address().getHostAddress(), options.httpPort()));
        } catch (RuntimeException refused) {
            javalin.stop();
            throw Addresses.unavailable(options.host(), options.httpPort(), refused);
        }
    }

    private static void configure(
            JavalinConfig config,
            EventStore store,
            PrometheusMeterRegistry meters,
            Reducers reducers,
            BooleanSupplier ready) {
        // An event in base 64 takes a third more, and names and JSON come on top.
        config.http.maxRequestSize = 2L * store.limits().appendBytesMax();
        config.concurrency.useVirtualThreads = true;
        config.startup.showJavalinBanner = false;
        config.routes.before(ConsoleRoutes::protect);
        config.routes.before(HttpDoor::requireOwnHost);
        for (Route route : routes(store, meters, reducers, ready)) {
            config.routes.addHttpHandler(route.method(), route.path(), route.handler());
        }
        Problems.register(config.routes);
        config.routes.error(
                HttpStatus.NOT_FOUND.getCode(),
                context -> Problems.answer(context, HttpStatus.NOT_FOUND, notFoundDetail(context)));
    }

    private static String notFoundDetail(Context context) {
        String detail = context.attribute(Problems.NOT_FOUND_DETAIL);
        return detail == null ? "Nothing is there; GET /openapi.json says what is." : detail;
    }

    /// All that is answered.
    static List<Route> routes(
            EventStore store, PrometheusMeterRegistry meters, Reducers reducers, BooleanSupplier ready) {
        List<Route> routes = new ArrayList<>();
        routes.addAll(new EventRoutes(store, ready).routes());
        routes.addAll(new DcbRoutes(store).routes());
        routes.addAll(new CatalogueRoutes(store).routes());
        routes.addAll(new StreamRoutes(store).routes());
        routes.addAll(new RelationRoutes(store).routes());
        routes.addAll(new StateRoutes(store, reducers).routes());
        routes.addAll(new ConsumerRoutes(store).routes());
        routes.addAll(new ConsoleRoutes().routes());
        routes.add(
                Route.get("/openapi.json", context -> context.contentType(JSON).result(openApi())));
        routes.add(
                Route.get("/health/live", context -> context.contentType(JSON).result("{\"status\":\"live\"}")));
        routes.add(Route.get("/health/ready", context -> answerReady(context, ready.getAsBoolean())));
        routes.add(Route.get(
                "/metrics",
                context -> context.contentType("text/plain; version=0.0.4; charset=utf-8")
                        .result(meters.scrape())));
        return routes;
    }

    /// What is answered, as OpenAPI 3.1 says it.
    static byte[] openApi() {
        try (InputStream file = Objects.requireNonNull(HttpDoor.class.getResourceAsStream("openapi.json"))) {
            return file.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("The file openapi.json of the server cannot be read.", unreadable);
        }
    }

    private static void answerReady(Context context, boolean ready) {
        context.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .contentType(JSON)
                .result(ready ? "{\"status\":\"ready\"}" : "{\"status\":\"closing\"}");
    }

    private static void requireOwnHost(Context context) {
        String host = String.valueOf(context.header("Host"));
        int colon = host.lastIndexOf(':');
        String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        if (!HOSTS.contains(name)) {
            Problems.answer(context, HttpStatus.FORBIDDEN, "The request names another host; expected localhost.");
            context.skipRemainingHandlers();
        }
        String origin = context.header("Origin");
        if (origin != null && !origin.equals("http://" + host)) {
            Problems.answer(
                    context,
                    HttpStatus.FORBIDDEN,
                    "The request comes from a web page of another origin; expected one of this server, or none.");
            context.skipRemainingHandlers();
        }
    }

    /// The port that is listened at.
    int port() {
        return javalin.port();
    }

    /// Stops listening and ends what is under way.
    @Override
    public void close() {
        javalin.stop();
    }
}
