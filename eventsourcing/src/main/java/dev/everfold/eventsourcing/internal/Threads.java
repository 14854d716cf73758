package dev.everfold.eventsourcing.internal;

/// Waiting for threads.
public final class Threads {

    private Threads() {}

    /// Waits until a thread has ended, also where the caller is interrupted; it stays
    /// interrupted. What it works on may be closed next.
    public static void awaitEnd(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
