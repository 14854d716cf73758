package dev.everfold.search;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/// Answers every request in one way, for what real servers do not do when asked.
final class StubServer implements AutoCloseable {

    /// The statistics of a server that is known.
    static final String KNOWN_SERVER = """
            {"cluster_uuid": "c1", "nodes": {"versions": ["3.8.0"], "packaging_types": [{"type": "tar"}]}}""";

    private final HttpServer server;
    private final String scheme;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<String> authorizations = new CopyOnWriteArrayList<>();

    private StubServer(HttpServer server, String scheme, Handler handler) {
        this.server = server;
        this.scheme = scheme;
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.getRequestBody().readAllBytes();
            handler.handle(this, exchange);
        });
        server.start();
    }

    /// What it does with a request.
    @FunctionalInterface
    interface Handler {
        void handle(StubServer server, HttpExchange exchange) throws IOException;
    }

    static StubServer answering(int status, String body) throws IOException {
        return with((_, exchange) -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    /// Answers one after the other, and then always with the last.
    static StubServer answeringInTurn(String... bodies) throws IOException {
        AtomicInteger next = new AtomicInteger();
        return with((_, exchange) -> {
            int turn = next.getAndUpdate(now -> Math.min(now + 1, bodies.length - 1));
            byte[] bytes = bodies[turn].getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    /// Sends the headers of an answer and some of it, and nothing more.
    static StubServer stalling() throws IOException {
        return with((stub, exchange) -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            stub.awaitClose();
        });
    }

    /// Ends the connection in place of an answer.
    static StubServer hangingUp() throws IOException {
        return with((_, exchange) -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.close();
        });
    }

    static StubServer with(Handler handler) throws IOException {
        return new StubServer(HttpServer.create(anyPort(), 0), "http", handler);
    }

    static StubServer secured(SSLContext context) throws IOException {
        HttpsServer server = HttpsServer.create(anyPort(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return new StubServer(server, "https", (_, exchange) -> {
            byte[] bytes = KNOWN_SERVER.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    SearchOptions options() {
        return SearchOptions.at(
                URI.create(scheme + "://localhost:" + server.getAddress().getPort()));
    }

    /// The `Authorization` headers that came, "null" for a request without.
    List<String> authorizations() {
        return authorizations;
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
