package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreProvider;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.testkit.ForwardingEventStore;
import dev.everfold.testkit.MutableClock;
import dev.everfold.testkit.Operation;
import dev.everfold.testkit.RandomOperations;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Copies between engines, broken off wherever something becomes durable. The seed of a random history is in the
/// name of its test.
class StoreCopyTest {

    private static final int OPERATIONS = 300;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void a_copy_in_memory_that_is_broken_off_again_and_again_is_exact_in_the_end(long seed)
            throws InterruptedException {
        EventStore source = history(seed);
        EventStore target = new InMemoryEventStore(Clock.systemUTC(), Limits.DEFAULTS, source.lineage());

        int stops = copyWithStops(seed, source, () -> new KeptOpen(target));

        assertThat(stops).isPositive();
        assertIsCopy(target, source);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void a_copy_in_a_directory_that_is_broken_off_again_and_again_is_exact_in_the_end(long seed)
            throws InterruptedException {
        EventStore source = history(seed);
        StoreUri uri = StoreUri.parse("log:" + folder.resolve("copy-" + seed));
        EventStoreProvider engine = EventStores.provider(uri);

        int stops = copyWithStops(seed, source, () -> engine.openCopy(uri, source.lineage()));

        assertThat(stops).isPositive();
        try (EventStore target = EventStores.open(uri.with("mode", "read").toString())) {
            assertIsCopy(target, source);
        }
    }

    @Test
    void a_copy_that_has_fallen_behind_goes_on_and_one_that_has_not_changes_nothing() {
        EventStore source = new InMemoryEventStore();
        source.append(Append.of(order(17)).tracking("shop", 7));
        EventStore target = copyOf(source);
        source.append(Append.of(order(18), order(17)).tracking("shop", 9));
        source.append(Append.track("depot", 0));

        StoreCopy behind = copy(source, target);
        StoreCopy level = copy(source, target);

        assertThat(behind.alreadyThere()).isEqualTo(1);
        assertThat(behind.copied()).isEqualTo(2);
        assertThat(behind.trackedMoved()).isEqualTo(2);
        assertThat(level.copied()).isZero();
        assertThat(level.trackedMoved()).isZero();
        assertIsCopy(target, source);
    }

    @Test
    void an_empty_store_has_a_copy_too() {
        EventStore source = new InMemoryEventStore();

        assertIsCopy(copyOf(source), source);
    }

    @Test
    void a_target_of_another_history_is_refused() {
        EventStore source = new InMemoryEventStore();
        EventStore target = new InMemoryEventStore();

        assertRefused(
                source,
                target,
                "The target holds another history than the source: expected lineage " + source.lineage() + ", found "
                        + target.lineage() + ". Name a target that is not there yet, or an unfinished copy of this"
                        + " source.");
    }

    @Test
    void a_target_that_has_more_than_the_source_is_refused() {
        EventStore source = new InMemoryEventStore();
        source.append(Append.of(order(17)));
        EventStore target = copyOf(source);
        target.append(Append.of(order(18), order(19)));

        assertRefused(
                source,
                target,
                "The target has 3 events, the source 1; expected no more than in the source. Something else was"
                        + " appended to one of them: name another target.");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void a_target_with_another_event_at_its_beginning_or_at_its_end_is_refused(int position) {
        UUID lineage = UUID.randomUUID();
        EventStore source = new InMemoryEventStore(Clock.systemUTC(), Limits.DEFAULTS, lineage);
        EventStore target = new InMemoryEventStore(Clock.systemUTC(), Limits.DEFAULTS, lineage);
        for (int i = 0; i < 4; i++) {
            NewEvent event = order(i).recordedAt(Instant.EPOCH);
            source.append(Append.of(event));
            if (i < 3) {
                target.append(Append.of(i == position ? event.withId(new UUID(0, i)) : event));
            }
        }

        assertRefused(
                source,
                target,
                "The target differs from the source at position " + position + ": expected id "
                        + source.read(Read.all().fromPosition(position)).next().id() + ", found "
                        + new UUID(0, position)
                        + ". Something else was appended to one of them: name another target.");
        assertThat(target.nextPosition()).isEqualTo(3);
    }

    @Test
    void a_target_whose_event_has_the_same_id_and_other_content_is_refused() {
        EventStore source = new InMemoryEventStore();
        NewEvent event = order(17).recordedAt(Instant.EPOCH);
        source.append(Append.of(event));
        EventStore target = new InMemoryEventStore(Clock.systemUTC(), Limits.DEFAULTS, source.lineage());
        target.append(Append.of(event.withTags("order:17")));

        assertRefused(
                source,
                target,
                "The target differs from the source at position 0: expected the same bytes, found others with the same"
                        + " id " + event.id() + ". Something else was appended to one of them: name another target.");
    }

    @Test
    void a_target_that_tracks_more_than_the_source_is_refused() {
        EventStore source = new InMemoryEventStore();
        source.append(Append.track("shop", 7));
        EventStore target = copyOf(source);
        target.append(Append.track("shop", 8));

        assertRefused(
                source,
                target,
                "\"shop\" is tracked up to 8 in the target, up to 7 in the source; expected no more than in the source."
                        + " Something else was appended to one of them: name another target.");

        EventStore another = copyOf(source);
        another.append(Append.track("depot", 0));
        assertRefused(
                source,
                another,
                "\"depot\" is tracked up to 0 in the target, not at all in the source; expected no more than in the"
                        + " source. Something else was appended to one of them: name another target.");
    }

    @Test
    void someone_else_who_appends_to_the_target_ends_the_copy() {
        EventStore source = new InMemoryEventStore();
        for (int i = 0; i < 30; i++) {
            source.append(Append.of(order(i)));
        }
        EventStore target =
                new ForwardingEventStore(new InMemoryEventStore(Clock.systemUTC(), Limits.DEFAULTS, source.lineage())) {
                    @Override
                    public Appended append(Append append) {
                        if (delegate.nextPosition() == 10) {
                            delegate.append(Append.of(order(99)));
                        }
                        return delegate.append(append);
                    }
                };

        assertThatThrownBy(() -> new StoreCopy(source, target, 5).run(_ -> {}, new Interruption()))
                .isInstanceOfSatisfying(
                        CommandException.class,
                        refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED))
                .hasMessage("The target is written to by somebody else: its log does not end at position 10 any more,"
                        + " where the copy goes on; expected no other writer. End that one and repeat the copy, which"
                        + " tells whether the target still holds the same history.");
        assertRefused(
                source,
                target,
                "The target differs from the source at position 10: expected id "
                        + source.read(Read.all().fromPosition(10)).next().id() + ", found "
                        + target.read(Read.all().fromPosition(10)).next().id()
                        + ". Something else was appended to one of them: name another target.");
    }

    @Test
    void an_event_that_is_too_large_for_the_target_ends_the_copy_after_what_stands_before_it() {
        EventStore source = new InMemoryEventStore();
        source.append(Append.of(order(1), order(2)));
        source.append(Append.of(NewEvent.of("order-3", "order.placed", "\"" + "x".repeat(2_000) + "\"")));
        Limits small = Limits.DEFAULTS.withBytesMax(1_024, 4_096);
        EventStore target = new InMemoryEventStore(Clock.systemUTC(), small, source.lineage());

        assertThatThrownBy(() -> new StoreCopy(source, target, 100).run(_ -> {}, new Interruption()))
                .isInstanceOf(CommandException.class)
                .hasMessage("The event at position 2 is beyond what the target takes: Event \"order.placed\" has 2002"
                        + " bytes; the limit is 1024 (Limits.eventBytesMax). Store large data elsewhere and append a"
                        + " link.");
        assertThat(target.nextPosition()).isEqualTo(2);
    }

    @Test
    void a_store_that_lost_an_event_in_the_middle_fails_when_all_are_compared() {
        EventStore source = new InMemoryEventStore();
        for (int i = 0; i < 500; i++) {
            source.append(Append.of(order(i).recordedAt(Instant.EPOCH)));
        }
        EventStore target =
                new ForwardingEventStore(new InMemoryEventStore(Clock.systemUTC(), Limits.DEFAULTS, source.lineage())) {
                    @Override
                    public Appended append(Append append) {
                        return delegate.append(new Append(
                                append.id(),
                                append.events().stream()
                                        .map(event -> event.stream().equals("order-300") ? event.withTags("x") : event)
                                        .toList(),
                                append.conditions(),
                                append.tracking()));
                    }
                };
        StoreCopy copy = new StoreCopy(source, target, 100);
        copy.run(_ -> {}, new Interruption());

        assertThatThrownBy(() -> copy.verify(true, _ -> {}))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith("The target differs from the source at position 300: expected the same bytes,");
    }

    /// Copies, is broken off at a place that chance decides, and begins again, until it is done.
    ///
    /// @return how often it was broken off
    private static int copyWithStops(long seed, EventStore source, Supplier<EventStore> targets) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int stops = 0; ; stops++) {
            try (Stopping target = new Stopping(targets.get(), random.nextInt(1, 12), random.nextBoolean())) {
                StoreCopy copy = new StoreCopy(source, target, random.nextInt(1, 30));
                copy.run(_ -> {}, new Interruption());
                copy.verify(true, _ -> {});
                return stops;
            } catch (OutcomeUnknownException stopped) {
                assertThat(stopped).hasMessageStartingWith("Stopped");
            }
        }
    }

    /// Breaks an append off, either before it is stored or after, and takes no other from then on.
    private static final class Stopping extends ForwardingEventStore {

        private final boolean isStored;
        private int left;

        Stopping(EventStore store, int appends, boolean isStored) {
            super(store);
            this.left = appends;
            this.isStored = isStored;
        }

        @Override
        public Appended append(Append append) {
            left--;
            if (left == 0 && isStored) {
                delegate.append(append);
            }
            if (left <= 0) {
                throw new OutcomeUnknownException("Stopped", null);
            }
            return delegate.append(append);
        }
    }

    /// A store in memory that outlives its closing.
    private static final class KeptOpen extends ForwardingEventStore {

        KeptOpen(EventStore store) {
            super(store);
        }

        @Override
        public void close() {}
    }

    /// A store with whatever a random history leaves in it.
    private static EventStore history(long seed) throws InterruptedException {
        MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");
        EventStore store = new InMemoryEventStore(clock, Limits.DEFAULTS);
        EventStore model = new InMemoryEventStore(clock, Limits.DEFAULTS);
        RandomOperations operations = new RandomOperations(seed, model, clock);
        for (int step = 0; step < OPERATIONS; step++) {
            Operation operation = operations.next();
            if (operation instanceof Operation.MoveClock(var by)) {
                clock.advance(by);
            }
            operation.applyTo(store);
            operation.applyTo(model);
        }
        assertThat(store.nextPosition()).isGreaterThan(100);
        assertThat(store.trackedPositions()).isNotEmpty();
        return store;
    }

    private static EventStore copyOf(EventStore source) {
        EventStore target = new InMemoryEventStore(Clock.systemUTC(), Limits.DEFAULTS, source.lineage());
        copy(source, target);
        return target;
    }

    private static StoreCopy copy(EventStore source, EventStore target) {
        StoreCopy copy = new StoreCopy(source, target, StoreCopy.BATCH_EVENTS_MAX);
        copy.run(_ -> {}, new Interruption());
        assertThat(copy.verify(true, _ -> {})).isEqualTo(source.nextPosition());
        return copy;
    }

    private static void assertIsCopy(EventStore target, EventStore source) {
        assertThat(target.lineage()).isEqualTo(source.lineage());
        assertThat(target.read(Read.all()).toList())
                .isEqualTo(source.read(Read.all()).toList());
        assertThat(target.trackedPositions()).isEqualTo(source.trackedPositions());
        assertThat(target.stats().types()).isEqualTo(source.stats().types());
        assertThat(target.stats().streams()).isEqualTo(source.stats().streams());
    }

    private static void assertRefused(EventStore source, EventStore target, String message) {
        assertThatThrownBy(() -> new StoreCopy(source, target, 10))
                .isInstanceOfSatisfying(
                        CommandException.class,
                        refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED))
                .hasMessage(message);
    }

    private static NewEvent order(int number) {
        return NewEvent.of("order-" + number, "order.placed", "{}");
    }
}
