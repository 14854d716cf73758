package dev.everfold.cli.bench;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// What is read: one half of the events lies in streams of 10, the other half in streams of 1000.
///
/// As in life, events of a stream do not lie side by side: a thousand short streams grow together, and all
/// long ones do. Short streams come first, so position and place in a stream are known by calculation.
///
/// @param shortStreams streams of 10 events, a multiple of 1000
/// @param longStreams streams of 1000 events
public record ReadData(int shortStreams, int longStreams) {

    static final int SHORT_EVENTS = 10;
    static final int LONG_EVENTS = 1_000;

    private static final int COHORT = 1_000;
    private static final int EVENTS_PER_APPEND = 100;
    private static final int LONG_PART = 10;
    private static final int PENDING_MAX = 256;
    private static final int EVENTS_AN_ID = 101;

    /// About so many events.
    public static ReadData ofEvents(int events) {
        int shortStreams = Math.max(events / 2 / SHORT_EVENTS / COHORT, 1) * COHORT;
        return new ReadData(shortStreams, Math.max(events / 2 / LONG_EVENTS, 1));
    }

    /// How many events it is.
    public int events() {
        return shortStreams * SHORT_EVENTS + longStreams * LONG_EVENTS;
    }

    /// Name of a stream of 10 events; numbers go round.
    public String shortStream(long number) {
        return "short-" + number % shortStreams;
    }

    /// Name of a stream of 1000 events; numbers go round.
    public String longStream(long number) {
        return "long-" + number % longStreams;
    }

    /// Position of an event of a short stream.
    long shortPosition(int stream, int revision) {
        int cohort = stream / COHORT;
        return ((long) cohort * SHORT_EVENTS + revision) * COHORT + stream % COHORT;
    }

    /// Position of an event of a long stream.
    long longPosition(int stream, int revision) {
        long part = (long) (revision / LONG_PART) * longStreams + stream;
        return (long) shortStreams * SHORT_EVENTS + part * LONG_PART + revision % LONG_PART;
    }

    /// Appends all of it to an empty store, as fast as the store takes it.
    ///
    /// @return ids of some of the events, from the whole length of the log
    public List<UUID> fill(EventStore store) {
        List<UUID> ids = new ArrayList<>();
        ArrayDeque<CompletableFuture<Appended>> pending = new ArrayDeque<>();
        List<NewEvent> events = new ArrayList<>(EVENTS_PER_APPEND);
        for (int position = 0; position < events(); position++) {
            NewEvent event = event(position);
            if (position % EVENTS_AN_ID == 0) {
                ids.add(event.id());
            }
            events.add(event);
            if (events.size() == EVENTS_PER_APPEND) {
                pending.add(store.appendAsync(Append.of(events)));
                events.clear();
            }
            if (pending.size() > PENDING_MAX) {
                pending.remove().join();
            }
        }
        pending.forEach(CompletableFuture::join);
        return ids;
    }

    /// The event that goes to this position.
    public NewEvent event(int position) {
        int shortEvents = shortStreams * SHORT_EVENTS;
        if (position < shortEvents) {
            int stream = position / (COHORT * SHORT_EVENTS) * COHORT + position % COHORT;
            return BenchEvents.event(shortStream(stream), "customer:" + stream % 997, position);
        }
        int stream = (position - shortEvents) / LONG_PART % longStreams;
        return BenchEvents.event(longStream(stream), "customer:" + stream % 997, position);
    }
}
