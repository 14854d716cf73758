package dev.everfold.eventsourcing.projection;

import dev.everfold.eventsourcing.internal.ConsumerLoop;
import dev.everfold.eventsourcing.internal.ConsumerSource;
import dev.everfold.eventsourcing.internal.NotHereException;
import dev.everfold.eventsourcing.internal.TimeLeft;
import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.EventConsumer;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A projection at work: it keeps the build that serves up to date, and builds another one beside it when told to or
/// when its version is higher than the one that serves. Safe for many threads.
public final class RunningProjection<T> implements EventConsumer {

    /// How long to wait before a model is asked that another process fills; twice as long each time.
    private static final Duration POLL_MIN = Duration.ofMillis(5);

    private static final Duration POLL_MAX = POLL_MIN.multipliedBy(8);

    private final Projection<T> projection;
    private final ReadModel<T> model;
    private final ConsumerSource.Shared shared;
    private final BuildRuns<T> runs;

    private RunningProjection(Projection<T> projection, ReadModel<T> model, ConsumerSource.Shared shared) {
        this.projection = projection;
        this.model = model;
        this.shared = shared;
        this.runs = new BuildRuns<>(projection, model, shared);
    }

    /// Starts a projection. An application calls [dev.everfold.eventsourcing.Everfold#start].
    public static <T> RunningProjection<T> start(
            Projection<T> projection, ReadModel<T> model, ConsumerSource.Shared shared) {
        return new RunningProjection<>(projection, model, shared);
    }

    /// Builds the model anew beside the one that serves, which goes on; then the new one takes its place, all at
    /// once, and the old one is deleted. A process that is killed meanwhile goes on with it when it is started
    /// again. Does nothing when a build is being made already; one that was ended by a failure goes on.
    ///
    /// @return what is being built
    public Rebuild rebuild() {
        long serving = serving().map(Build::number).orElse(0L);
        Build build = model.create(projection.name(), projection.version(), projection.partitions(), serving);
        runs.fill(build);
        return Rebuild.of(build, build.position(), shared.store().nextPosition(), 0);
    }

    /// How far the build is that is made beside the one that serves; empty when there is none.
    public Optional<Rebuild> rebuilding() {
        return runs.rebuilding();
    }

    /// Waits until no build is being made beside the one that serves.
    ///
    /// @return false when the time ran out before
    /// @throws InterruptedException when the thread was interrupted while it waited
    /// @throws IllegalStateException when what builds it has ended, or ends while waiting, and says why
    public boolean awaitRebuilt(Duration timeout) throws InterruptedException {
        return runs.awaitRebuilt(timeout);
    }

    /// Empties the model and fills it again from the first event; readers see it grow. Needs the least room.
    ///
    /// @throws IllegalStateException when the projection does not run here, but in another process or not at all
    public void rebuildInPlace() {
        runs.main().loops().getFirst().restart(claim -> ((ModelClaim) claim).reset());
    }

    @Override
    public String name() {
        return projection.name();
    }

    /// Of all partitions: sums, the lowest position, and the state of the one that needs attention most. While a
    /// build is made beside the one that serves, its retries and its last failure count too.
    @Override
    public ConsumerStatus status() {
        return runs.status();
    }

    /// Also while another process runs the projection, or while a build of a higher version is made here and the
    /// one before is read: then the read model is asked, after 5 milliseconds and ever less often, up to every 40.
    @Override
    public boolean awaitHandled(long position, Duration timeout) throws InterruptedException {
        TimeLeft left = TimeLeft.of(timeout);
        Duration poll = POLL_MIN;
        while (true) {
            BuildRun<T> run = runs.main();
            boolean elsewhere = runs.isReplacing()
                    || PartitionsStatus.of(name(), run.status()).state() == ConsumerState.WAITING_FOR_CLAIM;
            Duration look = elsewhere ? left.atMost(poll) : left.get();
            try {
                if (run.awaitHandled(position, look) && runs.awaitReplaced(left.atMost(look))) {
                    return true;
                }
            } catch (IllegalStateException ended) {
                if (run == runs.main()) {
                    throw ended;
                }
                // Another build has taken its place.
                continue;
            }
            if (elsewhere && servingPosition() > position) {
                return true;
            }
            if (!left.get().isPositive()) {
                return false;
            }
            poll = poll.compareTo(POLL_MAX) < 0 ? poll.multipliedBy(2) : POLL_MAX;
        }
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
        runs.paused(true).loops().forEach(ConsumerLoop::pause);
    }

    @Override
    public void resume() {
        runs.paused(false).loops().forEach(ConsumerLoop::resume);
    }

    /// What is parked in the partitions that run here, by position.
    ///
    /// @throws IllegalStateException when none of them does
    @Override
    public List<ParkedEvent> parked() {
        List<ParkedEvent> all = new ArrayList<>();
        List<NotHereException> elsewhere = new ArrayList<>();
        List<ConsumerLoop> loops = runs.main().loops();
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
        return runs.main().loopOf(key).redrive(key);
    }

    /// As of all consumers, where the partition of the key runs here.
    @Override
    public int discard(String key) {
        return runs.main().loopOf(key).discard(key);
    }

    @Override
    public void close() {
        runs.close();
    }
}
