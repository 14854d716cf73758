package dev.everfold.eventsourcing.testing;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.projection.MemoryReadModel;
import dev.everfold.eventsourcing.projection.MemoryRows;
import dev.everfold.eventsourcing.projection.ModelRow;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.ReadModel;
import dev.everfold.eventstore.NewEvent;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/// What a projection makes, by example: given events, then these rows.
///
/// ```java
/// ProjectionSpec.of(BALANCES, AccountEvent.CODEC)
///         .given(new Opened("42"), new Deposited("42", 500))
///         .then(row("balances", "42").with("value", 500))
///         .thenSameAfterKill(2);
/// ```
///
/// Every check runs the projection as an application does, on a store in memory, into a build of its own: a
/// [MemoryReadModel], or a build of the read model that was given, which must be there for tests alone. What is not as
/// expected is an [AssertionError] that names the rows that differ. An event that cannot be handled is one too: here it
/// is not parked. Immutable.
///
/// Events stand in stream `spec-1` and occur at [FixedClock#NOON], unless said otherwise. The projection runs in one
/// partition.
///
/// @param <T> how the read model is changed
/// @param <E> events that are given
public final class ProjectionSpec<T, E> {

    /// Kills that [#thenSameAfterKills] tries.
    private static final int KILLS = 10;

    private static final String STREAM = "spec-1";

    private final Projection<T> projection;
    private final Supplier<ReadModel<T>> model;
    private final BiFunction<String, E, NewEvent> stored;
    private final String stream;
    private final Optional<Instant> time;
    private final List<Given<E>> given;

    /// @param event as it was given
    /// @param stored as it is stored
    record Given<E>(E event, NewEvent stored) {}

    private ProjectionSpec(
            Projection<T> projection,
            Supplier<ReadModel<T>> model,
            BiFunction<String, E, NewEvent> stored,
            String stream,
            Optional<Instant> time,
            List<Given<E>> given) {
        this.projection = projection;
        this.model = model;
        this.stored = stored;
        this.stream = stream;
        this.time = time;
        this.given = given;
    }

    private static <T, E> ProjectionSpec<T, E> of(
            Projection<T> projection, BiFunction<String, E, NewEvent> stored, Supplier<ReadModel<T>> model) {
        return new ProjectionSpec<>(projection, model, stored, STREAM, Optional.empty(), List.of());
    }

    /// A specification of a projection into memory, for which nothing has happened yet. A row has the projection's
    /// name, the key, and the field `value`.
    public static <K, V, E> ProjectionSpec<MemoryRows<K, V>, E> of(
            Projection<MemoryRows<K, V>> projection, EventCodec<E> codec) {
        return of(projection, encoding(codec), MemoryReadModel::empty);
    }

    /// A specification of a projection into a read model, for which nothing has happened yet.
    ///
    /// @param model for tests alone: builds are made in it and deleted, but for the first, which stays
    public static <T, E> ProjectionSpec<T, E> of(Projection<T> projection, EventCodec<E> codec, ReadModel<T> model) {
        return of(projection, encoding(codec), () -> model);
    }

    /// A specification of a projection of stored events into memory ([Projection#raw]).
    public static <K, V> ProjectionSpec<MemoryRows<K, V>, NewEvent> raw(Projection<MemoryRows<K, V>> projection) {
        return of(projection, (_, event) -> event, MemoryReadModel::empty);
    }

    /// A specification of a projection of stored events ([Projection#raw]).
    ///
    /// @param model for tests alone: builds are made in it and deleted, but for the first, which stays
    public static <T> ProjectionSpec<T, NewEvent> raw(Projection<T> projection, ReadModel<T> model) {
        return of(projection, (_, event) -> event, () -> model);
    }

    private static <E> BiFunction<String, E, NewEvent> encoding(EventCodec<E> codec) {
        return (stream, event) -> codec.encode(stream, event, EventMetadata.none());
    }

    /// The same where events that are given from here on stand in another stream.
    public ProjectionSpec<T, E> in(String otherStream) {
        return new ProjectionSpec<>(projection, model, stored, otherStream, time, given);
    }

    /// The same where events that are given from here on occur at a time.
    public ProjectionSpec<T, E> at(Instant occurred) {
        return new ProjectionSpec<>(projection, model, stored, stream, Optional.of(occurred), given);
    }

    /// The same, after these events too.
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final ProjectionSpec<T, E> given(E... events) {
        List<Given<E>> more = Arrays.stream(events).map(this::stored).toList();
        return new ProjectionSpec<>(projection, model, stored, stream, time, Lists.concat(given, more));
    }

