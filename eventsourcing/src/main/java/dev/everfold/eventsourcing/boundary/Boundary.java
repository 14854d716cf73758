package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventsourcing.CommandContext;
import dev.everfold.eventsourcing.CommandIdReusedException;
import dev.everfold.eventsourcing.Decided;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.eventsourcing.Retries;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.internal.Compensations;
import dev.everfold.eventsourcing.internal.DecidedEvents;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/// Decides on what a [DecisionModel] knows, and appends what was decided only if nothing was added to it since.
///
///     Boundary<CourseEvent> courses = Boundary.on(store, codec).into(event -> "course-" + event.course());
///     courses.decide(seatsTaken("c1"), seats -> seats < 30
///             ? accept(new Subscribed("c1", "alice"))
///             : reject("course c1 is full"));
///
/// On a conflict it reads what is new, folds on and decides again, at most [#attempts] times, after a short
/// random pause ([Retries]). So a decision is called more than once: let it be a function of its arguments.
///
/// What was rejected, or needed nothing, was decided on what the log held at one moment, and stores nothing.
///
/// Immutable and safe to share between threads; each `with` method returns a changed copy. It does not own the
/// store.
///
/// @param <E> the events: a sealed interface
public final class Boundary<E> {

    /// 20 attempts, unless said otherwise; the first pause is below 0.2 ms, none is above 20 ms.
    public static final Retries RETRIES_DEFAULT = new Retries(20, Duration.ofNanos(200_000), Duration.ofMillis(20));

    private final EventStore store;
    private final StoredNames<E> names;
    private final Function<? super E, String> streamOf;
    private final Function<? super E, List<String>> tagsOf;
    private final Clock clock;
    private final CommandContext context;
    private final Retries retries;

    private Boundary(
            EventStore store,
            StoredNames<E> names,
            Function<? super E, String> streamOf,
            Function<? super E, List<String>> tagsOf,
            Clock clock,
            CommandContext context,
            Retries retries) {
        this.store = store;
        this.names = names;
        this.streamOf = streamOf;
        this.tagsOf = tagsOf;
        this.clock = clock;
        this.context = context;
        this.retries = retries;
    }

    /// Decisions on the events of a store. Say where accepted events go: [#into].
    public static <E> Boundary<E> on(EventStore store, EventCodec<E> codec) {
        return new Boundary<>(
                store,
                new StoredNames<>(codec),
                Boundary::nowhere,
                _ -> List.of(),
                Clock.systemUTC(),
                CommandContext.none(),
                RETRIES_DEFAULT);
    }

    private static String nowhere(Object event) {
        throw new IllegalStateException("Event " + event.getClass().getSimpleName()
                + " was accepted, but nobody said into which stream it goes. Say so with into(…).");
    }

    /// The same, with accepted events going to one stream.
    public Boundary<E> into(String stream) {
        return into(_ -> stream);
    }

    /// The same, with each accepted event going to a stream of its own.
    public Boundary<E> into(Function<? super E, String> streamOfEvent) {
        return new Boundary<>(store, names, streamOfEvent, tagsOf, clock, context, retries);
    }

    /// The same, with these tags on each accepted event beside those of the codec.
    public Boundary<E> withTags(Function<? super E, List<String>> tagsOfEvent) {
        return new Boundary<>(store, names, streamOf, tagsOfEvent, clock, context, retries);
    }

    /// The same with another clock: it says what time it is to the decision, and when its events occurred.
    public Boundary<E> withClock(Clock other) {
        return new Boundary<>(store, names, streamOf, tagsOf, other, context, retries);
    }

    /// The same on behalf of a command: who, why and what it belongs to go with each event.
    ///
    /// With a command id, a decision has one effect however often it is repeated, and for good: events of that
    /// command that are in the log already are the answer. What was rejected, or needed nothing, left nothing
    /// behind and is decided anew. A time when the command occurred is the time that its decision is told.
    public Boundary<E> with(CommandContext other) {
        return new Boundary<>(store, names, streamOf, tagsOf, clock, other, retries);
    }

    /// The same that gives up after so many conflicts, 1..10,000.
    ///
    /// @throws IllegalArgumentException when there are none, or too many
    public Boundary<E> attempts(int max) {
        if (max < 1) {
            throw new IllegalArgumentException(max + " attempts are too few; expected 1 or more.");
        }
        return new Boundary<>(store, names, streamOf, tagsOf, clock, context, retries.withTriesMax(max));
    }

    /// What the model knows now. Nothing is guarded.
    public <S> S state(DecisionModel<S> model) {
        BoundaryReading<E, S> reading = new BoundaryReading<>(store, names, model, Query.nothing());
        reading.readOn();
        return reading.state();
    }

