package dev.everfold.eventsourcing.testing;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Ids that are the same in every run: 1, 2, 3 and so on, as UUIDs of version 7. Safe for many threads.
public final class FixedIds implements Supplier<UUID> {

    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final AtomicLong last = new AtomicLong();

    /// The next one.
    @Override
    public UUID get() {
        return id(last.incrementAndGet());
    }

    /// The id with this number, for example `00000000-0000-7000-8000-000000000001`.
    public static UUID id(long number) {
        return new UUID(VERSION_7, VARIANT | number);
    }
}
