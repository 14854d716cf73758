package dev.everfold.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.SelectorManager;

/// Ends connections of an address that has too many.
///
/// It holds what is connected, and nothing of others.
final class AddressLimit implements SelectorManager.AcceptListener {

    private final int max;
    private final ConcurrentHashMap<SelectableChannel, InetAddress> connections = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<InetAddress, Integer> counts = new ConcurrentHashMap<>();

    AddressLimit(int max) {
        this.max = max;
    }

    @Override
    public void onAccepting(SelectableChannel channel) {
        try {
            if (channel instanceof SocketChannel socket
                    && socket.getRemoteAddress() instanceof InetSocketAddress peer
                    && !count(channel, peer.getAddress())) {
                channel.close();
            }
        } catch (IOException gone) {
            uncount(channel);
        }
    }

    private boolean count(SelectableChannel channel, InetAddress address) {
        boolean[] counted = {false};
        counts.compute(address, (_, before) -> {
            int count = before == null ? 0 : before;
            counted[0] = count < max;
            return counted[0] ? Integer.valueOf(count + 1) : before;
        });
        if (counted[0]) {
            connections.put(channel, address);
        }
        return counted[0];
    }

    private void uncount(SelectableChannel channel) {
        InetAddress address = connections.remove(channel);
        if (address != null) {
            counts.computeIfPresent(address, (_, count) -> count == 1 ? null : Integer.valueOf(count - 1));
        }
    }

    @Override
    public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
        uncount(channel);
    }

    @Override
    public void onClosed(SelectableChannel channel) {
        uncount(channel);
    }
}
