package dev.everfold.eventsourcing.projection;

import dev.everfold.eventsourcing.internal.Claims;
import dev.everfold.eventsourcing.internal.ConsumerLoop;
import dev.everfold.eventsourcing.internal.ConsumerSource;
import dev.everfold.eventsourcing.internal.Selection;
import dev.everfold.eventsourcing.internal.TimeLeft;
import dev.everfold.eventsourcing.subscription.Claim;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Fills one build: a loop for each partition.
final class BuildRun<T> {

    private final Projection<T> projection;
    private final ReadModel<T> model;
    private final Supplier<Optional<Build>> choice;
    private final Consumer<Build> served;
    private final Runnable ended;
    private final List<ConsumerLoop> loops;

    /// @param whole what this is a part of
    /// @param choice which build, asked for before each claim; empty = none for now
    /// @param served called, in the thread of a loop, when the build has begun to serve
    /// @param ended called, in the thread of a loop, when this one has ended, for whatever reason
    BuildRun(
            Object whole,
            Projection<T> projection,
            ReadModel<T> model,
            ConsumerSource.Shared shared,
            Supplier<Optional<Build>> choice,
            Consumer<Build> served,
            Runnable ended) {
        this.projection = projection;
        this.model = model;
        this.choice = choice;
        this.served = served;
        this.ended = ended;
        this.loops = IntStream.range(0, projection.partitions())
                .mapToObj(partition -> ConsumerLoop.startPart(
                        whole, source(partition), shared, new Partition(partition), projection.options()))
                .toList();
    }

    private ConsumerSource source(int partition) {
        Selection selection = Selection.of(projection.query());
        int count = projection.partitions();
        String name = count == 1 ? projection.name() : projection.name() + "/" + partition;
        if (count > 1) {
            selection = selection.and(event -> partitionOf(keyOf(event)) == partition);
        }
        return new ConsumerSource(name, "projection", selection, StartAt.beginning(), this::keyOf);
    }

    private int partitionOf(String key) {
        // Spread, since names that differ in the last digit only have hashes that do too.
        return Math.floorMod((key.hashCode() * 0x9E3779B9) >>> 8, projection.partitions());
    }

    private String keyOf(RecordedEvent event) {
        return ConsumerSource.keyOf(projection.key(), event);
    }

    List<ConsumerLoop> loops() {
        return loops;
    }

    /// The one that handles events of a key.
    ConsumerLoop loopOf(String key) {
        return loops.get(partitionOf(key));
    }

    boolean hasFailed() {
        return loops.stream().anyMatch(ConsumerLoop::hasFailed);
    }

    /// @throws IllegalStateException when a loop has ended, and says why
    void requireRunning() {
        loops.forEach(ConsumerLoop::requireRunning);
    }

    boolean awaitHandled(long position, Duration timeout) throws InterruptedException {
        TimeLeft left = TimeLeft.of(timeout);
        for (ConsumerLoop loop : loops) {
            if (!loop.awaitHandled(position, left.get())) {
                return false;
            }
        }
        return true;
    }

    List<ConsumerStatus> status() {
        return loops.stream().map(ConsumerLoop::status).toList();
    }

    void closeSoon() {
        loops.forEach(ConsumerLoop::closeSoon);
    }

    void close() {
        closeSoon();
        loops.forEach(ConsumerLoop::close);
    }

    private final class Partition implements Claims {

        private final int number;

        // Of the loop's thread.

        /// Whether a build that it was told to fill did not serve then.
        private boolean isAwaited;

        /// Whether it has told that this build is serving.
        private boolean isDone;

        Partition(int number) {
            this.number = number;
        }

        @Override
        public Optional<Claim> claim(String owner, ConsumerOptions options) {
            Optional<Build> chosen = choice.get();
            isAwaited |= chosen.filter(build -> !build.serving()).isPresent();
            return chosen.flatMap(build -> model.claim(build, number, projection, owner, options.lease()))
                    .map(claim -> claim);
        }

        @Override
        public boolean isTransient(RuntimeException failure) {
            return model.isTransient(failure);
        }

        @Override
        public void ended() {
            ended.run();
        }

        /// Until the build serves: whether it may is decided by what all of its partitions have saved.
        @Override
        public boolean isAwaited(Claim claim) {
            return !isDone
                    && claim instanceof ModelClaim filled
                    && !filled.build().serving();
        }

        /// Asked each time, since a build is only told so once all of its partitions have caught up.
        /// A build may serve already when it is claimed: another process has finished it since it was
        /// chosen, or the claim before was lost in the moment of the switch.
        @Override
        public void caughtUp(Claim claim) {
            if (isDone || !(claim instanceof ModelClaim filled)) {
                return;
            }
            if (isAwaited && (filled.build().serving() || filled.serve())) {
                isDone = true;
                served.accept(filled.build());
            }
        }
    }
}
