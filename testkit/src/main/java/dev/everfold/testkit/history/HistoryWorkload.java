package dev.everfold.testkit.history;

import dev.everfold.eventstore.EventStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Concurrent clients that do everything with one store that clients do, from a seed.
///
/// They append to few streams with few tags, so that they are in each other's way: without conditions, with
/// expected revisions that may be stale, with boundaries that they read before, with tracked positions; to
/// several streams at once; the same again; and with an interruption, so that the outcome is unknown. In
/// between they read. What each client asks follows from the seed and from what it was told.
///
/// @param seed decides what is asked; two workloads on one store need different seeds, since ids follow
///     from it
/// @param clients how many, 1 or more
/// @param callsEach how many steps each client makes; a step is one call, or two
public record HistoryWorkload(long seed, int clients, int callsEach) {

    /// @throws IllegalArgumentException when there are no clients or no calls
    public HistoryWorkload {
        if (clients < 1 || callsEach < 1) {
            throw new IllegalArgumentException("A workload of " + clients + " clients with " + callsEach
                    + " calls does nothing; expected 1 or more of both.");
        }
    }

    /// Runs all clients in virtual threads and waits for them.
    ///
    /// @return what they did
    /// @throws InterruptedException when interrupted while waiting; the clients are interrupted too
    /// @throws AssertionError when a client failed with what no store may throw
    public History run(EventStore store) throws InterruptedException {
        List<MemoryJournal> journals = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                MemoryJournal journal = new MemoryJournal(name(client));
                journals.add(journal);
                int each = client;
                running.add(threads.submit(() -> runClient(each, new HistoryClient(store, journal))));
            }
            try {
                for (Future<?> client : running) {
                    client.get();
                }
            } catch (ExecutionException failed) {
                threads.shutdownNow();
                throw new AssertionError(
                        "A client of seed " + seed + " failed: " + failed.getCause(), failed.getCause());
            } catch (InterruptedException interrupted) {
                threads.shutdownNow();
                throw interrupted;
            }
        }
        return new History(
                journals.stream().flatMap(journal -> journal.calls().stream()).toList());
    }

    /// Runs one client in this thread, for a harness that has journals or processes of its own.
    ///
    /// @param index which client, 0 ≤ index < clients
    public void runClient(int index, HistoryClient client) {
        WorkloadClient workload = new WorkloadClient(client, seed * 1_000_003 + index);
        for (int step = 0; step < callsEach; step++) {
            workload.step();
        }
    }

    /// Name of a client, unlike those of other seeds.
    public String name(int index) {
        return "client " + index + " of seed " + seed;
    }
}
