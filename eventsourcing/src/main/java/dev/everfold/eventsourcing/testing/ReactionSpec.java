package dev.everfold.eventsourcing.testing;

import dev.everfold.eventsourcing.codec.EventContext;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.reaction.Action;
import dev.everfold.eventsourcing.reaction.CommandTarget;
import dev.everfold.eventsourcing.reaction.Input;
import dev.everfold.eventsourcing.reaction.Reacted;
import dev.everfold.eventsourcing.reaction.Reaction;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.Read;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// What a reaction does, by example: given events, when another one, then actions.
///
/// ```java
/// ReactionSpec.of(Fulfilment.REACTION)
///         .given(new Placed("17", "alice", "umbrella", 500))
///         .when(new Charged("17", "alice", 500))
///         .then(cancelTimer("payment"), send(SHIPMENTS, "17", new Ship("17", "alice", "umbrella")));
/// ```
///
/// All of it is one instance, and nothing is sent: targets need not be bound. Events stand in stream `spec-1` and
/// happen at [FixedClock#NOON]. What is not as expected is an [AssertionError]. Immutable.
public final class ReactionSpec<E, S> {

    private static final String STREAM = "spec-1";

    private final Reaction<E, S> reaction;
    private final List<E> given;
    private final String key;
    private final S state;
    private final Set<String> timers;
    private final boolean ended;

    private ReactionSpec(
            Reaction<E, S> reaction, List<E> given, String key, S state, Set<String> timers, boolean ended) {
        this.reaction = reaction;
        this.given = List.copyOf(given);
        this.key = key;
        this.state = state;
        this.timers = Set.copyOf(timers);
        this.ended = ended;
    }

    /// A specification of this reaction, for which nothing has happened yet.
    public static <E, S> ReactionSpec<E, S> of(Reaction<E, S> reaction) {
        return new ReactionSpec<>(reaction, List.of(), "1", reaction.initial(), Set.of(), false);
    }

    /// The same, after these events too.
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final ReactionSpec<E, S> given(E... events) {
        ReactionSpec<E, S> after = this;
        for (E event : events) {
            after = after.when(event).after();
        }
        return after;
    }

    /// Lets an event happen and returns what came of it. Nothing comes of one that is not for this reaction.
    public ReactionOutcome<E, S> when(E event) {
        EventContext context = context(event);
        String keyNow = reaction.keyOf(event, context).orElse(key);
        boolean taken = reaction.keyOf(event, context).isPresent();
        ReactionSpec<E, S> told =
                new ReactionSpec<>(reaction, Lists.concat(given, List.of(event)), keyNow, state, timers, ended);
        Function<S, Reacted<S>> react = before ->
                taken ? reaction.react(before, new Input.Happened<>(event, keyNow, context)) : Reacted.to(before);
        return told.outcome(event.toString(), react);
    }

    /// Lets the time of a timer come.
    ///
    /// @throws AssertionError when it is not pending, so that it would not fire
    public ReactionOutcome<E, S> whenDue(String timer) {
        if (!timers.contains(timer)) {
            throw new AssertionError("Timer \"" + timer + "\" is not pending; pending are "
                    + timers.stream().sorted().toList() + ".");
        }
        Set<String> others = new HashSet<>(timers);
        others.remove(timer);
        return new ReactionSpec<>(reaction, given, key, state, others, ended)
                .outcome(
                        "timer \"" + timer + "\"",
                        before -> reaction.react(before, new Input.TimerDue<>(timer, key, FixedClock.NOON)));
    }

    /// Lets a command be refused.
    ///
    /// @param id of the one it was sent to
    public <C> ReactionOutcome<E, S> whenRejected(CommandTarget<C> target, String id, C command, String reason) {
        Input<E> input = new Input.Rejected<>(target.name(), id, command, reason, key, FixedClock.NOON);
        return outcome("the refusal of " + command, before -> reaction.react(before, input));
    }

    private ReactionOutcome<E, S> outcome(String input, Function<S, Reacted<S>> react) {
        if (ended) {
            return new ReactionOutcome<>(this, input, Reacted.to(state));
        }
        Reacted<S> reacted = react.apply(state);
        Set<String> pending = new HashSet<>(timers);
        boolean ends = false;
        for (Action action : reacted.actions()) {
            switch (action) {
                case Action.Send<?> _ -> {
                    // Nothing is sent here.
                }
                case Action.SetTimer timer -> pending.add(timer.name());
                case Action.CancelTimer timer -> pending.remove(timer.name());
                case Action.End() -> {
                    ends = true;
                    pending.clear();
                }
            }
        }
        ReactionSpec<E, S> after = new ReactionSpec<>(reaction, given, key, reacted.state(), pending, ends);
        return new ReactionOutcome<>(after, input, reacted);
    }

    private EventContext context(E event) {
        try (InMemoryEventStore store = new InMemoryEventStore(new FixedClock(), Limits.DEFAULTS)) {
            store.append(Append.of(reaction.codec().encode(STREAM, event, EventMetadata.none())));
            return new EventContext(store.read(Read.all()).toList().getFirst());
        }
    }

    List<E> given() {
        return given;
    }

    List<String> timers() {
        List<String> sorted = new ArrayList<>(timers);
        sorted.sort(null);
        return sorted;
    }
}
