package dev.everfold.eventsourcing;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// One command at a time for each stream, in the order of arrival; streams do not wait for each other.
///
/// Correctness does not rest on it: that is the append's condition. It keeps the commands of one process
/// from refusing each other, so that each append of a busy stream is of use.
final class Lanes {

    private final ConcurrentHashMap<String, Lane> lanes = new ConcurrentHashMap<>();
    private final Duration waitMax;

    Lanes(Duration waitMax) {
        this.waitMax = waitMax;
    }

    /// Waits for the commands that came before; close the lane to let the next one in.
    ///
    /// @throws CommandNotHandledException when the thread is interrupted (its flag is set again), or when
    ///     its turn does not come in time
    Lane enter(String stream) {
        Lane lane = lanes.compute(stream, (name, there) -> {
            Lane joined = there == null ? new Lane(name) : there;
            joined.users++;
            return joined;
        });
        // A try without a time would overtake those that wait, and who leaves often comes back at once.
        if (lane.lock.hasQueuedThreads() || !lane.lock.tryLock()) {
            boolean entered = false;
            try {
                entered = lane.lock.tryLock(TimeUnit.NANOSECONDS.convert(waitMax), TimeUnit.NANOSECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw CommandNotHandledException.interrupted(stream, interrupted);
            } finally {
                if (!entered) {
                    lane.leave();
                }
            }
            if (!entered) {
                throw CommandNotHandledException.waitedTooLong(stream, waitMax);
            }
        }
        return lane;
    }

    /// How many streams have a command in work or waiting.
    int count() {
        return lanes.size();
    }

    /// The turn of one command.
    final class Lane implements AutoCloseable {

        private final String stream;
        private final ReentrantLock lock = new ReentrantLock(true);

        /// Guarded by the map's entry.
        private int users;

        private Lane(String stream) {
            this.stream = stream;
        }

        @Override
        public void close() {
            lock.unlock();
            leave();
        }

        private void leave() {
            lanes.compute(stream, (_, there) -> --users == 0 ? null : there);
        }
    }
}
