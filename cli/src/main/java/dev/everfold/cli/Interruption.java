package dev.everfold.cli;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/// Whether the user has asked the command to end. Commands look at it between their steps, so that no
/// step is broken off in the middle: a thread that is interrupted while it reads a file would close the
/// file under the store.
final class Interruption {

    private static final int END_SECONDS_MAX = 10;

    private final CountDownLatch requests = new CountDownLatch(1);
    private volatile int endSecondsMax = END_SECONDS_MAX;

    void request() {
        requests.countDown();
    }

    boolean isRequested() {
        return requests.getCount() == 0;
    }

    /// Waits until it is requested, for commands that have nothing else to do.
    void await() throws InterruptedException {
        requests.await();
    }

    /// What is done before anything was changed, such as to wait for an input, and may be broken off at any
    /// point: a request ends the process at once.
    <T> T breakingOff(Work<T> work) throws IOException {
        int before = endSecondsMax;
        endSecondsMax = 0;
        try {
            return work.run();
        } finally {
            endSecondsMax = before;
        }
    }

    /// Something that waits for the outside.
    interface Work<T> {
        T run() throws IOException;
    }

    /// Says how long the command may take to come to its end, where that is not 10 s.
    void allowSeconds(int seconds) {
        endSecondsMax = seconds;
    }

    /// How long the command may take to come to its end.
    int endSecondsMax() {
        return endSecondsMax;
    }

    /// Ends the command when it was asked to.
    void check() {
        if (isRequested()) {
            throw new CommandException(ExitCode.INTERRUPTED, "interrupted");
        }
    }
}
