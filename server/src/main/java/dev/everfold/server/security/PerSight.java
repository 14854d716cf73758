package dev.everfold.server.security;

import java.util.Map;
import java.util.function.Function;

/// One of something for all who see the same, so that nobody learns of what others see. Of the sights that were asked
/// for last it is kept; safe for use by many threads.
public final class PerSight<V> {

    private static final int SIGHTS_MAX = 64;

    private final Function<Sight, V> make;

    // Guarded by this.
    private final Map<Sight, V> made = new LastUsed<>(SIGHTS_MAX);

    /// @param make makes one, at once
    public PerSight(Function<Sight, V> make) {
        this.make = make;
    }

    /// The one of those who see this.
    public synchronized V of(Sight sight) {
        return made.computeIfAbsent(sight, make);
    }
}
