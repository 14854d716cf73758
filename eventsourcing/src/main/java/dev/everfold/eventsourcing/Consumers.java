package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.EventConsumer;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;

/// What was started, by name. Safe for many threads.
final class Consumers implements AutoCloseable {

    /// Guarded by this.
    private final TreeMap<String, EventConsumer> running = new TreeMap<>();

    private boolean closed;

    /// @throws IllegalStateException when one of the name runs already, or all are closed
    synchronized <C extends EventConsumer> C add(String name, Supplier<C> start) {
        if (closed) {
            throw new IllegalStateException("Consumer \"" + name + "\" was not started: this Everfold is closed.");
        }
        EventConsumer there = running.get(name);
        if (there != null && there.status().state() != ConsumerState.STOPPED) {
            throw new IllegalStateException("Consumer \"" + name + "\" runs here already; expected a name of its own."
                    + " Close the other one first.");
        }
        C started = start.get();
        running.put(name, started);
        return started;
    }

    synchronized List<ConsumerStatus> status() {
        running.values().removeIf(each -> each.status().state() == ConsumerState.STOPPED);
        return running.values().stream().map(EventConsumer::status).toList();
    }

    @Override
    public void close() {
        List<EventConsumer> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(running.values());
        }
        all.forEach(EventConsumer::close);
    }
}
