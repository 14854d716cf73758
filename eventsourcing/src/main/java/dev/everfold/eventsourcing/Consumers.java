package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.EventConsumer;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What was started, by name. Safe for many threads.
final class Consumers implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Consumers.class.getName());

    /// Guarded by this.
    private final TreeMap<String, EventConsumer> running = new TreeMap<>();

    private boolean closed;

    private final List<Consumer<? super List<EventConsumer>>> watchers = new CopyOnWriteArrayList<>();

    /// Held while watchers are told, so that what they are told last is what is true. Not that of the map: a
    /// watcher may take locks under which others ask this.
    private final ReentrantLock telling = new ReentrantLock();

    /// @throws IllegalStateException when one of the name runs already, or all are closed
    <C extends EventConsumer> C add(String name, Supplier<C> start) {
        C started = started(name, start);
        tellWatchers();
        return started;
    }

    private synchronized <C extends EventConsumer> C started(String name, Supplier<C> start) {
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

    List<ConsumerStatus> status() {
        return running().stream().map(EventConsumer::status).toList();
    }

    private synchronized List<EventConsumer> running() {
        running.values().removeIf(each -> each.status().state() == ConsumerState.STOPPED);
        return List.copyOf(running.values());
    }

    /// Tells who runs, now and at each change, until the answer is closed.
    ConsumerWatch watch(Consumer<? super List<EventConsumer>> watcher) {
        watchers.add(watcher);
        tellWatchers();
        return () -> unwatch(watcher);
    }

    private void unwatch(Consumer<? super List<EventConsumer>> watcher) {
        telling.lock();
        try {
            watchers.remove(watcher);
        } finally {
            telling.unlock();
        }
    }

    /// To be called when the state of one may have become [ConsumerState#STOPPED].
    void tellWatchers() {
        if (watchers.isEmpty()) {
            return;
        }
        telling.lock();
        try {
            List<EventConsumer> now = running();
            watchers.removeIf(watcher -> !isTold(watcher, now));
        } finally {
            telling.unlock();
        }
    }

    private static boolean isTold(Consumer<? super List<EventConsumer>> watcher, List<EventConsumer> now) {
        try {
            watcher.accept(now);
            return true;
        } catch (RuntimeException failed) {
            LOG.log(Level.WARNING, "one that watches consumers failed and is left out", failed);
            return false;
        }
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
