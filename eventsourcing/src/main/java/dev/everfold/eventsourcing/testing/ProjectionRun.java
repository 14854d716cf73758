package dev.everfold.eventsourcing.testing;

import dev.everfold.eventsourcing.internal.ConsumerLoop;
import dev.everfold.eventsourcing.internal.ConsumerSource;
import dev.everfold.eventsourcing.internal.Selection;
import dev.everfold.eventsourcing.internal.Tail;
import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelRow;
import dev.everfold.eventsourcing.projection.ModelSnapshot;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.ReadModel;
import dev.everfold.eventsourcing.subscription.Backoff;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.FailurePolicy;
import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Runs a projection over events into a build of its own, by the loop that all consumers have. For one thread; close
/// it.
final class ProjectionRun<T> implements AutoCloseable {

    /// How long a run may take.
    private static final Duration RUN_MAX = Duration.ofMinutes(1);

    /// How often it is looked whether a process that is to be killed has failed instead.
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private static final ConsumerOptions OPTIONS = ConsumerOptions.DEFAULTS
            .withBackoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(100)))
            .onFailure(1, FailurePolicy.STOP);

    private final Projection<T> projection;
    private final ReadModel<T> model;
    private final Build build;
    private final InMemoryEventStore store;
    private final Tail tail;
    private final ConsumerSource.Shared shared;

    ProjectionRun(Projection<T> projection, ReadModel<T> model, List<NewEvent> events) {
        this.projection = projection;
        this.model = model;
        FixedClock clock = new FixedClock();
        this.store = new InMemoryEventStore(clock, Limits.DEFAULTS);
        events.forEach(event -> store.append(Append.of(event)));
        this.tail = new Tail(store);
        this.shared = new ConsumerSource.Shared(store, tail, clock, new SplittableRandom(1), () -> {});
        long highest = model.builds(projection.name()).stream()
                .mapToLong(Build::number)
                .max()
                .orElse(0);
        this.build = model.create(projection.name(), projection.version(), 1, highest);
    }

    /// Which events the projection takes, by number; 1 = the first.
    List<Integer> taken() {
        return store.read(Read.matching(projection.query())).toList().stream()
                .map(event -> (int) event.position() + 1)
                .toList();
    }

    /// What a process makes that is left alone, or the one that follows when it is killed.
    ///
    /// @throws AssertionError when an event cannot be handled
    List<ModelRow> rows(Optional<Kill> kill) {
        int stepEvents = kill.map(Kill::stepEvents).orElse(Kill.STEP_EVENTS_MAX);
        try {
            if (kill.isPresent()) {
                awaitDeath(new MortalClaims<>(projection, model, build, kill), stepEvents);
            }
            awaitEnd(new MortalClaims<>(projection, model, build, Optional.empty()), stepEvents);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while projection \"" + projection.name() + "\" ran", interrupted);
        }
        try (ModelSnapshot snapshot = model.snapshot(build)) {
            List<ModelRow> rows = new ArrayList<>();
            snapshot.rows().forEachRemaining(rows::add);
            return rows;
        }
    }

    private ConsumerLoop start(MortalClaims<T> claims, int stepEvents) {
        ConsumerSource source = new ConsumerSource(
                projection.name(),
                "projection",
                Selection.of(projection.query()),
                StartAt.beginning(),
                projection.key());
        return ConsumerLoop.start(source, shared, claims, OPTIONS.withBatchEventsMax(stepEvents));
    }

    private void awaitDeath(MortalClaims<T> claims, int stepEvents) throws InterruptedException {
        long looks = RUN_MAX.dividedBy(LOOK_EVERY);
        try (ConsumerLoop loop = start(claims, stepEvents)) {
            while (!claims.awaitDeath(LOOK_EVERY)) {
                if (loop.status().state() == ConsumerState.FAILED || looks-- == 0) {
                    throw failed(loop.status());
                }
            }
        }
    }

    private void awaitEnd(MortalClaims<T> claims, int stepEvents) throws InterruptedException {
        try (ConsumerLoop loop = start(claims, stepEvents)) {
            boolean isDone;
            try {
                isDone = loop.awaitHandled(store.nextPosition() - 1, RUN_MAX);
            } catch (IllegalStateException ended) {
                isDone = false;
            }
            if (!isDone) {
                throw failed(loop.status());
            }
        }
    }

    private AssertionError failed(ConsumerStatus status) {
        String why = status.lastFailure().map(ConsumerStatus.Failure::message).orElse("it takes more than " + RUN_MAX);
        Optional<RecordedEvent> at =
                store
                        .read(Read.matching(projection.query())
                                .fromPosition(status.position())
                                .limit(1))
                        .toList()
                        .stream()
                        .findFirst();
        String event = at.map(found ->
                        " at event " + (found.position() + 1) + " of " + store.nextPosition() + ", " + found.type())
                .orElse("");
        return new AssertionError("Projection \"" + projection.name() + "\" fails" + event + ": " + why);
    }

    @Override
    public void close() {
        tail.close();
        store.close();
        model.drop(build);
    }
}
