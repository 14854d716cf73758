package dev.everfold.eventsourcing.projection;

import dev.everfold.eventsourcing.internal.ConsumerLoop;
import dev.everfold.eventsourcing.internal.ConsumerSource;
import dev.everfold.eventsourcing.internal.Handling;
import dev.everfold.eventsourcing.internal.Threads;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What fills the builds of a projection in this process: the main one, which serves or is to, and one that is made
/// beside it and takes its place. Safe for many threads.
final class BuildRuns<T> implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(RunningProjection.class.getName());

    private final Projection<T> projection;
    private final ReadModel<T> model;
    private final ConsumerSource.Shared shared;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rebuilt = lock.newCondition();

    // Guarded by the lock.
    private BuildRun<T> main;
    private @Nullable Next<T> next;

    /// What there was to be filled when it was looked last; null before.
    private @Nullable BuildChoice chosen;

    /// Of the newest build that was filled here and serves, which may be newer than what was chosen.
    private long servedNumber = -1;

    private boolean closed;
    private boolean paused;

    /// Deletes what a build has replaced.
    private volatile @Nullable Thread retiring;

    /// A build that is made beside the one that serves, and what fills it.
    private record Next<T>(Build build, BuildRun<T> run) {}

    BuildRuns(Projection<T> projection, ReadModel<T> model, ConsumerSource.Shared shared) {
        this.projection = projection;
        this.model = model;
        this.shared = shared;
        this.main = new BuildRun<>(this, projection, model, shared, this::chooseMain, this::replaced, this::ended);
    }

    /// What fills the build that serves, or is to.
    BuildRun<T> main() {
        lock.lock();
        try {
            return main;
        } finally {
            lock.unlock();
        }
    }

    private Optional<Build> chooseMain() {
        BuildChoice choice = BuildChoice.of(projection, model);
        requirePartitions(choice.main());
        choice.next().ifPresent(this::fill);
        chosen(choice);
        return Optional.of(choice.main());
    }

    private void chosen(BuildChoice choice) {
        lock.lock();
        try {
            chosen = choice;
            rebuilt.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The main build serves now.
    private void replaced(Build served) {
        lock.lock();
        try {
            servedNumber = Math.max(servedNumber, served.number());
            rebuilt.signalAll();
        } finally {
            lock.unlock();
        }
        retireOthers(served);
    }

    private void requirePartitions(Build build) {
        if (build.partitions() != projection.partitions()) {
            throw new IllegalStateException("Projection \"" + projection.name() + "\" has " + projection.partitions()
                    + " partitions here, but its version " + build.version() + " was built with "
                    + build.partitions() + ". Raise its version.");
        }
    }

    /// Fills a build beside the main one, unless one is filled already.
    void fill(Build build) {
        lock.lock();
        try {
            if (closed
                    || (next != null
                            && next.build().number() >= build.number()
                            && !next.run().hasFailed())) {
                return;
            }
            if (next != null) {
                // What was next has failed, or serves already, or is gone: a build is only made when there is none
                // to go on with.
                next.run().closeSoon();
            }
            BuildRun<T> run = new BuildRun<>(
                    this, projection, model, shared, () -> chooseNext(build), this::takeOver, this::ended);
            next = new Next<>(build, run);
        } finally {
            lock.unlock();
        }
    }

    /// What the loops of a build that was next are to fill: that build, and once it serves, what any main loop
    /// does.
    private Optional<Build> chooseNext(Build build) {
        boolean isNext;
        lock.lock();
        try {
            isNext = next != null && build.equals(next.build());
        } finally {
            lock.unlock();
        }
        return isNext ? stillThere(build) : chooseMain();
    }

    private Optional<Build> stillThere(Build build) {
        Optional<Build> found = model.builds(projection.name()).stream()
                .filter(there -> there.number() == build.number())
                .findFirst();
        if (found.isEmpty()) {
            abandon(build);
        } else if (found.get().serving()) {
            // Another process has filled it, or this one before it was chosen here from what was there then.
            takeOver(build);
        }
        return found;
    }

    /// The next build was deleted or damaged, so there is nothing to wait for any more.
    private void abandon(Build build) {
        lock.lock();
        try {
            if (next != null && build.equals(next.build())) {
                LOG.log(Level.WARNING, "build is gone projection={0} number={1}", projection.name(), build.number());
                next.run().closeSoon();
                next = null;
                rebuilt.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The next build serves now. Its loops go on as the main ones; those of the build before meet the end of
    /// theirs.
    private void takeOver(Build served) {
        BuildRun<T> before;
        lock.lock();
        try {
            if (next == null || next.build().number() != served.number()) {
                // Each partition of a build tells that it serves.
                return;
            }
            before = main;
            main = next.run();
            next = null;
            servedNumber = Math.max(servedNumber, served.number());
            if (paused) {
                main.loops().forEach(ConsumerLoop::pauseSoon);
            }
            rebuilt.signalAll();
        } finally {
            lock.unlock();
        }
        // Not by this thread, which is one of those that others may be waiting for.
        Runnable retire = () -> {
            before.close();
            retireOthers(served);
        };
        retiring =
                Thread.ofVirtual().name("everfold-retire-" + projection.name()).start(retire);
    }

    private void retireOthers(Build served) {
        try {
            for (Build other : model.builds(projection.name())) {
                if (!other.serving() && other.number() < served.number()) {
                    model.drop(other);
                }
            }
            model.dropRetired(projection.name());
        } catch (RuntimeException failed) {
            LOG.log(Level.WARNING, "old build not deleted projection=" + projection.name(), failed);
        }
    }

    /// How the main build does, and what fails in one that is made beside it.
    ConsumerStatus status() {
        BuildRun<T> filling;
        Next<T> beside;
        lock.lock();
        try {
            filling = main;
            beside = next;
        } finally {
            lock.unlock();
        }
        ConsumerStatus status = PartitionsStatus.of(projection.name(), filling.status());
        return beside == null
                ? status
                : PartitionsStatus.withBeside(
                        status,
                        beside.build(),
                        PartitionsStatus.of(projection.name(), beside.run().status()));
    }

    /// How far the build is that is made beside the one that serves; empty when there is none.
    Optional<Rebuild> rebuilding() {
        lock.lock();
        try {
            Optional<Build> build = next != null ? Optional.of(next.build()) : replacing();
            ConsumerStatus sum = PartitionsStatus.of(projection.name(), making().status());
            return build.map(
                    made -> Rebuild.of(made, sum.position(), shared.store().nextPosition(), sum.eventsPerSecond()));
        } finally {
            lock.unlock();
        }
    }

    /// Whether the main build is not what is read, since another one, of a lower version, serves until it is made.
    boolean isReplacing() {
        lock.lock();
        try {
            return replacing().isPresent();
        } finally {
            lock.unlock();
        }
    }

    /// Guarded by the lock.
    private Optional<Build> replacing() {
        return Optional.ofNullable(chosen)
                .filter(BuildChoice::replaces)
                .map(BuildChoice::main)
                .filter(main -> main.number() > servedNumber);
    }

    /// What makes a build, or would. Guarded by the lock.
    private BuildRun<T> making() {
        return next == null ? main : next.run();
    }

    /// Waits until no build is made beside the one that serves.
    ///
    /// @return false when the time ran out before
    /// @throws IllegalStateException when what makes it has ended, or ends while waiting, and says why
    boolean awaitRebuilt(Duration timeout) throws InterruptedException {
        return await(() -> chosen != null && next == null && replacing().isEmpty(), timeout);
    }

    /// Waits until the main build is what is read.
    ///
    /// @return false when the time ran out before
    /// @throws IllegalStateException when what makes it has ended, or ends while waiting, and says why
    boolean awaitReplaced(Duration timeout) throws InterruptedException {
        return await(() -> replacing().isEmpty(), timeout);
    }

    private boolean await(BooleanSupplier isMade, Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long nanos = TimeUnit.NANOSECONDS.convert(timeout);
            while (!isMade.getAsBoolean()) {
                making().requireRunning();
                if (nanos <= 0) {
                    return false;
                }
                nanos = rebuilt.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// One that makes a build has ended, so whoever waits for the build looks again.
    private void ended() {
        lock.lock();
        try {
            rebuilt.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// A build that takes the place of the main one rests too.
    BuildRun<T> paused(boolean paused) {
        lock.lock();
        try {
            this.paused = paused;
            return main;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        Next<T> other;
        lock.lock();
        try {
            closed = true;
            other = next;
        } finally {
            lock.unlock();
        }
        if (other != null) {
            other.run().close();
        }
        main().close();
        awaitRetired();
    }

    /// It waits for loops, so none of their handlers waits for it.
    private void awaitRetired() {
        Thread last = retiring;
        if (last != null && !Handling.isOf(this)) {
            Threads.awaitEnd(last);
        }
    }
}
