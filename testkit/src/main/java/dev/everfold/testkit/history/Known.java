package dev.everfold.testkit.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The largest value that anyone knew at a time.
final class Known {

    private final List<Fact> facts;

    /// Something that is known from a time on.
    ///
    /// @param nanos the time
    /// @param value what is known to be reached
    /// @param source the call that shows it
    record Fact(long nanos, long value, ClientCall source) {}

    Known(List<Fact> inAnyOrder) {
        List<Fact> largest = new ArrayList<>(inAnyOrder);
        largest.sort(Comparator.comparingLong(Fact::nanos));
        for (int i = 1; i < largest.size(); i++) {
            Fact before = largest.get(i - 1);
            Fact fact = largest.get(i);
            if (before.value() > fact.value()) {
                largest.set(i, new Fact(fact.nanos(), before.value(), before.source()));
            }
        }
        this.facts = List.copyOf(largest);
    }

    /// The largest fact from before a time; empty when nothing was known.
    Optional<Fact> before(long nanos) {
        int low = 0;
        int high = facts.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (facts.get(middle).nanos() < nanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? Optional.empty() : Optional.of(facts.get(low - 1));
    }
}
