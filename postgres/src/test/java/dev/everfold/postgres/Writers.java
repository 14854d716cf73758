package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Threads that append until they are told to end, and keep what they were told.
final class Writers implements AutoCloseable {

    private final EventStore store;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();
    final Map<UUID, Long> acknowledged = new ConcurrentHashMap<>();
    final ConcurrentLinkedQueue<Append> unknown = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Append> notStored = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Throwable> surprises = new ConcurrentLinkedQueue<>();
    final AtomicInteger refusals = new AtomicInteger();

    Writers(EventStore store, int count) {
        this.store = store;
        for (int i = 0; i < count; i++) {
            int number = i;
            threads.add(Thread.ofVirtual().start(() -> write(number)));
        }
    }

    private void write(int writer) {
        for (int i = 0; !ended.get(); i++) {
            NewEvent event = NewEvent.of("writer-" + writer, "noted", "{\"number\":" + i + "}")
                    .withTags("writer:" + writer, "common");
            Append append = Append.of(event, NewEvent.of("common-1", "noted", "{}"));
            try {
                Appended appended = store.append(append);
                acknowledged.put(event.id(), appended.fromPosition());
            } catch (EventStoreException failure) {
                refusals.incrementAndGet();
                if (failure.stored() == Stored.UNKNOWN) {
                    unknown.add(append);
                } else {
                    notStored.add(append);
                }
                if (!failure.retryable()) {
                    surprises.add(failure);
                    return;
                }
            }
        }
    }

    /// Waits until so many more appends were acknowledged.
    void awaitMore(int appends) {
        int target = acknowledged.size() + appends;
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (acknowledged.size() < target && System.nanoTime() < deadline && surprises.isEmpty()) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(surprises).isEmpty();
        assertThat(acknowledged.size()).as("acknowledged appends").isGreaterThanOrEqualTo(target);
    }

    @Override
    public void close() {
        ended.set(true);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Every acknowledged append is there once, at its place; nothing that was said not to be stored is; what was
    /// unknown is settled by a repeat; positions have no gaps.
    void check(EventStore now) {
        for (Append append : unknown) {
            Appended settled = now.append(append);
            acknowledged.put(append.events().getFirst().id(), settled.fromPosition());
        }
        Map<UUID, Long> there = new HashMap<>();
        List<Long> twice = new ArrayList<>();
        long next = 0;
        for (RecordedEvent event : now.read(Read.all()).toList()) {
            assertThat(event.position()).isEqualTo(next++);
            if (event.stream().startsWith("writer-") && there.put(event.id(), event.position()) != null) {
                twice.add(event.position());
            }
        }
        assertThat(twice).isEmpty();
        assertThat(surprises).isEmpty();
        assertThat(there).containsAllEntriesOf(acknowledged);
        for (Append append : notStored) {
            assertThat(there).doesNotContainKey(append.events().getFirst().id());
        }
    }
}
