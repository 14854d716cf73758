package dev.everfold.eventsourcing.internal;

import java.util.concurrent.Callable;

/// For whom a thread handles events: a consumer that is paused or closed by its own handler must not wait for it.
public final class Handling {

    private static final ScopedValue<Object> CONSUMER = ScopedValue.newInstance();

    private Handling() {}

    /// Does something for a consumer.
    static void of(Object consumer, Runnable work) {
        ScopedValue.where(CONSUMER, consumer).run(work);
    }

    /// Whether this thread does something for this consumer.
    public static boolean isOf(Object consumer) {
        return CONSUMER.isBound() && CONSUMER.get().equals(consumer);
    }

    /// A part of what this thread does that is done by another one, for the same consumer.
    public static <T> Callable<T> elsewhere(Callable<T> part) {
        Object consumer = CONSUMER.get();
        return () -> ScopedValue.where(CONSUMER, consumer).call(part::call);
    }
}
