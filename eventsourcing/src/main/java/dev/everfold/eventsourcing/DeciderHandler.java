package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.history.Difference;
import dev.everfold.eventsourcing.history.HistoryEntry;
import dev.everfold.eventsourcing.history.PointInTime;
import dev.everfold.eventsourcing.history.StateAt;
import dev.everfold.eventsourcing.history.TimeTravel;
import dev.everfold.eventsourcing.internal.StateClass;
import dev.everfold.eventsourcing.snapshot.SnapshotPolicy;
import dev.everfold.eventsourcing.snapshot.SnapshotStore;
import dev.everfold.eventsourcing.snapshot.StateCodec;
import dev.everfold.eventstore.Query;
import java.time.Clock;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Handles the commands of one decider: each id has a stream `<category>-<id>` and a state of its own.
///
/// Safe for many threads; calls block and are meant for virtual threads. Make one for each decider and keep
/// it: it holds the cache of folded states. Methods that change a setting return a new handler with an
/// empty cache, so use them first.
///
/// A command is decided on the state that is cached or loaded, and its events are appended only if the
/// stream has not moved since. If it has, the new events are folded and the command is decided again, up
/// to [Retries#triesMax] times. In one process commands for one id wait for each other.
public final class DeciderHandler<C, S, E> {

    private final Everfold everfold;
    private final DeciderSettings<C, S, E> settings;
    private final StateLoader<S, E> loader;
    private final StateCache<S> cache;
    private final CommandHandling<C, S, E> handling;
    private final TimeTravel<S, E> timeTravel;

    DeciderHandler(Everfold everfold, DeciderSettings<C, S, E> settings) {
        this.everfold = everfold;
        this.settings = settings;
        Optional<Snapshots<S>> snapshots = snapshots(everfold, settings);
        this.loader = new StateLoader<>(
                everfold.store(),
                settings.codec(),
                settings.decider(),
                snapshots,
                everfold.options().clock());
        this.cache = new StateCache<>(settings.cacheEntries());
        this.handling = new CommandHandling<>(everfold, settings, loader, cache, snapshots);
        this.timeTravel = timeTravel(everfold, settings, snapshots);
    }

    /// Handles a command of which nothing else is known.
    ///
    /// @see #handle(String, Object, CommandContext)
    public Handled<S, E> handle(String id, C command) {
        return handle(id, command, CommandContext.none());
    }

    /// Decides a command and returns when its events, if any, are durable.
    ///
    /// A command with an id ([CommandContext#of(java.util.UUID)]) that was accepted before, by whatever
    /// process and however long ago, is not decided again: its first answer is returned. A command that was
    /// refused or had nothing to do left no trace, and is decided anew.
    ///
    /// @throws dev.everfold.eventstore.AppendConflictException when others were faster in every try;
    ///     nothing stored
    /// @throws CommandIdReusedException when the command's id was used for another stream; nothing stored
    /// @throws CommandNotHandledException when its turn did not come; nothing stored
    /// @throws dev.everfold.eventstore.OutcomeUnknownException when the thread was interrupted, or the store
    ///     failed, while the events were being made durable. A command with an id can be repeated safely
    /// @throws dev.everfold.eventstore.EventStoreException when the store cannot; it says whether anything
    ///     was stored
    public Handled<S, E> handle(String id, C command, CommandContext context) {
        return handling.handle(stream(id), command, context);
    }

    /// The state now: no older than the call, and the initial state where there are no events.
    public S state(String id) {
        String stream = stream(id);
        Optional<Folded<S>> cached = cache.get(stream);
        Folded<S> folded = cached.isPresent() ? loader.foldOn(stream, cached.get()) : loader.load(stream);
        cache.put(stream, folded);
        return folded.state();
    }

    /// The state at a point in time, for example `asOf(Instant.parse("2026-03-01T00:00:00Z"))`; the initial state
    /// where no event counts. Never by way of a later snapshot.
    ///
    /// @see TimeTravel#state what it costs and what is refused
    public S state(String id, PointInTime when) {
        return timeTravel.state(stream(id), when);
    }

    /// Every event of the id with who, when and why, and the state before and after; lazy, nothing to close.
    ///
    /// @see TimeTravel#history what it costs
    public Stream<HistoryEntry<S, E>> history(String id) {
        return timeTravel.history(stream(id));
    }

    /// Where the states of the id at two points in time differ, for example `limits.daily: 100 → 200`.
    ///
    /// @see TimeTravel#difference what is refused
    public List<Difference> difference(String id, PointInTime from, PointInTime to) {
        return timeTravel.difference(stream(id), from, to);
    }

    /// The states of these ids, all at the same position of the log; the initial state where no event counts.
    ///
    /// States of several deciders fit together when they are asked for at one position.
    ///
    /// @see TimeTravel#states what it costs and what is refused
    public Map<String, S> states(Collection<String> ids, PointInTime when) {
        return byId(timeTravel.states(ids.stream().map(this::stream).toList(), when));
    }

    /// The states of all ids that had an event that counts, by id, all at the same position of the log.
    ///
    /// @see TimeTravel#statesOf(String, PointInTime) what it costs and what is refused
    public Map<String, S> states(PointInTime when) {
        return byId(timeTravel.statesOf(settings.category(), when));
    }

