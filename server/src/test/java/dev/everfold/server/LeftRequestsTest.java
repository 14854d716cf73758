package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.server.SecurityOptions.Tls;
import dev.everfold.server.security.Permission;
import dev.everfold.testkit.ForwardingEventStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A request of HTTP whose client has left is given up, also while it finds nothing that could be written; one whose
/// client is there is answered, whatever else the client has sent meanwhile.
@Timeout(60)
class LeftRequestsTest {

    private static final int MILLIS_MAX = 20_000;
    private static final String OPEN = "open-1";

    /// Of the system, so the clerk does not see it.
    private static final String MIRRORS = "$mirrors-1";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/events",
                "/events?backwards",
                "/events?category=$mirrors",
                "/events/live?from=0",
                "/read",
                "/read?options=%7B%22backwards%22:true%7D",
                "/streams",
                "/streams?prefix=$mirrors",
                "/categories"
            })
    void a_request_is_given_up_when_its_client_closes_the_connection(String path) throws Exception {
        try (Hidden hidden = new Hidden(SecuredServer.USERS)) {
            hidden.store.setEndless(true);
            Socket client = hidden.connect();
            client.getOutputStream().write(get(path));
            hidden.store.awaitCaught();

            client.close();

            hidden.store.assertAway();
        }
    }

    @Test
    void a_request_is_given_up_when_its_connection_breaks() throws Exception {
        try (Hidden hidden = new Hidden(SecuredServer.USERS)) {
            hidden.store.setEndless(true);
            Socket client = hidden.connect();
            client.setSoLinger(true, 0);
            client.getOutputStream().write(get("/events"));
            hidden.store.awaitCaught();

            client.close();

            hidden.store.assertAway();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void a_request_over_tls_is_given_up_when_its_client_closes_the_connection(String protocol, @TempDir Path folder)
            throws Exception {
        Tls files = TestCertificates.write(folder, "EC");
        try (Hidden hidden = new Hidden(SecuredServer.USERS.withTls(files))) {
            hidden.store.setEndless(true);
            Socket client = hidden.connectByTls(files, protocol);
            client.getOutputStream().write(get("/events"));
            hidden.store.awaitCaught();

            client.close();

            hidden.store.assertAway();
        }
    }

    @Test
    void a_client_that_only_sends_no_more_is_told_that_its_request_was_given_up() throws Exception {
        try (Hidden hidden = new Hidden(SecuredServer.USERS);
                Socket client = hidden.connect()) {
            hidden.store.setEndless(true);
            client.getOutputStream().write(get("/streams"));
            hidden.store.awaitCaught();

            client.shutdownOutput();

            assertThat(rest(client))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("The call of this read has ended. Read again.");
            hidden.store.assertAway();
        }
    }

    @Test
    void an_answer_that_was_begun_is_broken_off_and_not_ended_well() throws Exception {
        try (Hidden hidden = new Hidden(SecuredServer.USERS);
                Socket client = hidden.connect()) {
            Bytes large = Bytes.of(new byte[100_000]);
            hidden.secured.store.append(
                    Append.of(NewEvent.of(OPEN, "grown", "{}").withContent(NewEvent.BINARY, large)));
            hidden.store.setEndless(true);
            client.getOutputStream().write(get("/events?backwards"));
            hidden.store.awaitCaught();

            client.shutdownOutput();

            assertThat(rest(client)).startsWith("HTTP/1.1 200 OK").doesNotContain("\r\n0\r\n");
            hidden.store.assertAway();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "false, 40", "true, 1", "true, 40"})
    void what_a_client_asks_for_meanwhile_is_answered_in_its_turn(boolean byTls, int requests, @TempDir Path folder)
            throws Exception {
        Tls files = TestCertificates.write(folder, "EC");
        try (Hidden hidden = new Hidden(byTls ? SecuredServer.USERS.withTls(files) : SecuredServer.USERS);
                Socket client = byTls ? hidden.connectByTls(files, "TLSv1.3") : hidden.connect()) {
            hidden.store.setEndless(true);
            client.getOutputStream().write(get("/streams"));
            hidden.store.awaitCaught();

            for (int i = 0; i < requests; i++) {
                client.getOutputStream().write(get("/event/data?stream=" + OPEN + "&revision=0"));
            }
            hidden.store.awaitCaught();
            hidden.store.setEndless(false);
            client.getOutputStream().write(get("/health/live", "Connection: close\r\n"));

            assertThat(rest(client).split("HTTP/1.1 200 OK", -1)).hasSize(1 + 1 + requests + 1);
        }
    }

    @Test
    void categories_are_counted_once_whoever_leaves_meanwhile() throws Exception {
        try (Hidden hidden = new Hidden(SecuredServer.USERS)) {
            hidden.store.setEndless(true);
            Socket client = hidden.connect();
            client.getOutputStream().write(get("/categories"));
            hidden.store.awaitCaught();
            client.close();
            hidden.store.assertAway();
            hidden.store.setEndless(false);

            String answer = hidden.secured
                    .send(hidden.secured.request("/categories", "clerk", "secret"))
                    .body();

            assertThat(answer).contains("{\"category\":\"open\",\"streams\":1}");
        }
    }

    @Test
    void who_follows_a_quiet_stream_of_a_busy_store_may_leave() throws Exception {
        EventStore busy = new ForwardingEventStore(new InMemoryEventStore()) {
            @Override
            public boolean awaitPosition(long position, Duration timeout) {
                // There is always something new, and never what is waited for.
                return true;
            }
        };
        try (EverfoldServer server = EverfoldServer.start(busy, ServerOptions.DEFAULTS.withPorts(0, 0));
                Socket client = new Socket(InetAddress.getLoopbackAddress(), server.httpPort())) {
            client.setSoTimeout(MILLIS_MAX);
            client.getOutputStream().write(get("/events/live?stream=quiet-1"));
            assertThat(client.getInputStream().read()).isEqualTo('H');

            client.shutdownOutput();

            assertThat(rest(client)).contains("200 OK");
        }
    }

    private static byte[] get(String path, String... headers) {
        return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                        + SecuredServer.basic("clerk", "secret") + "\r\n" + String.join("", headers) + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /// What comes until the server closes the connection, however it does.
    private static String rest(Socket client) throws IOException {
        StringBuilder text = new StringBuilder();
        InputStream input = client.getInputStream();
        try {
            for (int next = input.read(); next >= 0; next = input.read()) {
                text.append((char) next);
            }
        } catch (SocketException reset) {
            text.append(reset.getMessage());
        }
        return text.toString();
    }

    /// A server with a store in which the clerk sees one event, and nothing else.
    private static final class Hidden implements AutoCloseable {

        private final AtomicReference<EndlessStore> endless = new AtomicReference<>();
        private final SecuredServer secured;
        private final EndlessStore store;

        Hidden(SecurityOptions security) {
            secured = new SecuredServer(ServerOptions.DEFAULTS.withPorts(0, 0).withSecurity(security), delegate -> {
                endless.set(new EndlessStore(delegate, MIRRORS));
                return endless.get();
            });
            store = endless.get();
            secured.create("clerk", Permission.READERS);
            secured.store.append(Append.of(NewEvent.of(OPEN, "opened", "{}")));
            secured.store.append(Append.of(NewEvent.of(MIRRORS, "mirrored", "{}")));
        }

        Socket connect() throws IOException {
            return patient(new Socket(InetAddress.getLoopbackAddress(), secured.server.httpPort()));
        }

        Socket connectByTls(Tls files, String protocol) throws Exception {
            SSLSocket socket = (SSLSocket) TlsClient.believing(files.certificate())
                    .getSocketFactory()
                    .createSocket(InetAddress.getByName("localhost"), secured.server.httpPort());
            socket.setEnabledProtocols(new String[] {protocol});
            return patient(socket);
        }

        private static Socket patient(Socket socket) throws IOException {
            socket.setSoTimeout(MILLIS_MAX);
            return socket;
        }

        @Override
        public void close() {
            secured.close();
        }
    }
}
