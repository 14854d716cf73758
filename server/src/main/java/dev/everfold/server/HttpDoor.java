package dev.everfold.server;

import dev.everfold.eventstore.EventStore;
import dev.everfold.server.security.HttpGuard;
import dev.everfold.server.security.Permission;
import dev.everfold.server.security.ServerIdentity;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import io.micrometer.core.instrument.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// HTTP: events, what there is of them, whether the server lives and is ready, and its metrics.
///
/// [HostCheck] refuses what web pages from elsewhere send; [HttpGuard] lets in users, where there are any.
final class HttpDoor implements AutoCloseable {

    private static final String JSON = "application/json";

    private final Javalin javalin;

    private HttpDoor(Javalin javalin) {
        this.javalin = javalin;
    }

    /// Listens at the options' HTTP port.
    ///
    /// @throws dev.everfold.eventstore.StoreUnavailableException when the address cannot be listened at
    static HttpDoor open(ServerOptions options, Served served, HttpGuard guard, Optional<ServerIdentity> identity) {
        List<Route> routes = routes(served, guard);
        ServerSocketChannel listening = listen(options);
        HttpConnector connector = new HttpConnector(options, identity, listening);
        Javalin javalin = Javalin.create(config -> {
            config.jetty.addConnector(connector::connector);
            config.jetty.modifyServer(server -> server.setErrorHandler(new RefusedRequests()));
            config.jetty.modifyServletContextHandler(servlets -> servlets.setErrorHandler(new RefusedRequests()));
            configure(config, options, served.store(), routes, guard);
        });
        try {
            return new HttpDoor(javalin.start());
        } catch (RuntimeException refused) {
            javalin.stop();
            close(listening);
            throw Addresses.unavailable(options.host(), options.httpPort(), refused);
        }
    }

    /// Before Javalin begins, which would log an address that is taken as a failure of its own.
    private static ServerSocketChannel listen(ServerOptions options) {
        ServerSocketChannel listening = null;
        try {
            listening = ServerSocketChannel.open();
            listening.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            return listening.bind(new InetSocketAddress(options.address(), options.httpPort()));
        } catch (IOException taken) {
            close(listening);
            throw Addresses.unavailable(options.host(), options.httpPort(), taken);
        }
    }

    private static void close(@Nullable ServerSocketChannel listening) {
        try {
            if (listening != null) {
                listening.close();
            }
        } catch (IOException failed) {
            // Why it is not listened at is told.
        }
    }

    private static void configure(
            JavalinConfig config, ServerOptions options, EventStore store, List<Route> routes, HttpGuard guard) {
        // An event in base 64 takes a third more, and names and JSON come on top.
        config.http.maxRequestSize = 2L * store.limits().appendBytesMax();
        config.concurrency.useVirtualThreads = true;
        config.startup.showJavalinBanner = false;
        config.routes.before(ConsoleRoutes::protect);
        BodyBudget bodies = new BodyBudget(Runtime.getRuntime().maxMemory() / 8, config.http.maxRequestSize);
        HostCheck hosts = HostCheck.of(options);
        config.routes.before(hosts::require);
        config.routes.before(EncodingCheck::require);
        for (Route route : routes) {
            Handler handler = bounded(route, bodies);
            config.routes.addHttpHandler(
                    route.method(), route.path(), WatchedConnector.watched(guard.guard(route.permission(), handler)));
            if (route.method().equals(HandlerType.GET)) {
                config.routes.addHttpHandler(HandlerType.HEAD, route.path(), head(route));
            }
        }
        Problems.register(config.routes);
        config.routes.error(
                HttpStatus.NOT_FOUND.getCode(),
                context -> Problems.answer(context, HttpStatus.NOT_FOUND, notFoundDetail(context)));
    }

    /// Left to Javalin, every HEAD is answered with 200, whatever a GET would say.
    private static Handler head(Route route) {
        return switch (route.permission()) {
            case OPEN -> route.handler();
            case USER, READ, APPEND, LOG, OBSERVE, OPERATE, ADMIN ->
                context -> {
                    context.header("Allow", "GET");
                    Problems.answer(context, HttpStatus.METHOD_NOT_ALLOWED, "HEAD is not answered; expected GET.");
                };
        };
    }

    /// The route's handler with a bound on what its bodies take.
    private static Handler bounded(Route route, BodyBudget bodies) {
        if (route.method().equals(HandlerType.GET)) {
            return route.handler(); // nobody reads the body of a GET, which may go on for ever
        }
        return switch (route.permission()) {
            case OPEN, USER -> BodyBudget.little(route.handler());
            case READ, APPEND, LOG, OBSERVE, OPERATE, ADMIN -> bodies.within(route.handler());
        };
    }

    private static String notFoundDetail(Context context) {
        String detail = context.attribute(Problems.NOT_FOUND_DETAIL);
        return detail == null ? "Nothing is there; GET /openapi.json says what is." : detail;
    }

    /// All that is answered.
    static List<Route> routes(Served served, HttpGuard guard) {
        EventStore store = served.store();
        List<Route> routes = new ArrayList<>();
        routes.addAll(new EventRoutes(store, served.ready(), Clock.SYSTEM::monotonicTime).routes());
        routes.addAll(new DcbRoutes(store).routes());
        routes.addAll(new CatalogueRoutes(store).routes());
        routes.addAll(new StreamRoutes(store, served.sight()).routes());
        routes.addAll(new RelationRoutes(store).routes());
        routes.addAll(new StateRoutes(store, served.application().reducers()).routes());
        routes.addAll(new ConsumerRoutes(store).routes());
        routes.addAll(new GroupRoutes(served.kurrent()).routes());
        routes.addAll(new ActionRoutes(served.application()).routes());
        routes.addAll(new ConsoleRoutes().routes());
        routes.addAll(new LoginRoutes(guard).routes());
        routes.addAll(new UserRoutes(guard).routes());
        routes.addAll(new PolicyRoutes(guard.policies()).routes());
        routes.addAll(new TokenRoutes(guard.apiTokens()).routes());
        routes.add(Route.get(
                "/openapi.json",
                Permission.OPEN,
                context -> context.contentType(JSON).result(openApi())));
        routes.add(Route.get(
                "/health/live",
                Permission.OPEN,
                context -> context.contentType(JSON).result("{\"status\":\"live\"}")));
        routes.add(Route.get(
                "/health/ready",
                Permission.OPEN,
                context -> answerReady(context, served.ready().getAsBoolean())));
        routes.add(Route.get(
                "/metrics",
                Permission.OBSERVE,
                context -> context.contentType("text/plain; version=0.0.4; charset=utf-8")
                        .result(served.meters().scrape())));
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
