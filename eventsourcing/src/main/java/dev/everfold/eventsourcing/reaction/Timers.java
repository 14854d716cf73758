package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.internal.Threads;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreClosedException;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Tells the log when the time of a timer has come, as an event that the loop handles in its turn: after what had
/// happened by then, also where the process was down. Whether the timer is still pending is decided there.
///
/// One thread; it waits for the next timer, and looks at the clock at least every 50 ms, since a clock may be set.
/// A clock that goes back fires nothing early and nothing twice: what was told is not told again by this process, and
/// a second telling by another means nothing. Safe for many threads.
final class Timers implements AutoCloseable {

    /// What is pending in all instances at most. With more, an event that would set another one fails before
    /// anything of it is recorded; instances that react at the same moment may go beyond it together.
    static final int PENDING_MAX = 1_000_000;

    private static final System.Logger LOG = System.getLogger(Timers.class.getName());
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final int APPEND_EVENTS_MAX = 500;

    private final String reaction;
    private final EventStore store;
    private final Clock clock;
    private final int pendingMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;

    // Guarded by the lock.
    private final TreeSet<Pending> waiting = new TreeSet<>(
            Comparator.comparing((Pending pending) -> pending.timer().due())
                    .thenComparing(Pending::key)
                    .thenComparing(pending -> pending.timer().name())
                    .thenComparingLong(pending -> pending.timer().setBy()));
    private final Map<String, Set<Pending>> byKey = new HashMap<>();
    private int pendingCount;
    private boolean closed;

    private record Pending(String key, Timer timer, UUID correlation) {}

    Timers(String reaction, EventStore store, Clock clock) {
        this(reaction, store, clock, PENDING_MAX);
    }

    Timers(String reaction, EventStore store, Clock clock, int pendingMax) {
        this.pendingMax = pendingMax;
        this.reaction = reaction;
        this.store = store;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("everfold-timers-" + reaction).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// How many are pending.
    int count() {
        lock.lock();
        try {
            return pendingCount;
        } finally {
            lock.unlock();
        }
    }

    /// Refuses what would set too many. Fewer timers of an instance than before are always possible.
    ///
    /// @param count how many of the instance would be pending
    /// @throws IllegalStateException when there are too many already
    void requireRoom(String key, int count) {
        lock.lock();
        try {
            int more = count - byKey.getOrDefault(key, Set.of()).size();
            if (more > 0 && pendingCount + more > pendingMax) {
                throw new IllegalStateException("Reaction \"" + reaction + "\" has " + pendingCount
                        + " pending timers and is to set " + more + " more; the limit is " + pendingMax
                        + ". Nothing was recorded. Let fewer be pending at once, or redrive the event when some have"
                        + " come due.");
            }
        } finally {
            lock.unlock();
        }
    }

    /// What is pending in an instance from now on. What was told already and is still there waits to be handled.
    void set(String key, Recorded<?> recorded) {
        set(key, recorded.timers(), recorded.correlation());
    }

    void set(String key, List<Timer> timers, UUID correlation) {
        lock.lock();
        try {
            Set<Pending> before = byKey.getOrDefault(key, Set.of());
            if (before.isEmpty() && timers.isEmpty()) {
                return;
            }
            Set<Pending> now = new HashSet<>();
            for (Timer timer : timers) {
                Pending pending = new Pending(key, timer, correlation);
                now.add(pending);
                if (!before.contains(pending)) {
                    waiting.add(pending);
                }
            }
            before.stream().filter(pending -> !now.contains(pending)).forEach(waiting::remove);
            pendingCount += now.size() - before.size();
            if (now.isEmpty()) {
                byKey.remove(key);
            } else {
                byKey.put(key, now);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (List<Pending> due = awaitDue(); !due.isEmpty(); due = awaitDue()) {
                tell(due);
            }
        } catch (InterruptedException | StoreClosedException ended) {
            LOG.log(Level.DEBUG, "timers ended reaction={0}", reaction);
        }
    }

    /// The next that are due, at most 500; none when closed.
    private List<Pending> awaitDue() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                Instant now = clock.instant();
                List<Pending> due = new ArrayList<>();
                while (!waiting.isEmpty()
                        && due.size() < APPEND_EVENTS_MAX
                        && !waiting.first().timer().due().isAfter(now)) {
                    due.add(waiting.removeFirst());
                }
                if (!due.isEmpty()) {
                    return due;
                }
                if (waiting.isEmpty()) {
                    changed.await();
                } else {
                    Duration left =
                            Duration.between(now, waiting.first().timer().due());
                    Duration wait = left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY;
                    boolean rung = changed.await(Math.max(1, wait.toNanos()), TimeUnit.NANOSECONDS);
                    LOG.log(Level.TRACE, "looking at the clock rung={0}", rung);
                }
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    /// A crash here leaves timers that are told and pending; the next process tells them again, and the second
    /// telling means nothing.
    ///
    /// A store may take fewer events at once than are due.
    private void tell(List<Pending> due) throws InterruptedException {
        List<NewEvent> events = due.stream()
                .map(pending -> ReactionEvents.due(reaction, pending.key(), pending.timer(), pending.correlation()))
                .toList();
        try {
            store.append(Append.of(events));
        } catch (StoreClosedException closedBelow) {
            throw closedBelow;
        } catch (RuntimeException failed) {
            if (failed instanceof LimitExceededException && due.size() > 1) {
                tell(due.subList(0, due.size() / 2));
                tell(due.subList(due.size() / 2, due.size()));
                return;
            }
            LOG.log(Level.WARNING, "timers not told, trying again reaction=" + reaction, failed);
            tellLater(due);
        }
    }

    private void tellLater(List<Pending> due) throws InterruptedException {
        lock.lock();
        try {
            due.stream()
                    .filter(pending ->
                            byKey.getOrDefault(pending.key(), Set.of()).contains(pending))
                    .forEach(waiting::add);
            long nanos = AFTER_FAILURE.toNanos();
            while (!closed && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Threads.awaitEnd(thread);
    }
}
