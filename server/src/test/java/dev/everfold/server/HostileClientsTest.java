package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.protocol.v1.EventStoreGrpc;
import dev.everfold.protocol.v1.Wire;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whatever one client sends, or does not send, or does not read: others are answered.
@Timeout(60)
class HostileClientsTest {

    private static final long SEED = 20_261_126;
    private static final int CONNECTIONS = 150;
    private static final byte[] HTTP2_BEGIN = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HTTP2_SETTINGS =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
    private static final int SETTINGS_FRAME = 4;
    private static final int ACKNOWLEDGED = 1;
    private static final byte[] LIVE =
            "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] FOLLOW =
            "GET /events/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int EVENTS_AFTER = 1_000;

    @Test
    void bytes_that_mean_nothing_harm_neither_door() throws Exception {
        Random random = new Random(SEED);
        try (ServedByHttp served = new ServedByHttp()) {
            for (int port : ports(served)) {
                for (int i = 0; i < CONNECTIONS; i++) {
                    send(port, nonsense(random));
                }
            }

            assertServes(served);
        }
    }

    @Test
    void frames_of_http2_that_contradict_each_other_harm_nobody() throws Exception {
        Random random = new Random(SEED);
        try (ServedByHttp served = new ServedByHttp()) {
            for (int i = 0; i < CONNECTIONS; i++) {
                send(served.server.grpcPort(), frames(random));
            }

            assertServes(served);
        }
    }

    @Test
    void requests_with_one_byte_changed_harm_nobody() throws Exception {
        Random random = new Random(SEED);
        String event = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/shop\",\"type\":\"order.placed\","
                + "\"subject\":\"order-17\",\"data\":{\"cents\":[1,2,3]}}";
        String head = "POST /events?expect=none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/x-ndjson\r\nContent-Length: " + event.length() + "\r\n\r\n";
        byte[] request = (head + event).getBytes(StandardCharsets.US_ASCII);
        try (ServedByHttp served = new ServedByHttp()) {
            for (int i = 0; i < CONNECTIONS; i++) {
                byte[] changed = request.clone();
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
                send(served.server.httpPort(), changed);
            }

            assertServes(served);
        }
    }

