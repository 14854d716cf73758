package dev.everfold.eventsourcing.projection;

import dev.everfold.eventsourcing.internal.ConsumerLoop;
import dev.everfold.eventsourcing.internal.ConsumerSource;
import dev.everfold.eventsourcing.internal.NotHereException;
import dev.everfold.eventsourcing.internal.Threads;
import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.EventConsumer;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A projection at work: it keeps the build that serves up to date, and builds another one beside it when told to or
/// when its version is higher than the one that serves. Safe for many threads.
public final class RunningProjection<T> implements EventConsumer {

    private static final System.Logger LOG = System.getLogger(RunningProjection.class.getName());

    /// How long to wait before a model is asked that another process fills; twice as long each time.
    private static final Duration POLL_MIN = Duration.ofMillis(5);

    private static final Duration POLL_MAX = POLL_MIN.multipliedBy(8);

    private final Projection<T> projection;
    private final ReadModel<T> model;
    private final ConsumerSource.Shared shared;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rebuilt = lock.newCondition();

    // Guarded by the lock.
    private BuildRun<T> main;
    private @Nullable Next<T> next;

    /// The build of the main one while another, of a lower version, serves.
    private @Nullable Build replacing;

    /// Of the newest build that was filled here and serves: a choice from before that is out of date.
    private long servedNumber = -1;

    private boolean closed;
    private boolean paused;

    /// Whether it has looked what there is to be built.
    private boolean hasChosen;

    /// Deletes what a build has replaced.
    private volatile @Nullable Thread retiring;

    /// A build that is made beside the one that serves, and what fills it.
    private record Next<T>(Build build, BuildRun<T> run) {}

    private RunningProjection(Projection<T> projection, ReadModel<T> model, ConsumerSource.Shared shared) {
        this.projection = projection;
        this.model = model;
        this.shared = shared;
        this.main = new BuildRun<>(projection, model, shared, this::chooseMain, this::replaced, this::ended);
    }

