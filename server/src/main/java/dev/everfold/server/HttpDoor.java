package dev.everfold.server;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// HTTP: whether the server lives and is ready, and its metrics.
///
/// Requests that name another host than the loopback interface are refused: a web page whose name was made to lead
/// here would otherwise read the store through its visitor's browser.
final class HttpDoor implements AutoCloseable {

    private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";

    private final Javalin javalin;

    private HttpDoor(Javalin javalin) {
        this.javalin = javalin;
    }

    /// Listens at the options' HTTP port.
    ///
    /// @param ready whether appends and reads are taken
    /// @throws dev.everfold.eventstore.StoreUnavailableException when the address cannot be listened at
    static HttpDoor open(ServerOptions options, PrometheusMeterRegistry meters, BooleanSupplier ready) {
        Javalin javalin = Javalin.create(config -> configure(config, meters, ready));
        try {
            return new HttpDoor(javalin.start(options.address().getHostAddress(), options.httpPort()));
        } catch (RuntimeException refused) {
            javalin.stop();
            throw Addresses.unavailable(options.host(), options.httpPort(), refused);
        }
    }

    private static void configure(JavalinConfig config, PrometheusMeterRegistry meters, BooleanSupplier ready) {
        config.concurrency.useVirtualThreads = true;
        config.startup.showJavalinBanner = false;
        config.routes.before(HttpDoor::requireOwnHost);
        config.routes.get("/health/live", context -> context.contentType(JSON).result("{\"status\":\"live\"}"));
        config.routes.get("/health/ready", context -> answerReady(context, ready.getAsBoolean()));
        config.routes.get(
                "/metrics",
                context -> context.contentType("text/plain; version=0.0.4; charset=utf-8")
                        .result(meters.scrape()));
        config.routes.error(
                HttpStatus.NOT_FOUND.getCode(),
                context -> problem(
                        context,
                        HttpStatus.NOT_FOUND,
                        "Nothing is there; expected /health/live, /health/ready or /metrics."));
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
            problem(context, HttpStatus.FORBIDDEN, "The request names another host; expected localhost.");
            context.skipRemainingHandlers();
        }
    }

    /// An error as RFC 9457 has it.
    private static void problem(Context context, HttpStatus status, String detail) {
        context.status(status)
                .contentType(PROBLEM)
                .result("{\"status\":" + status.getCode() + ",\"title\":\"" + status.getMessage() + "\",\"detail\":\""
                        + detail + "\"}");
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
