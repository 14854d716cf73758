package dev.everfold.eventsourcing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Folded states by stream; those that were not used for longest go first. Safe for many threads, which
/// meet only where their streams fall into one of 32 segments.
///
/// What it holds may be stale, and is then found out by the condition of the next append.
final class StateCache<S> {

    private static final int SEGMENTS_MAX = 32;

    private final List<Segment<S>> segments;

    /// @param entriesMax 0 = nothing is kept; the segments share it, so that one may be full before all are
    StateCache(int entriesMax) {
        if (entriesMax < 0) {
            throw new IllegalArgumentException("A cache of " + entriesMax + " states cannot be; expected 0 or more.");
        }
        int count = Math.min(SEGMENTS_MAX, entriesMax);
        segments = Stream.generate(() -> new Segment<S>(Math.ceilDiv(entriesMax, count)))
                .limit(count)
                .toList();
    }

    Optional<Folded<S>> get(String stream) {
        return segments.isEmpty() ? Optional.empty() : segment(stream).get(stream);
    }

    /// Keeps a state unless a newer one of the stream is there.
    void put(String stream, Folded<S> folded) {
        if (!segments.isEmpty()) {
            segment(stream).put(stream, folded);
        }
    }

    /// Forgets what is kept of a stream.
    void remove(String stream) {
        if (!segments.isEmpty()) {
            segment(stream).remove(stream);
        }
    }

    private Segment<S> segment(String stream) {
        int hash = stream.hashCode();
        return segments.get(Math.floorMod(hash ^ (hash >>> 16), segments.size()));
    }

    private static final class Segment<S> {

        /// Guarded by this.
        private final Map<String, Folded<S>> states;

        Segment(int entriesMax) {
            states = new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Folded<S>> eldest) {
                    return size() > entriesMax;
                }
            };
        }

        synchronized Optional<Folded<S>> get(String stream) {
            return Optional.ofNullable(states.get(stream));
        }

        synchronized void put(String stream, Folded<S> folded) {
            states.merge(stream, folded, (old, now) -> old.revision() > now.revision() ? old : now);
        }

        synchronized void remove(String stream) {
            states.remove(stream);
        }
    }
}