    /// The states of all ids that had an event that counts and matches the query, for example a tag, by id, all
    /// at the same position of the log.
    ///
    /// @see TimeTravel#statesOf(String, Query, PointInTime) what it costs and what is refused
    public Map<String, S> states(Query query, PointInTime when) {
        return byId(timeTravel.statesOf(settings.category(), query, when));
    }

    /// The stream of an id.
    ///
    /// @throws IllegalArgumentException when the id is empty
    public String stream(String id) {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("An id of \"" + settings.category()
                    + "\" is empty; expected the part of a stream after \"" + settings.category() + "-\".");
        }
        return settings.category() + "-" + id;
    }

    /// The same with a snapshot of a stream every so many events, 1 or more; for example
    /// [SnapshotPolicy#EVENTS_DEFAULT].
    ///
    /// @throws IllegalArgumentException when the state cannot be stored as JSON; give another form before,
    ///     by [#stateCodec]
    public DeciderHandler<C, S, E> snapshotEvery(int events) {
        return snapshots(SnapshotPolicy.every(events));
    }

    /// The same with snapshots as the policy says, where all of the [Everfold] go.
    ///
    /// @throws IllegalArgumentException when the state cannot be stored as JSON; give another form before,
    ///     by [#stateCodec]
    public DeciderHandler<C, S, E> snapshots(SnapshotPolicy<S> policy) {
        SnapshotSettings<S> old = settings.snapshots();
        return with(new SnapshotSettings<>(Optional.of(policy), old.store(), old.codec(), old.keep()));
    }

    /// The same with snapshots as the policy says, in a store that somebody else closes.
    public DeciderHandler<C, S, E> snapshots(SnapshotPolicy<S> policy, SnapshotStore store) {
        SnapshotSettings<S> old = settings.snapshots();
        return with(new SnapshotSettings<>(Optional.of(policy), Optional.of(store), old.codec(), old.keep()));
    }

    /// The same with this many snapshots of each stream kept, 1 or more, instead of the newest only.
    public DeciderHandler<C, S, E> keepSnapshots(int count) {
        SnapshotSettings<S> old = settings.snapshots();
        return with(new SnapshotSettings<>(old.policy(), old.store(), old.codec(), count));
    }

    /// The same with another form of the state in snapshots than JSON by the class of the initial state.
    public DeciderHandler<C, S, E> stateCodec(StateCodec<S> codec) {
        SnapshotSettings<S> old = settings.snapshots();
        return with(new SnapshotSettings<>(old.policy(), old.store(), Optional.of(codec), old.keep()));
    }

    /// The same with so many folded states kept, 0 or more, instead of 10,000.
    public DeciderHandler<C, S, E> cache(int entriesMax) {
        return new DeciderHandler<>(everfold, settings.withCacheEntries(entriesMax));
    }

    /// The same with other bounds on trying again.
    public DeciderHandler<C, S, E> retries(Retries retries) {
        return new DeciderHandler<>(everfold, settings.withRetries(retries));
    }

    /// The same that lets an event be compensated more than once, for example by partial refunds.
    public DeciderHandler<C, S, E> allowRepeatedCompensation() {
        return new DeciderHandler<>(everfold, settings.withRepeatedCompensation());
    }

    StateLoader<S, E> loader() {
        return loader;
    }

    private DeciderHandler<C, S, E> with(SnapshotSettings<S> snapshots) {
        return new DeciderHandler<>(everfold, settings.withSnapshots(snapshots));
    }

    private Map<String, S> byId(Map<String, S> byStream) {
        int prefix = settings.category().length() + 1;
        Map<String, S> states = new LinkedHashMap<>();
        byStream.forEach((stream, state) -> states.put(stream.substring(prefix), state));
        return Collections.unmodifiableMap(states);
    }

    private static <S, E> TimeTravel<S, E> timeTravel(
            Everfold everfold, DeciderSettings<?, S, E> settings, Optional<Snapshots<S>> snapshots) {
        Decider<?, S, E> decider = settings.decider();
        Clock clock = everfold.options().clock();
        TimeTravel<S, E> folding =
                TimeTravel.on(everfold.store(), settings.codec(), decider.initial(), decider::evolve, clock);
        return snapshots
                .map(taken -> folding.savedIn((stream, toRevision) -> taken.newest(stream, toRevision)
                        .map(folded -> new StateAt<>(folded.state(), folded.revision(), folded.position()))))
                .orElse(folding);
    }

    private static <S> Optional<Snapshots<S>> snapshots(Everfold everfold, DeciderSettings<?, S, ?> settings) {
        SnapshotSettings<S> wanted = settings.snapshots();
        return wanted.policy()
                .map(policy -> new Snapshots<>(
                        policy,
                        wanted.keep(),
                        wanted.codec()
                                .orElseGet(() -> StateCodec.json(
                                        StateClass.of(settings.decider().initial()))),
                        wanted.store().orElse(everfold.options().snapshots()),
                        everfold,
                        settings.category()));
    }
}