    /// Starts a projection. An application calls [dev.everfold.eventsourcing.Everfold#start].
    public static <T> RunningProjection<T> start(
            Projection<T> projection, ReadModel<T> model, ConsumerSource.Shared shared) {
        return new RunningProjection<>(projection, model, shared);
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
            hasChosen = true;
            boolean isReplacing = choice.replaces() && choice.main().number() > servedNumber;
            replacing = isReplacing ? choice.main() : null;
            rebuilt.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The main build serves now.
    private void replaced(Build served) {
        lock.lock();
        try {
            servedNumber = served.number();
            replacing = null;
            rebuilt.signalAll();
        } finally {
            lock.unlock();
        }
        retireOthers(served);
    }

    private boolean isReplacing() {
        lock.lock();
        try {
            return replacing != null;
        } finally {
            lock.unlock();
        }
    }

    private void requirePartitions(Build build) {
        if (build.partitions() != projection.partitions()) {
            throw new IllegalStateException("Projection \"" + projection.name() + "\" has " + projection.partitions()
                    + " partitions here, but its version " + build.version() + " was built with "
                    + build.partitions() + ". Raise its version.");
        }
    }

    private void fill(Build build) {
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
            BuildRun<T> run =
                    new BuildRun<>(projection, model, shared, () -> chooseNext(build), this::takeOver, this::ended);
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
            servedNumber = served.number();
            replacing = null;
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

    /// Builds the model anew beside the one that serves, which goes on; then the new one takes its place, all at
    /// once, and the old one is deleted. A process that is killed meanwhile goes on with it when it is started
    /// again. Does nothing when a build is being made already; one that was ended by a failure goes on.
    ///
    /// @return what is being built
    public Rebuild rebuild() {
        long serving = serving().map(Build::number).orElse(0L);
        Build build = model.create(projection.name(), projection.version(), projection.partitions(), serving);
        fill(build);
        return Rebuild.of(build, build.position(), shared.store().nextPosition(), 0);
    }

    /// How far the build is that is made beside the one that serves; empty when there is none.
    public Optional<Rebuild> rebuilding() {
        lock.lock();
        try {
            Build build = next != null ? next.build() : replacing;
            if (build == null) {
                return Optional.empty();
            }
            BuildRun<T> run = next != null ? next.run() : main;
            ConsumerStatus sum = PartitionsStatus.of(name(), run.status());
            return Optional.of(Rebuild.of(build, sum.position(), shared.store().nextPosition(), sum.eventsPerSecond()));
        } finally {
            lock.unlock();
        }
    }

    /// Waits until no build is being made beside the one that serves.
    ///
    /// @return false when the time ran out before
    /// @throws InterruptedException when the thread was interrupted while it waited
    /// @throws IllegalStateException when what builds it has ended, or ends while waiting, and says why
    public boolean awaitRebuilt(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long nanos = TimeUnit.NANOSECONDS.convert(timeout);
            while (!isRebuilt()) {
                (next == null ? main : next.run()).requireRunning();
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

    private boolean isRebuilt() {
        return hasChosen && next == null && replacing == null;
    }

    /// Empties the model and fills it again from the first event; readers see it grow. Needs the least room.
    ///
    /// @throws IllegalStateException when the projection does not run here, but in another process or not at all
    public void rebuildInPlace() {
        main().loops().getFirst().restart(claim -> ((ModelClaim) claim).reset());
    }

    private BuildRun<T> main() {
        lock.lock();
        try {
            return main;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String name() {
        return projection.name();
    }

    /// Of all partitions: sums, the lowest position, and the state of the one that needs attention most.
    @Override
    public ConsumerStatus status() {
        return PartitionsStatus.of(name(), main().status());
    }

    /// Also while another process runs the projection, or while a build of a higher version is made here and the
    /// one before is read: then the read model is asked, after 5 milliseconds and ever less often, up to every 40.
    @Override
    public boolean awaitHandled(long position, Duration timeout) throws InterruptedException {
        Duration left = Duration.ofNanos(TimeUnit.NANOSECONDS.convert(timeout));
        Instant end = shared.clock().instant().plus(left);
        Duration poll = POLL_MIN;
        while (true) {
            BuildRun<T> run = main();
            boolean elsewhere = isReplacing()
                    || PartitionsStatus.of(name(), run.status()).state() == ConsumerState.WAITING_FOR_CLAIM;
            Duration look = elsewhere ? shorter(poll, left) : left;
            try {
                if (run.awaitHandled(position, look) && awaitReplaced(look)) {
                    return true;
                }
            } catch (IllegalStateException ended) {
                if (run == main()) {
                    throw ended;
                }
                // Another build has taken its place.
                continue;
            }
            if (elsewhere && servingPosition() > position) {
                return true;
            }
            // By what was waited, since a clock may be set back, and by the clock, since asking takes time too.
            left = shorter(left.minus(look), Duration.between(shared.clock().instant(), end));
            if (!left.isPositive()) {
                return false;
            }
            poll = poll.compareTo(POLL_MAX) < 0 ? poll.multipliedBy(2) : POLL_MAX;
        }
    }

    /// Waits until what is filled here is what is read.
    private boolean awaitReplaced(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long nanos = TimeUnit.NANOSECONDS.convert(timeout);
            while (replacing != null) {
                main.requireRunning();
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

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Optional<Build> serving() {
        return model.builds(projection.name()).stream().filter(Build::serving).findFirst();
    }

    /// 0 also while the model cannot be asked: who waits goes on waiting.
    private long servingPosition() {
        try {
            return serving().map(Build::position).orElse(0L);
        } catch (RuntimeException failed) {
            if (!model.isTransient(failed)) {
                throw failed;
            }
            return 0;
        }
    }

    @Override
    public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
        return awaitHandled(shared.store().nextPosition() - 1, timeout);
    }

    @Override
    public void pause() {
        paused(true).loops().forEach(ConsumerLoop::pause);
    }

    @Override
    public void resume() {
        paused(false).loops().forEach(ConsumerLoop::resume);
    }

    /// A build that takes the place of the main one rests too.
    private BuildRun<T> paused(boolean paused) {
        lock.lock();
        try {
            this.paused = paused;
            return main;
        } finally {
            lock.unlock();
        }
    }

    /// What is parked in the partitions that run here, by position.
    ///
    /// @throws IllegalStateException when none of them does
    @Override
    public List<ParkedEvent> parked() {
        List<ParkedEvent> all = new ArrayList<>();
        List<NotHereException> elsewhere = new ArrayList<>();
        List<ConsumerLoop> loops = main().loops();
        for (ConsumerLoop loop : loops) {
            try {
                all.addAll(loop.parked());
            } catch (NotHereException notHere) {
                elsewhere.add(notHere);
            }
        }
        if (elsewhere.size() == loops.size()) {
            throw elsewhere.getFirst();
        }
        all.sort(Comparator.comparingLong(ParkedEvent::position));
        return List.copyOf(all);
    }

    /// As of all consumers, where the partition of the key runs here.
    @Override
    public int redrive(String key) {
        return main().loopOf(key).redrive(key);
    }

    /// As of all consumers, where the partition of the key runs here.
    @Override
    public int discard(String key) {
        return main().loopOf(key).discard(key);
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

    private void awaitRetired() {
        Thread last = retiring;
        if (last != null) {
            Threads.awaitEnd(last);
        }
    }
}
