package dev.everfold.grpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A wire between clients and a server that can be held in either direction, and cut.
final class Wiretap implements AutoCloseable {

    /// A direction that can be held.
    enum Direction {
        REQUESTS,
        ANSWERS
    }

    private final ServerSocket listening;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private final Set<Direction> held = ConcurrentHashMap.newKeySet();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int serverPort;

    Wiretap(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /// New connections go to another server.
    void leadTo(int port) {
        serverPort = port;
    }

    /// What is sent in this direction from now on does not arrive.
    void hold(Direction direction) {
        held.add(direction);
    }

    /// Cuts every connection, losing what is held; new ones are held no more.
    void cut() {
        for (Socket socket : sockets) {
            close(socket);
        }
        lock.lock();
        try {
            held.clear();
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                sockets.add(client);
                try {
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                    sockets.add(server);
                    Thread.ofVirtual().start(() -> copy(client, server, Direction.REQUESTS));
                    Thread.ofVirtual().start(() -> copy(server, client, Direction.ANSWERS));
                } catch (IOException nobodyThere) {
                    close(client);
                }
            }
        } catch (IOException closed) {
            cut();
        }
    }

    private void copy(Socket from, Socket to, Direction direction) {
        try (from;
                to) {
            InputStream input = from.getInputStream();
            OutputStream output = to.getOutputStream();
            byte[] buffer = new byte[8 << 10];
            for (int length = input.read(buffer); length >= 0; length = input.read(buffer)) {
                if (!awaitRelease(direction)) {
                    return;
                }
                output.write(buffer, 0, length);
            }
        } catch (IOException cut) {
            sockets.remove(from);
        }
    }

    /// Waits while the direction is held.
    ///
    /// @return false when it was held: what was sent is lost with the connection
    private boolean awaitRelease(Direction direction) {
        lock.lock();
        try {
            boolean lost = false;
            while (held.contains(direction)) {
                lost = true;
                released.awaitUninterruptibly();
            }
            return !lost;
        } finally {
            lock.unlock();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
    }
}