    /// Decides on the state of a model.
    ///
    /// @throws BoundaryConflictException when others were faster each time; nothing stored
    /// @throws CommandIdReusedException when the command's id was used for another stream; nothing stored
    /// @throws dev.everfold.eventstore.OutcomeUnknownException when the thread was interrupted or the store failed
    ///     while storing; repeat it with the same command id, which tells whether it was stored
    public <S> Outcome<E> decide(DecisionModel<S> model, Function<? super S, Decision<E>> decision) {
        return decide(model, (state, _) -> decision.apply(state));
    }

    /// Decides on the state of a model and on the time.
    ///
    /// @throws BoundaryConflictException when others were faster each time; nothing stored
    /// @throws CommandIdReusedException when the command's id was used for another stream; nothing stored
    /// @throws dev.everfold.eventstore.OutcomeUnknownException when the thread was interrupted or the store failed
    ///     while storing; repeat it with the same command id, which tells whether it was stored
    public <S> Outcome<E> decide(DecisionModel<S> model, BiFunction<? super S, Instant, Decision<E>> decision) {
        BoundaryReading<E, S> reading = new BoundaryReading<>(store, names, model, ofCommand());
        reading.readOn();
        for (int attempt = 1; ; attempt++) {
            if (!reading.answer().isEmpty()) {
                return firstAnswer(reading.answer());
            }
            Instant now = context.occurred().orElseGet(clock::instant);
            switch (decision.apply(reading.state(), now)) {
                case Decision.Rejected<E>(String reason) -> {
                    return new Outcome.Rejected<>(reason);
                }
                case Decision.Nothing<E> _ -> {
                    return new Outcome.Nothing<>();
                }
                case Decision.Accepted<E>(List<Decided<E>> events) -> {
                    Optional<Outcome<E>> outcome = append(reading, events, now, attempt);
                    if (outcome.isPresent()) {
                        return outcome.get();
                    }
                }
            }
        }
    }

    /// What came of an attempt; empty when it is to be decided again.
    private Optional<Outcome<E>> append(
            BoundaryReading<E, ?> reading, List<Decided<E>> decided, Instant now, int attempt) {
        Compensations compensations = Compensations.of(store, decided, false);
        Optional<String> impossible = compensations.impossible();
        if (impossible.isPresent()) {
            return impossible.map(Outcome.Rejected::new);
        }
        List<NewEvent> events = decided.stream().map(each -> encode(each, now)).toList();
        try {
            Appended appended = store.append(compensations.guard(reading.guard(Append.of(events))));
            return Optional.of(new Outcome.Accepted<>(
                    decided.stream().map(Decided::event).toList(),
                    events.stream().map(NewEvent::id).toList(),
                    appended));
        } catch (AppendConflictException conflict) {
            return afterConflict(reading, compensations, attempt, conflict);
        }
    }

    /// Reads on for another attempt, unless it is clear that it cannot help or there are to be no more.
    private Optional<Outcome<E>> afterConflict(
            BoundaryReading<E, ?> reading, Compensations compensations, int attempt, AppendConflictException conflict) {
        long fromPosition = reading.nextPosition();
        Optional<String> impossible = compensations.explain(conflict);
        boolean onlyImpossible = impossible.isPresent() && conflict.failures().size() == 1;
        boolean last = onlyImpossible || !retries.mayGoOn(attempt, ThreadLocalRandom.current());
        reading.readOn();
        if (!last || !reading.answer().isEmpty()) {
            return Optional.empty();
        }
        if (impossible.isPresent()) {
            return impossible.map(Outcome.Rejected::new);
        }
        throw new BoundaryConflictException(attempt, fromPosition, reading.met(conflict), conflict);
    }

    private NewEvent encode(Decided<E> decided, Instant now) {
        String stream = streamOf.apply(decided.event());
        NewEvent encoded = DecidedEvents.encode(names.codec(), stream, decided, context.metadata(), Optional.of(now));
        List<String> more = tagsOf.apply(decided.event());
        return more.isEmpty()
                ? encoded
                : encoded.withTags(
                        Stream.concat(encoded.tags().stream(), more.stream()).toList());
    }

    private Query ofCommand() {
        return context.commandId().map(DecidedEvents::of).orElse(Query.nothing());
    }

    /// An event of the command goes where its repetition would go; one that went elsewhere is of another command.
    private void requireOwn(RecordedEvent first) {
        List<String> streams =
                names.codec().decode(first).stream().map(streamOf).toList();
        if (!streams.isEmpty() && !streams.contains(first.stream())) {
            throw new CommandIdReusedException(
                    context.commandId().orElseThrow(), streams.getFirst(), first.stream(), first.position());
        }
    }

    private Outcome<E> firstAnswer(List<RecordedEvent> tagged) {
        List<RecordedEvent> stored = DecidedEvents.ofCommand(tagged);
        requireOwn(stored.getFirst());
        return new Outcome.Accepted<>(
                stored.stream()
                        .flatMap(event -> names.codec().decode(event).stream())
                        .toList(),
                stored.stream().map(RecordedEvent::id).toList(),
                new Appended(
                        stored.getFirst().position(),
                        stored.stream().map(RecordedEvent::revision).toList()));
    }
}