    @Test
    void who_leaves_while_events_come_is_no_failure_of_the_server() throws Exception {
        Logger javalin = Logger.getLogger("io.javalin");
        Queue<LogRecord> logged = new ConcurrentLinkedQueue<>();
        Handler severe = new Handler() {
            @Override
            public void publish(LogRecord one) {
                if (one.getLevel().equals(Level.SEVERE)) {
                    logged.add(one);
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        javalin.addHandler(severe);
        try (ServedByHttp served = new ServedByHttp()) {
            try (Socket leaves = new Socket(InetAddress.getLoopbackAddress(), served.server.httpPort())) {
                leaves.setSoLinger(true, 0);
                leaves.getOutputStream().write(FOLLOW);
                assertThat(leaves.getInputStream().read()).isEqualTo('H');
            }
            for (int i = 0; i < EVENTS_AFTER; i++) {
                served.store.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));
            }
            assertServes(served);
        } finally {
            javalin.removeHandler(severe);
        }

        assertThat(logged).extracting(LogRecord::getMessage).isEmpty();
    }

    @Test
    void what_is_too_large_is_refused_before_it_is_held() throws Exception {
        try (ServedByHttp served = new ServedByHttp()) {
            int port = served.server.httpPort();

            assertThat(answer(port, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(9_000) + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 431 ");
            assertThat(answer(port, "GET /" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 414 ");
            assertThat(answer(
                            port,
                            "POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                                    + "Content-Length: 999999999999\r\n\r\n{"))
                    .startsWith("HTTP/1.1 413 ");
            assertServes(served);
        }
    }

    @Test
    void a_message_or_headers_of_grpc_that_are_too_large_end_their_call_alone() throws Exception {
        try (ServedByHttp served = new ServedByHttp()) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", served.server.grpcPort())
                    .usePlaintext()
                    .build();
            Wire.Append large = Wire.Append.newBuilder()
                    .addEvents(Wire.NewEvent.newBuilder().setData(ByteString.copyFrom(new byte[18 << 20])))
                    .build();
            Metadata longHeaders = new Metadata();
            longHeaders.put(Metadata.Key.of("x-long", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(9_000));
            EventStoreGrpc.EventStoreBlockingStub stub = EventStoreGrpc.newBlockingStub(channel);

            assertThatThrownBy(() -> stub.append(large)).isInstanceOf(StatusRuntimeException.class);
            assertThatThrownBy(() -> stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(longHeaders))
                            .describe(Wire.DescribeRequest.getDefaultInstance()))
                    .isInstanceOf(StatusRuntimeException.class);
            assertThat(stub.describe(Wire.DescribeRequest.getDefaultInstance()).getNextPosition())
                    .isZero();
            channel.shutdownNow();
            assertServes(served);
        }
    }

    @Test
    void many_who_connect_and_say_nothing_or_half_a_request_hold_up_nobody() throws Exception {
        try (ServedByHttp served = new ServedByHttp();
                Sockets silent = new Sockets()) {
            for (int port : ports(served)) {
                for (int i = 0; i < CONNECTIONS; i++) {
                    Socket socket = silent.add(connect(port));
                    byte[] half = i % 3 == 0
                            ? new byte[0]
                            : i % 3 == 1 ? "GET /events HTT".getBytes(StandardCharsets.US_ASCII) : HTTP2_BEGIN;
                    socket.getOutputStream().write(half);
                }
            }

            assertServes(served);
        }
    }

    @Test
    void clients_that_never_read_hold_up_nobody() throws Exception {
        try (ServedByHttp served = new ServedByHttp();
                Sockets deaf = new Sockets()) {
            NewEvent large = NewEvent.of("order-17", "order.placed", "{}")
                    .withContent(NewEvent.BINARY, Bytes.of(new byte[500_000]));
            for (int i = 0; i < 40; i++) {
                served.store.append(Append.of(large));
            }
            for (int i = 0; i < 50; i++) {
                Socket socket = deaf.add(connect(served.server.httpPort()));
                String path = i % 2 == 0 ? "/events" : "/events/live?from=0";
                socket.getOutputStream()
                        .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
            }

            assertServes(served);
        }
    }

    @Test
    void who_announces_a_body_with_a_request_that_has_none_takes_nothing_from_those_who_append() throws Exception {
        try (ServedByHttp served = new ServedByHttp();
                Sockets followers = new Sockets()) {
            long bodyBytesMax = 2L * served.store.limits().appendBytesMax();
            String follow =
                    "GET /events/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + bodyBytesMax + "\r\n\r\n";
            for (long left = Runtime.getRuntime().maxMemory() / 8; left > 0; left -= bodyBytesMax) {
                Socket socket = followers.add(connect(served.server.httpPort()));
                socket.getOutputStream().write(follow.getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }

            assertServes(served);
        }
    }

    @Test
    void an_address_has_so_many_connections_at_each_door_and_gets_new_ones_when_old_ones_end() throws Exception {
        ServerOptions options = ServerOptions.DEFAULTS.withPorts(0, 0).withConnectionsOfAddressMax(3);
        try (EverfoldServer server = EverfoldServer.start(new InMemoryEventStore(), options)) {
            assertLimit(server.grpcPort(), HTTP2_SETTINGS, HostileClientsTest::readAcknowledgement);
            assertLimit(
                    server.httpPort(), LIVE, answer -> assertThat(answer.read()).isNotNegative());
        }
    }

    private static void assertLimit(int port, byte[] greeting, Answer answer) throws IOException {
        try (Sockets allowed = new Sockets()) {
            for (int i = 0; i < 3; i++) {
                Socket socket = allowed.add(connect(port));
                socket.getOutputStream().write(greeting);
                answer.read(new DataInputStream(socket.getInputStream()));
            }

            assertThat(isEnded(port, greeting, 20_000)).as("a fourth").isTrue();
        }
        while (isEnded(port, greeting, 300)) {
            Thread.onSpinWait();
        }
    }

    /// What shows that a connection is counted.
    @FunctionalInterface
    private interface Answer {
        void read(DataInputStream answer) throws IOException;
    }

    /// Reads frames of HTTP/2 until our settings are acknowledged. The server's own come as soon as
    /// it listens to us, before it counts.
    private static void readAcknowledgement(DataInputStream frames) throws IOException {
        boolean isAcknowledged = false;
        while (!isAcknowledged) {
            int bytes = (frames.readUnsignedByte() << 16) | frames.readUnsignedShort();
            int type = frames.readUnsignedByte();
            int flags = frames.readUnsignedByte();
            frames.skipNBytes(Integer.BYTES + bytes);
            isAcknowledged = type == SETTINGS_FRAME && (flags & ACKNOWLEDGED) != 0;
        }
    }

    /// Whether a new connection is ended within the time, whatever it was answered before.
    private static boolean isEnded(int port, byte[] greeting, int millis) {
        try (Socket socket = connect(port)) {
            socket.setSoTimeout(millis);
            socket.getOutputStream().write(greeting);
            socket.getInputStream().readAllBytes();
            return true;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /// Closed before the server is, which would wait for them.
    private record Sockets(List<Socket> sockets) implements AutoCloseable {

        Sockets() {
            this(new ArrayList<>());
        }

        Socket add(Socket socket) {
            sockets.add(socket);
            return socket;
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static void assertServes(ServedByHttp served) throws Exception {
        assertThat(served.get("/health/ready").statusCode()).isEqualTo(200);
        String large = "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/shop\",\"type\":\"order.placed\","
                + "\"subject\":\"order-19\",\"data\":\"" + "x".repeat(200_000) + "\"}";
        assertThat(served.post("/events", "application/cloudevents+json", large).statusCode())
                .isEqualTo(200);
        try (EventStore store = EventStores.open("everfold://localhost:" + served.server.grpcPort())) {
            long before = store.nextPosition();
            assertThat(store.append(Append.of(NewEvent.of("order-18", "order.placed", "{}")))
                            .fromPosition())
                    .isEqualTo(before);
        }
    }

    private static byte[] nonsense(Random random) {
        byte[] bytes = new byte[random.nextInt(2_000)];
        random.nextBytes(bytes);
        return bytes;
    }

    /// A connection that begins well, and then frames whose types, flags, streams and lengths are anything.
    private static byte[] frames(Random random) {
        byte[] bytes = new byte[HTTP2_SETTINGS.length + 400];
        random.nextBytes(bytes);
        System.arraycopy(HTTP2_SETTINGS, 0, bytes, 0, HTTP2_SETTINGS.length);
        int at = HTTP2_SETTINGS.length;
        while (at + 9 < bytes.length) {
            int length = random.nextInt(60);
            bytes[at] = 0;
            bytes[at + 1] = 0;
            bytes[at + 2] = (byte) length;
            bytes[at + 3] = (byte) random.nextInt(11);
            at += 9 + length;
        }
        return bytes;
    }

    private static int[] ports(ServedByHttp served) {
        return new int[] {served.server.grpcPort(), served.server.httpPort()};
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getByName("localhost"), port), 5_000);
        socket.setSoTimeout(20_000);
        return socket;
    }

    /// Sends and goes away, whatever comes back.
    private static void send(int port, byte[] bytes) throws IOException {
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(bytes);
        }
    }

    private static String answer(int port, String request) throws IOException {
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] begin = socket.getInputStream().readNBytes("HTTP/1.1 200 ".length());
            return new String(begin, StandardCharsets.US_ASCII);
        }
    }
}
