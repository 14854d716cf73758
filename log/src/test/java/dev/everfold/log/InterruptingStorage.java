package dev.everfold.log;

import dev.everfold.log.storage.Storage;

/// Interrupts the thread that made it, before its call number so and so of a storage or of a file.
///
/// Threads of the engine's own are left alone: nobody else can interrupt them.
final class InterruptingStorage extends CountedStorage {

    private final int at;
    private final Thread victim = Thread.currentThread();

    // Owned by the victim.
    private int calls;
    private boolean interrupted;

    InterruptingStorage(Storage storage, int at) {
        super(storage);
        this.at = at;
    }

    /// How many calls the thread has made.
    int calls() {
        return calls;
    }

    boolean hasInterrupted() {
        return interrupted;
    }

    @Override
    void count() {
        if (Thread.currentThread() == victim && calls++ == at) {
            interrupted = true;
            victim.interrupt();
        }
    }
}
