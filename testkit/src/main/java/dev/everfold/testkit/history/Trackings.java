package dev.everfold.testkit.history;

import dev.everfold.eventstore.Tracking;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/// Which append tracked which position of which source.
final class Trackings {

    private final Map<String, NavigableMap<Long, List<Attempts>>> stored = new HashMap<>();

    /// Of appends without events whose outcome is unknown: they leave no trace that tells.
    private final Set<Tracking> possible = new HashSet<>();

    Trackings(List<Attempts> appends) {
        for (Attempts attempts : appends) {
            attempts.append().tracking().ifPresent(tracking -> {
                if (attempts.fromPosition().isPresent()) {
                    stored.computeIfAbsent(tracking.source(), unseen -> new TreeMap<>())
                            .computeIfAbsent(tracking.position(), unseen -> new ArrayList<>())
                            .add(attempts);
                } else if (attempts.append().events().isEmpty() && !attempts.allRefused()) {
                    possible.add(tracking);
                }
            });
        }
    }

    /// By source, then by tracked position, every append that is stored.
    Map<String, NavigableMap<Long, List<Attempts>>> stored() {
        return stored;
    }

    /// The states in which this may be the source's tracked position; empty = it has none.
    Span mayBe(String source, OptionalLong position) {
        NavigableMap<Long, List<Attempts>> of = stored.getOrDefault(source, new TreeMap<>());
        if (position.isEmpty()) {
            return new Span(0, of.isEmpty() ? Long.MAX_VALUE : from(of.firstEntry()) + 1);
        }
        Map.Entry<Long, List<Attempts>> next = of.higherEntry(position.getAsLong());
        long to = next == null ? Long.MAX_VALUE : from(next) + 1;
        List<Attempts> here = of.get(position.getAsLong());
        if (here != null) {
            return new Span(here.getFirst().toPosition(), to);
        }
        return possible.contains(new Tracking(source, position.getAsLong())) ? new Span(0, to) : new Span(0, 0);
    }

    /// The states in which the source's tracked position lies below the given one, or may do so.
    Span mayRise(Tracking tracking) {
        NavigableMap<Long, List<Attempts>> of = stored.getOrDefault(tracking.source(), new TreeMap<>());
        Map.Entry<Long, List<Attempts>> reached = of.ceilingEntry(tracking.position());
        return new Span(0, reached == null ? Long.MAX_VALUE : from(reached) + 1);
    }

    private static long from(Map.Entry<Long, List<Attempts>> entry) {
        return entry.getValue().getFirst().fromPosition().orElseThrow();
    }
}
