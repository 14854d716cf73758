package dev.everfold.log;

import dev.everfold.log.index.LogIndex;
import dev.everfold.log.segment.LogEnd;
import dev.everfold.log.segment.Segments;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.storage.Storage;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/// An open log: its parts, by what they hold, and how they are taken apart again.
record OpenLog(
        Storage storage,
        LogOptions options,
        StoreFile store,
        Segments segments,
        LogIndex index,
        Published published,
        Map<String, Long> tracked,
        ExecutorService background,
        Role role) {

    private static final System.Logger LOGGER = System.getLogger("dev.everfold.log");

    /// What moves the published position.
    sealed interface Role {}

    /// This process writes.
    record Writing(AppendQueue queue, LogWriter writer, Thread thread, LogDirectory directory, Answers answers)
            implements Role {}

    /// Another process may write.
    record Following(LogFollower follower) implements Role {}

    /// Drains what was accepted, says how the log ended, frees everything.
    void close() {
        // An interruption would close the files that this thread writes to.
        boolean interrupted = Thread.interrupted();
        try {
            if (role instanceof Writing writing) {
                finish(writing);
            }
        } catch (IOException | RuntimeException failure) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "store not marked as closed, it is recovered at the next opening dir=" + storage.description(),
                    failure);
        } finally {
            free();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void finish(Writing writing) throws IOException {
        writing.queue().close();
        index.stopWaiting();
        boolean interrupted = joinUninterruptibly(writing.thread());
        try {
            writing.directory().stop();
            if (writing.writer().failure() == null) {
                LogEnd end = writing.writer().end();
                index.flush(end.frames());
                Failpoint.STORE_CLOSING.pass();
                store.closed(end).write(storage);
            }
        } finally {
            writing.answers().close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void free() {
        published.close();
        index.close();
        terminate(background);
        try (storage) {
            segments.close();
        } catch (IOException failure) {
            LOGGER.log(System.Logger.Level.WARNING, "files not closed dir=" + storage.description(), failure);
        }
    }

    /// Waits for the work in the background, which stops at its next step: the lock must not be
    /// released while something may still write.
    static void terminate(ExecutorService background) {
        background.shutdown();
        boolean interrupted = false;
        boolean terminated = false;
        while (!terminated) {
            try {
                terminated = background.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for the end of a thread.
    ///
    /// @return whether this thread was interrupted meanwhile
    private static boolean joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        return interrupted;
    }
}
