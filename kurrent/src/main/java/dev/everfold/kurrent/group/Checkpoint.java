package dev.everfold.kurrent.group;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// How far a group is; immutable. Places are revisions of its stream or positions of the log.
///
/// Every event before `head` is done, except the pending ones. So what a crash repeats is what was not acknowledged,
/// even when one message is retried for long while later ones are done.
///
/// @param generation of the group; one of another generation says nothing
/// @param head the first event that no client was given yet
/// @param pending places before `head` whose events are not done, and how often each was given again
record Checkpoint(long generation, long head, SortedMap<Long, Integer> pending) {

    Checkpoint {
        pending = Collections.unmodifiableSortedMap(new TreeMap<>(pending));
    }

    static Checkpoint at(long generation, long head) {
        return new Checkpoint(generation, head, new TreeMap<>());
    }

    /// The lowest event that is not done; every one before it is.
    long lowest() {
        return pending.isEmpty() ? head : Math.min(head, pending.firstKey());
    }
}
