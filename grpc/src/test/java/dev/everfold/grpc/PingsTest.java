package dev.everfold.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.grpc.service.GrpcServer;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A client that asks all the time whether the server is still there, in frames of HTTP/2: the clients of gRPC do not
/// ask as often as that, whatever they are told.
@Timeout(30)
class PingsTest {

    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int ENHANCE_YOUR_CALM = 11;

    @Test
    void pings_are_answered_and_a_connection_that_has_too_many_of_them_is_closed_and_told_so() throws Exception {
        try (EventStore store = new InMemoryEventStore();
                GrpcServer server =
                        GrpcServer.start(store, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            send(out, SETTINGS, new byte[0]);
            for (int i = 0; i < 4; i++) {
                send(out, PING, new byte[8]);
            }

            List<String> heard = new ArrayList<>();
            hear(new DataInputStream(socket.getInputStream()), heard);

            assertThat(heard).containsExactly("pong", "pong", "pong", "too_many_pings", "closed");
        }
    }

    private static void send(DataOutputStream out, int type, byte[] payload) throws IOException {
        out.writeInt(payload.length << 8 | type);
        out.writeByte(0);
        out.writeInt(0);
        out.write(payload);
        out.flush();
    }

    private static void hear(DataInputStream in, List<String> heard) throws IOException {
        try {
            while (true) {
                int lengthAndType = in.readInt();
                in.skipNBytes(5);
                byte[] payload = in.readNBytes(lengthAndType >>> 8);
                switch (lengthAndType & 0xff) {
                    case PING -> heard.add("pong");
                    case GOAWAY -> heard.add(reason(payload));
                    default -> {
                        // Settings and windows.
                    }
                }
            }
        } catch (EOFException | SocketException _) {
            // By a reset, where the server had not read all before it closed.
            heard.add("closed");
        }
    }

    private static String reason(byte[] goAway) {
        assertThat(goAway[7]).isEqualTo((byte) ENHANCE_YOUR_CALM);
        return new String(goAway, 8, goAway.length - 8, StandardCharsets.US_ASCII);
    }
}
