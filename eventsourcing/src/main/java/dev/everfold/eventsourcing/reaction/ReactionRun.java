package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.internal.Handling;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A reaction while one claim is in force: its timers, and the handling of a step. Steps are for one thread.
final class ReactionRun<E, S> implements AutoCloseable {

    /// Keys of one step that are handled at once.
    private static final int KEYS_AT_ONCE = 16;

    private final Reaction<E, S> reaction;
    private final Timers timers;
    private final Reacting<E, S> reacting;
    private final ExecutorService threads =
            Executors.newFixedThreadPool(KEYS_AT_ONCE, Thread.ofVirtual().factory());

    /// Owned by the thread of the loop.
    private boolean redriving;

    private ReactionRun(Reaction<E, S> reaction, EventStore store, Timers timers) {
        this.reaction = reaction;
        this.timers = timers;
        this.reacting = new Reacting<>(reaction, store, timers);
    }

    /// Finds what is pending, and begins to tell what is due.
    ///
    /// @param renewal called now and then meanwhile
    static <E, S> ReactionRun<E, S> start(Reaction<E, S> reaction, EventStore store, Clock clock, Runnable renewal) {
        Timers timers = new Timers(reaction.name(), store, clock);
        TimerScan.load(reaction, store, timers, renewal);
        timers.start();
        return new ReactionRun<>(reaction, store, timers);
    }

    /// Whether the events of the next step were parked before, so that later ones may be handled already.
    void redriving(boolean events) {
        redriving = events;
    }

    /// Handles the events of a step: those of one key in order, keys beside each other, so that a slow command
    /// holds up its own instance only until the step ends.
    void handle(List<RecordedEvent> events) {
        Map<String, List<Reacting.Told<E>>> byKey = new LinkedHashMap<>();
        for (RecordedEvent event : events) {
            Reacting.told(reaction, event)
                    .forEach((key, told) ->
                            byKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(told));
        }
        if (byKey.size() == 1) {
            byKey.forEach((key, told) -> handle(key, told, redriving));
            return;
        }
        List<Future<?>> all = new ArrayList<>();
        boolean redriven = redriving;
        byKey.forEach((key, told) ->
                all.add(threads.submit(Handling.elsewhere(Executors.callable(() -> handle(key, told, redriven))))));
        await(all);
    }

    private void handle(String key, List<Reacting.Told<E>> told, boolean redriven) {
        told.forEach(each -> reacting.handle(key, each, redriven));
    }

    /// Waits for all, and then throws the first failure: the step is not over while a part of it runs.
    private static void await(List<Future<?>> all) {
        Throwable failure = null;
        boolean interrupted = false;
        for (Future<?> each : all) {
            for (boolean done = false; !done; ) {
                try {
                    each.get();
                    done = true;
                } catch (InterruptedException again) {
                    interrupted = true;
                } catch (ExecutionException failed) {
                    done = true;
                    if (failure == null) {
                        failure = failed.getCause();
                    }
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        switch (failure) {
            case null -> {
                // All of it is handled.
            }
            case RuntimeException failed -> throw failed;
            case Error failed -> throw failed;
            default -> throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        timers.close();
        threads.close();
    }
}
