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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /// The instance where no event has said it.
    private static final String KEY = "1";

    private final Reaction<E, S> reaction;
    private final List<E> given;
    private final Optional<String> key;
    private final S state;
    private final Map<String, Instant> timers;
    private final boolean ended;

    private ReactionSpec(
            Reaction<E, S> reaction,
            List<E> given,
            Optional<String> key,
            S state,
            Map<String, Instant> timers,
            boolean ended) {
        this.reaction = reaction;
        this.given = List.copyOf(given);
        this.key = key;
        this.state = state;
        this.timers = Map.copyOf(timers);
        this.ended = ended;
    }

    /// A specification of this reaction, for which nothing has happened yet.
    public static <E, S> ReactionSpec<E, S> of(Reaction<E, S> reaction) {
        return new ReactionSpec<>(reaction, List.of(), Optional.empty(), reaction.initial(), Map.of(), false);
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
    ///
    /// @throws AssertionError when it is for another instance than those before
    public ReactionOutcome<E, S> when(E event) {
        EventContext context = context(event);
        Optional<String> of = reaction.keyOf(event, context);
        if (of.isPresent() && key.isPresent() && !of.equals(key)) {
            throw new AssertionError(event + " is for instance \"" + of.get() + "\", and what was before it for \""
                    + key.get() + "\"; a specification is of one instance. See how the reaction correlates.");
        }
        ReactionSpec<E, S> told = new ReactionSpec<>(
                reaction, Lists.concat(given, List.of(event)), of.or(() -> key), state, timers, ended);
        return of.isEmpty()
                ? new ReactionOutcome<>(told, event.toString(), Reacted.to(state))
                : told.outcome(event.toString(), new Input.Happened<>(event, of.get(), context));
    }

    /// Lets the time of a timer come; the input has the time for which it was set.
    ///
    /// @throws AssertionError when it is not pending, so that it would not fire
    public ReactionOutcome<E, S> whenDue(String timer) {
        Map<String, Instant> others = new HashMap<>(timers);
        Instant due = others.remove(timer);
        if (due == null) {
            throw new AssertionError("Timer \"" + timer + "\" is not pending; pending are " + timers() + ".");
        }
        return new ReactionSpec<>(reaction, given, key, state, others, ended)
                .outcome("timer \"" + timer + "\"", new Input.TimerDue<>(timer, keyOrNone(), due));
    }

    /// Lets a command be refused.
    ///
    /// @param id of the one it was sent to
    public <C> ReactionOutcome<E, S> whenRejected(CommandTarget<C> target, String id, C command, String reason) {
        return outcome(
                "the refusal of " + command,
                new Input.Rejected<>(target.name(), id, command, reason, keyOrNone(), FixedClock.NOON));
    }

    private String keyOrNone() {
        return key.orElse(KEY);
    }

    private ReactionOutcome<E, S> outcome(String words, Input<E> input) {
        if (ended) {
            return new ReactionOutcome<>(this, words, Reacted.to(state));
        }
        Reacted<S> reacted = reaction.react(state, input);
        Map<String, Instant> pending = new HashMap<>(timers);
        boolean ends = false;
        for (Action action : reacted.actions()) {
            switch (action) {
                case Action.Send<?> _ -> {
                    // Nothing is sent here.
                }
                case Action.SetTimer timer -> pending.put(timer.name(), due(timer.due(), input.time()));
                case Action.CancelTimer timer -> pending.remove(timer.name());
                case Action.End() -> ends = true;
            }
        }
        ReactionSpec<E, S> after =
                new ReactionSpec<>(reaction, given, key, reacted.state(), ends ? Map.of() : pending, ends);
        return new ReactionOutcome<>(after, words, reacted);
    }

    private static Instant due(Action.Due due, Instant now) {
        Instant time = switch (due) {
            case Action.Due.At(Instant at) -> at;
            case Action.Due.After(Duration duration) -> now.plus(duration);
        };
        return time.truncatedTo(ChronoUnit.MICROS);
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
        return timers.keySet().stream().sorted().toList();
    }
}
