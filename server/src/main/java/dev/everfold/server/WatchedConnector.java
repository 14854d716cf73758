package dev.everfold.server;

import dev.everfold.kurrent.Presence;
import io.grpc.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/// Accepts connections on which it can be seen that the client has left while its request is answered.
///
/// Of HTTP/1.1 Jetty reads nothing while it answers, so it comes to the end of what a client sent only afterwards. Who
/// asks here reads ahead, and what is found is kept for Jetty. A client that shuts down only what it sends counts as
/// gone, as with other servers. Who vanishes without closing the connection is not seen to be gone, as nothing comes.
final class WatchedConnector extends ServerConnector {

    /// Read ahead at most; a client that has sent as much is not watched until Jetty has taken it.
    private static final int AHEAD_BYTES_MAX = 4 << 10;

    WatchedConnector(Server server, ConnectionFactory http) {
        super(server, http);
    }

    WatchedConnector(Server server, SslContextFactory.Server tls, ConnectionFactory http) {
        super(server, tls, http);
    }

    /// The same handler, in a context in which reads can ask whether the client has left.
    static Handler watched(Handler handler) {
        return request -> {
            EndPoint outer = ServletContextRequest.getServletContextRequest(request.req())
                    .getConnectionMetaData()
                    .getConnection()
                    .getEndPoint();
            // With TLS, it is around the one that is meant.
            EndPoint inner = outer instanceof EndPoint.Wrapper wrapper ? wrapper.unwrap() : outer;
            Context of = inner instanceof Watched watched
                    ? Context.current().withValue(Presence.LEFT, watched::isLeft)
                    : Context.current();
            Context before = of.attach();
            try {
                handler.handle(request);
            } finally {
                of.detach(before);
            }
        };
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        Watched endPoint = new Watched(channel, selector, key);
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }

    /// One connection.
    private final class Watched extends SocketChannelEndPoint {

        // Guarded by lock: a TLS connection may also read when it writes.
        private final Object lock = new Object();
        private ByteBuffer ahead = BufferUtil.EMPTY_BUFFER;

        Watched(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            super(channel, selector, key, WatchedConnector.this.getScheduler());
        }

        /// Whether the client has closed the connection, or the connection is broken. Costs a system call.
        boolean isLeft() {
            synchronized (lock) {
                if (ahead.capacity() == 0) {
                    ahead = BufferUtil.allocate(AHEAD_BYTES_MAX);
                }
                int from = BufferUtil.flipToFill(ahead);
                try {
                    return ahead.hasRemaining() && getChannel().read(ahead) < 0;
                } catch (IOException broken) {
                    return true;
                } finally {
                    BufferUtil.flipToFlush(ahead, from);
                }
            }
        }

        @Override
        public int fill(ByteBuffer buffer) throws IOException {
            synchronized (lock) {
                if (!ahead.hasRemaining()) {
                    return super.fill(buffer);
                }
                notIdle();
                return BufferUtil.append(buffer, ahead);
            }
        }

        /// The selector does not know of what is here already.
        @Override
        protected void needsFillInterest() {
            synchronized (lock) {
                if (ahead.hasRemaining()) {
                    getExecutor().execute(getFillInterest()::fillable);
                    return;
                }
            }
            super.needsFillInterest();
        }
    }
}