    private Given<E> stored(E event) {
        NewEvent encoded = stored.apply(stream, event);
        return new Given<>(event, time.map(encoded::occurredAt).orElse(encoded));
    }

    /// The model holds exactly these rows then, in whatever order.
    public ProjectionSpec<T, E> then(ModelRow... rows) {
        List<ModelRow> found = rows(Optional.empty());
        return same("after " + events(), List.of(rows), found);
    }

    /// One part of the model, a table for example, holds exactly these rows then.
    ///
    /// @throws IllegalArgumentException when a row is of another part
    public ProjectionSpec<T, E> thenIn(String part, ModelRow... rows) {
        for (ModelRow row : rows) {
            if (!row.part().equals(part)) {
                throw new IllegalArgumentException(
                        "A row of \"" + row.part() + "\" is expected in \"" + part + "\"; expected rows of it alone.");
            }
        }
        List<ModelRow> found = rows(Optional.empty()).stream()
                .filter(row -> row.part().equals(part))
                .toList();
        return same("after " + events(), List.of(rows), found);
    }

    /// The model is empty then.
    public ProjectionSpec<T, E> thenNothing() {
        return then();
    }

    /// The model comes out the same when it is built anew, and when the process is killed after the n-th of the
    /// events that were given and started again: in the middle of a step, whose events are all handled
    /// again then, and at the end of one that was stored and not known to be, in steps of several sizes.
    ///
    /// A projection that keeps something beside the model, in a field for example, does not, and one that changes
    /// something else does it again. One that asks a clock or draws random numbers need not.
    ///
    /// @param event 1 = the first
    /// @throws IllegalArgumentException when there is no such event, or it is not one for the projection
    public ProjectionSpec<T, E> thenSameAfterKill(int event) {
        List<Integer> taken = taken();
        if (!taken.contains(event)) {
            throw new IllegalArgumentException("Killed after event " + event + " of " + given.size()
                    + "; expected one that projection \"" + projection.name() + "\" takes: " + taken + ".");
        }
        List<ModelRow> expected = sameAnew();
        for (int step : List.of(1, 2, Kill.STEP_EVENTS_MAX)) {
            for (boolean isStored : new boolean[] {false, true}) {
                sameAfter(new Kill(event, step, isStored), "", expected);
            }
        }
        return this;
    }

    /// The same for ten kills at random, with steps of random sizes. A failure tells the seed, which repeats it.
    ///
    /// @throws IllegalArgumentException when no event was given that is for the projection
    public ProjectionSpec<T, E> thenSameAfterKills(long seed) {
        List<Integer> taken = taken();
        if (taken.isEmpty()) {
            throw new IllegalArgumentException("No event was given that projection \"" + projection.name()
                    + "\" takes; expected one to be killed after.");
        }
        SplittableRandom random = new SplittableRandom(seed);
        List<ModelRow> expected = sameAnew();
        for (int i = 0; i < KILLS; i++) {
            int event = taken.get(random.nextInt(taken.size()));
            int step = 1 + random.nextInt(given.size());
            sameAfter(new Kill(event, step, random.nextBoolean()), " (seed " + seed + ")", expected);
        }
        return this;
    }

    private List<Integer> taken() {
        try (ProjectionRun<T> run = run()) {
            return run.taken();
        }
    }

    private List<ModelRow> rows(Optional<Kill> kill) {
        try (ProjectionRun<T> run = run()) {
            return run.rows(kill);
        }
    }

    private ProjectionRun<T> run() {
        return new ProjectionRun<>(
                projection, model.get(), given.stream().map(Given::stored).toList());
    }

    /// What the model holds; it comes out the same when it is built once more.
    private List<ModelRow> sameAnew() {
        List<ModelRow> once = rows(Optional.empty());
        same("built anew from " + events(), once, rows(Optional.empty()));
        return once;
    }

    private void sameAfter(Kill kill, String seed, List<ModelRow> expected) {
        List<ModelRow> found = rows(Optional.of(kill));
        same(kill.words(given.size()) + " and started again" + seed, expected, found);
    }

    private ProjectionSpec<T, E> same(String when, List<ModelRow> expected, List<ModelRow> found) {
        List<String> differences = RowDifferences.between(expected, found);
        if (!differences.isEmpty()) {
            throw new AssertionError("Projection \"" + projection.name() + "\" " + when + "\n  "
                    + String.join("\n  ", differences) + "\n  given    "
                    + SpecAnswer.describe(given.stream().map(Given::event).toList()));
        }
        return this;
    }

    private String events() {
        return given.size() == 1 ? "1 event" : given.size() + " events";
    }
}
