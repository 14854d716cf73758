package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.internal.ConsumerLoop;
import dev.everfold.eventsourcing.internal.ConsumerSource;
import dev.everfold.eventsourcing.internal.Selection;
import dev.everfold.eventsourcing.internal.Starts;
import dev.everfold.eventsourcing.subscription.CheckpointStore;
import dev.everfold.eventsourcing.subscription.Claim;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.EventConsumer;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Subscription;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Duration;
import java.util.List;

/// A reaction at work. Safe for many threads.
public final class RunningReaction<S> implements EventConsumer {

    private final ConsumerLoop loop;
    private final Instances<S> instances;

    private RunningReaction(ConsumerLoop loop, Instances<S> instances) {
        this.loop = loop;
        this.instances = instances;
    }

    /// Starts a reaction. An application calls [dev.everfold.eventsourcing.Everfold#start(Reaction)].
    public static <E, S> RunningReaction<S> start(
            Reaction<E, S> reaction, CheckpointStore otherwise, ConsumerSource.Shared shared) {
        CheckpointStore checkpoints = reaction.checkpoints().orElse(otherwise);
        Query query = query(reaction);
        ConsumerSource source = new ConsumerSource(
                reaction.name(),
                "reaction",
                Selection.of(query),
                Starts.fixed(shared.store(), reaction.start()),
                event -> keyOf(reaction, event),
                true);
        ConsumerLoop loop = ConsumerLoop.start(
                source,
                shared,
                (owner, options) -> checkpoints
                        .claim(reaction.name(), owner, options.lease())
                        .map(progress -> claim(reaction, progress, shared)),
                reaction.options());
        return new RunningReaction<>(loop, new Instances<>(reaction, shared.store()));
    }

    private static Query query(Reaction<?, ?> reaction) {
        return Query.of(
                new Query.Item().withTypes(reaction.codec().typeNames().toArray(String[]::new)),
                new Query.Item()
                        .withCategory(ReactionEvents.category(reaction.name()))
                        .withTypes(ReactionEvents.DUE, ReactionEvents.REJECTED));
    }

    private static <E, S> Claim claim(Reaction<E, S> reaction, Claim progress, ConsumerSource.Shared shared) {
        try {
            Renewal renewal = new Renewal(progress, reaction.options().renewEvery(), shared.clock());
            ReactionRun<E, S> run = ReactionRun.start(reaction, shared.store(), shared.clock(), renewal);
            Claim handling = Subscription.batches(reaction.name(), run::handle)
                    .options(reaction.options())
                    .handling(progress, shared.clock());
            return new ReactionClaim(handling, run);
        } catch (RuntimeException failed) {
            progress.close();
            throw failed;
        }
    }

    /// What order is kept in: the first key of an event. One that cannot be read is taken for one of the instance
    /// that its stream is named after, as most are. Where that is wrong, later ones are handled before it.
    private static <E> String keyOf(Reaction<E, ?> reaction, RecordedEvent event) {
        try {
            return Reacting.told(reaction, event).keySet().stream().findFirst().orElse(event.stream());
        } catch (RuntimeException unreadable) {
            return Reaction.idOf(event.stream());
        }
    }

    /// The instance of a key, read from the log: also where another process runs the reaction. Of one that nothing
    /// has happened to, the initial state.
    public Instance<S> instance(String key) {
        Recorded<S> recorded = instances.read(key).recorded();
        return new Instance<>(
                key,
                recorded.state(),
                recorded.timers(),
                recorded.ended(),
                recorded.input().position());
    }

    /// The state of an instance ([#instance]).
    public S state(String key) {
        return instance(key).state();
    }

    @Override
    public String name() {
        return loop.name();
    }

    @Override
    public ConsumerStatus status() {
        return loop.status();
    }

    /// Waits until the event at `position`, and all before, are handled or parked, and the commands that they
    /// led to are answered.
    @Override
    public boolean awaitHandled(long position, Duration timeout) throws InterruptedException {
        return loop.awaitHandled(position, timeout);
    }

    @Override
    public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
        return loop.awaitCaughtUp(timeout);
    }

    /// Handles nothing until [#resume()], and keeps its claim. The time of timers that are due is told
    /// meanwhile, and handled afterwards.
    @Override
    public void pause() {
        loop.pause();
    }

    @Override
    public void resume() {
        loop.resume();
    }

    @Override
    public List<ParkedEvent> parked() {
        return loop.parked();
    }

    @Override
    public int redrive(String key) {
        return loop.redrive(key);
    }

    @Override
    public int discard(String key) {
        return loop.discard(key);
    }

    @Override
    public void close() {
        loop.close();
    }
}
