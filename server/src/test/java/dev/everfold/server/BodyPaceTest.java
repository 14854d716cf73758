package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How slowly a body may come.
@Timeout(30)
class BodyPaceTest {

    private final AtomicLong nanos = new AtomicLong();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Javalin http = Javalin.create(config -> {
        config.jetty.modifyHttpConfiguration(each -> each.addCustomizer(new BodyPace(nanos::get)));
        config.routes.post("/", context -> {
            begun.countDown();
            context.result("took " + context.bodyAsBytes().length);
        });
        Problems.register(config.routes);
    });

    @BeforeEach
    void start() {
        http.start(0);
    }

    @AfterEach
    void end() {
        http.stop();
    }

    @Test
    void a_body_that_comes_drop_by_drop_is_refused_and_its_connection_closed() throws Exception {
        assertThat(answerAfterSeconds(31, ".")).startsWith("HTTP/1.1 408 ").contains("""
                "detail":"The body comes too slowly, and nothing was stored; expected 16384 bytes a second after the \
                first 30 s. Send it in parts."}""");
    }

    @Test
    void a_body_may_pause() throws Exception {
        assertThat(answerAfterSeconds(29, "..")).startsWith("HTTP/1.1 200 ").endsWith("took 3");
    }

    /// To a body of 3 bytes, of which the first is sent at once and others when time has passed.
    private String answerAfterSeconds(long seconds, String others) throws IOException, InterruptedException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.port())) {
            send(socket, "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 3\r\n\r\n.");
            begun.await();
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
            send(socket, others);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
