package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.codec.EventCodec;

/// What a handler was told about its decider.
///
/// @param category of its streams; also the decider's name in snapshots
/// @param cacheEntries folded states that are kept; 0 = none
/// @param repeatedCompensation whether an event may be compensated more than once
record DeciderSettings<C, S, E>(
        String category,
        Decider<C, S, E> decider,
        EventCodec<E> codec,
        SnapshotSettings<S> snapshots,
        int cacheEntries,
        Retries retries,
        boolean repeatedCompensation) {

    private static final int CACHE_ENTRIES_DEFAULT = 10_000;

    DeciderSettings {
        if (category.isEmpty() || category.indexOf('-') >= 0) {
            throw new IllegalArgumentException("The category \"" + category
                    + "\" of a decider cannot be; expected a name without '-', for example \"account\".");
        }
        if (category.startsWith("$")) {
            throw new IllegalArgumentException(
                    "The category \"" + category + "\" of a decider begins with '$', which is"
                            + " kept for the system; expected another name, for example \"account\".");
        }
    }

    static <C, S, E> DeciderSettings<C, S, E> of(String category, Decider<C, S, E> decider, EventCodec<E> codec) {
        return new DeciderSettings<>(
                category,
                new CheckedDecider<>(category, decider),
                codec,
                SnapshotSettings.never(),
                CACHE_ENTRIES_DEFAULT,
                Retries.DEFAULTS,
                false);
    }

    DeciderSettings<C, S, E> withSnapshots(SnapshotSettings<S> other) {
        return new DeciderSettings<>(category, decider, codec, other, cacheEntries, retries, repeatedCompensation);
    }

    DeciderSettings<C, S, E> withCacheEntries(int entries) {
        return new DeciderSettings<>(category, decider, codec, snapshots, entries, retries, repeatedCompensation);
    }

    DeciderSettings<C, S, E> withRetries(Retries other) {
        return new DeciderSettings<>(category, decider, codec, snapshots, cacheEntries, other, repeatedCompensation);
    }

    DeciderSettings<C, S, E> withRepeatedCompensation() {
        return new DeciderSettings<>(category, decider, codec, snapshots, cacheEntries, retries, true);
    }
}
