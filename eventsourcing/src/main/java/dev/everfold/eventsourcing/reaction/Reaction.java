package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.DeciderHandler;
import dev.everfold.eventsourcing.Handled;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventContext;
import dev.everfold.eventsourcing.internal.StateClass;
import dev.everfold.eventsourcing.snapshot.StateCodec;
import dev.everfold.eventsourcing.subscription.CheckpointStore;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventsourcing.subscription.StartAt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/// What is to happen when something has happened. Immutable.
///
/// ```java
/// Reaction<OrderEvent, Fulfilment> fulfilment = Reaction.of(
///         "fulfilment", EventCodec.of(OrderEvent.class), Fulfilment.NEW, Fulfilment::react)
///     .to(PAYMENTS, everfold.decider("payment", Payment.DECIDER));
/// ```
///
/// Each key has an instance with a state of its own. The function that reacts is pure: time comes from its input, ids
/// from events, and what it wants done are [Action]s. A new state and the commands to be sent are recorded at once,
/// and then the commands are sent, with ids that are the same in every repetition: a [DeciderHandler] knows a
/// repeated id, so a command takes effect once, however often the process dies.
///
/// It has a checkpoint of its own and is never rebuilt. To rebuild a projection fires nothing.
///
/// @param <E> events that it takes
/// @param <S> state of an instance
public final class Reaction<E, S> {

    /// Steps of 200 events, otherwise as all consumers.
    public static final ConsumerOptions OPTIONS_DEFAULTS = ConsumerOptions.DEFAULTS.withBatchEventsMax(200);

    /// How long a [CommandSender] may take for a command, unless said otherwise: 30 s.
    public static final Duration ANSWER_MAX_DEFAULT = Duration.ofSeconds(30);

    private final String name;
    private final EventCodec<E> codec;
    private final S initial;
    private final BiFunction<? super S, Input<E>, Reacted<S>> react;
    private final BiFunction<? super E, EventContext, Optional<String>> correlate;
    private final List<StateCodec<S>> stateCodecs;
    private final Map<String, BoundTarget<?>> targets;
    private final StartAt start;
    private final Optional<CheckpointStore> checkpoints;
    private final ConsumerOptions options;
    private final Duration answerMax;

    private Reaction(
            String name,
            EventCodec<E> codec,
            S initial,
            BiFunction<? super S, Input<E>, Reacted<S>> react,
            BiFunction<? super E, EventContext, Optional<String>> correlate,
            List<StateCodec<S>> stateCodecs,
            Map<String, BoundTarget<?>> targets,
            StartAt start,
            Optional<CheckpointStore> checkpoints,
            ConsumerOptions options,
            Duration answerMax) {
        this.name = name;
        this.codec = codec;
        this.initial = initial;
        this.react = react;
        this.correlate = correlate;
        this.stateCodecs = List.copyOf(stateCodecs);
        this.targets = Map.copyOf(targets);
        this.start = start;
        this.checkpoints = checkpoints;
        this.options = options;
        this.answerMax = answerMax;
        if (!name.matches("[a-z][a-z0-9_]{0,39}")) {
            throw new IllegalArgumentException("Reaction name \"" + name
                    + "\" is not allowed; expected a lower-case letter, then up to 39 of a-z, 0-9 and _.");
        }
    }

    /// A reaction that begins with what is appended after it was started for the first time. The key of an event is
    /// its stream without category: `17` for `order-17`.
    ///
    /// @param name unique among the consumers of a checkpoint store, and for good: a lower-case letter,
    ///     then up to 39 of a-z, 0-9 and `_`
    /// @param codec of the events that it takes
    /// @param initial state of an instance that nothing has happened to; a record or a case of a sealed interface
    /// @param react pure: no clock, no random numbers, nothing that is read elsewhere
    /// @throws IllegalArgumentException when the name is not allowed, or the state cannot be stored as JSON
    public static <E, S> Reaction<E, S> of(
            String name, EventCodec<E> codec, S initial, BiFunction<? super S, Input<E>, Reacted<S>> react) {
        return new Reaction<>(
                name,
                codec,
                initial,
                react,
                (_, context) -> Optional.of(idOf(context.event().stream())),
                List.of(StateCodec.json(StateClass.of(initial))),
                Map.of(),
                StartAt.end(),
                Optional.empty(),
                OPTIONS_DEFAULTS,
                ANSWER_MAX_DEFAULT);
    }

    static String idOf(String stream) {
        int dash = stream.indexOf('-');
        return dash < 0 || dash == stream.length() - 1 ? stream : stream.substring(dash + 1);
    }

    /// The same with another key for each event, for example the order that a payment is for; empty = the event is
    /// not for this reaction. Pure, and for good: an event that is read again must have the key that it had.
    public Reaction<E, S> correlating(BiFunction<? super E, EventContext, Optional<String>> keyOfEvent) {
        return new Reaction<>(
                name, codec, initial, react, keyOfEvent, stateCodecs, targets, start, checkpoints, options, answerMax);
    }

