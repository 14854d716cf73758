package dev.everfold.kurrent.group;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Commands on their way to a group's thread, which takes them; any thread may put some. Whoever puts waits while it is
/// full, so a client that sends faster than the group works is slowed down.
final class Inbox {

    private static final int COMMANDS_MAX = 1_000;

    // Guarded by lock.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Queue<Command> commands = new ArrayDeque<>();
    private boolean isClosed;

    /// Adds a command, or waits until it can.
    ///
    /// @return false when nobody will take it
    boolean put(Command command) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (commands.size() >= COMMANDS_MAX && !isClosed) {
                moved.await();
            }
            return !isClosed && commands.add(command);
        } finally {
            lock.unlock();
        }
    }

    /// All that are there now.
    List<Command> takeAll() {
        lock.lock();
        try {
            List<Command> all = new ArrayList<>(commands);
            commands.clear();
            moved.signalAll();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more, unless something is there.
    ///
    /// @return whether it is closed
    boolean closeIfEmpty() {
        lock.lock();
        try {
            isClosed = isClosed || commands.isEmpty();
            return isClosed;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more.
    ///
    /// @return what nobody took
    List<Command> close() {
        lock.lock();
        try {
            isClosed = true;
            return takeAll();
        } finally {
            lock.unlock();
        }
    }
}