    /// The same that sends commands for a target to a decider. What the decider rejects comes back as
    /// [Input.Rejected].
    public <C> Reaction<E, S> to(CommandTarget<C> target, DeciderHandler<? super C, ?, ?> handler) {
        return to(BoundTarget.of(
                target,
                (String id, C command, dev.everfold.eventsourcing.CommandContext context) -> switch (handler.handle(
                        id, command, context)) {
                    case Handled.Rejected<?, ?> rejected -> Answer.refused(rejected.reason());
                    case Handled.Accepted<?, ?> _ -> Answer.done();
                    case Handled.Nothing<?, ?> _ -> Answer.done();
                },
                false));
    }

    /// The same that sends commands for a target wherever a function takes them, for example to another service.
    ///
    /// @throws IllegalArgumentException when the commands cannot be stored as JSON
    public <C> Reaction<E, S> to(CommandTarget<C> target, CommandSender<C> sender) {
        return to(BoundTarget.of(target, sender, true));
    }

    private Reaction<E, S> to(BoundTarget<?> bound) {
        Map<String, BoundTarget<?>> more = new HashMap<>(targets);
        more.put(bound.target().name(), bound);
        return new Reaction<>(
                name, codec, initial, react, correlate, stateCodecs, more, start, checkpoints, options, answerMax);
    }

    /// The same with another form of the state, which must be JSON.
    ///
    /// @param alsoReads forms that were written before, told apart by [StateCodec#schemaVersion]
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final Reaction<E, S> stateCodec(StateCodec<S> writes, StateCodec<S>... alsoReads) {
        List<StateCodec<S>> all = new ArrayList<>(List.of(writes));
        all.addAll(List.of(alsoReads));
        return new Reaction<>(
                name, codec, initial, react, correlate, all, targets, start, checkpoints, options, answerMax);
    }

    /// The same with another beginning. It counts as long as there is no checkpoint.
    public Reaction<E, S> from(StartAt beginning) {
        return new Reaction<>(
                name,
                codec,
                initial,
                react,
                correlate,
                stateCodecs,
                targets,
                beginning,
                checkpoints,
                options,
                answerMax);
    }

    /// The same with checkpoints elsewhere than in the event store. Choose one with leases where several processes
    /// run the reaction.
    public Reaction<E, S> checkpoints(CheckpointStore store) {
        return new Reaction<>(
                name,
                codec,
                initial,
                react,
                correlate,
                stateCodecs,
                targets,
                start,
                Optional.of(store),
                options,
                answerMax);
    }

    /// The same with other options. An event that fails for good keeps back the later ones of its key.
    public Reaction<E, S> options(ConsumerOptions other) {
        return new Reaction<>(
                name, codec, initial, react, correlate, stateCodecs, targets, start, checkpoints, other, answerMax);
    }

    /// The same where a [CommandSender] may take so long for a command. Then its thread is interrupted, and the
    /// event counts as failed: it is tried again, and parked after [ConsumerOptions#triesMax] tries, with the
    /// later ones of its key; others go on. As long as a sender that was interrupted does not return, its command
    /// is not sent a second time, but waited for. A decider is waited for as long as its store takes.
    ///
    /// Until then the step waits, which holds up other keys: the event is looked for by halving the step, so for
    /// up to `log2(batchEventsMax) + triesMax` times as long. Where checkpoints have leases, choose a lease that
    /// is longer than that: who loses his claim meanwhile leaves the event to another process, which begins to
    /// count anew.
    ///
    /// @param time more than zero
    /// @throws IllegalArgumentException when it is not
    public Reaction<E, S> answerMax(Duration time) {
        if (!time.isPositive()) {
            throw new IllegalArgumentException(
                    "Reaction.answerMax is " + time + "; expected a time in which a target can answer.");
        }
        return new Reaction<>(
                name, codec, initial, react, correlate, stateCodecs, targets, start, checkpoints, options, time);
    }

    /// Its name.
    public String name() {
        return name;
    }

    /// Which events it takes, and how they are read.
    public EventCodec<E> codec() {
        return codec;
    }

    /// The state of an instance that nothing has happened to.
    public S initial() {
        return initial;
    }

    /// What an instance makes of an input.
    public Reacted<S> react(S state, Input<E> input) {
        return react.apply(state, input);
    }

    /// The key of an event; empty = it is not for this reaction.
    public Optional<String> keyOf(E event, EventContext context) {
        return correlate.apply(event, context);
    }

    List<StateCodec<S>> stateCodecs() {
        return stateCodecs;
    }

    /// @throws IllegalStateException when nothing is bound to the name
    BoundTarget<?> target(String targetName) {
        BoundTarget<?> bound = targets.get(targetName);
        if (bound == null) {
            throw new IllegalStateException("Reaction \"" + name + "\" sends to \"" + targetName
                    + "\", and nothing is bound to that. Say where it is: Reaction.to(target, handler).");
        }
        return bound;
    }

    StartAt start() {
        return start;
    }

    Optional<CheckpointStore> checkpoints() {
        return checkpoints;
    }

    ConsumerOptions options() {
        return options;
    }

    Duration answerMax() {
        return answerMax;
    }
}
