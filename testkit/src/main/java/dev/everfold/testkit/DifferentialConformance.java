package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.Read;
import dev.everfold.testkit.Operation.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Random histories: the engine answers every operation as the store in memory does, byte for byte and word
/// for word.
///
/// Both are given the same operations ([RandomOperations]) under the same clock; answers, exceptions
/// with their messages, cursors and statistics are compared at each step, and the whole log now and
/// then. Stores that survive their closing ([RestartableFixture]) are closed and opened again in
/// between.
///
/// System properties: `everfold.seed` runs one seed only; `everfold.differential.seeds` and
/// `everfold.differential.steps` say how many histories there are and how long each is.
///
/// Leaves open: what only happens between threads ([ConcurrencyConformance], [VisibilityConformance]);
/// bytes and segments of the statistics; what the model itself gets wrong.
public abstract class DifferentialConformance extends ConformanceSuite {

    private static final int RECENT_MAX = 12;
    private static final int WHOLE_LOG_EVERY = 100;
    private static final int RESTART_EVERY = 40;

    /// Few enough remembered appends and narrow enough limits that random operations run into them.
    static final Limits NARROW = new Limits(24 << 10, 16 << 10, 64 << 10, 25, 24, 3, 3, 8, 25);

    @Override
    protected Limits limits() {
        return NARROW;
    }

    /// How many histories are run, each from a seed of its own.
    protected int seeds() {
        return Integer.getInteger("everfold.differential.seeds", 40);
    }

    /// How many operations each history has.
    protected int steps() {
        return Integer.getInteger("everfold.differential.steps", 250);
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void random_histories_are_answered_as_by_the_store_in_memory() throws InterruptedException {
        Long seed = Long.getLong("everfold.seed");
        if (seed != null) {
            run(seed);
            return;
        }
        for (int i = 1; i <= seeds(); i++) {
            run(i);
        }
    }

    private void run(long seed) throws InterruptedException {
        startOver(limits());
        UUID lineage = store.lineage();
        Deque<Operation> recent = new ArrayDeque<>();
        SplittableRandom restarts = new SplittableRandom(seed);
        try (EventStore model = new InMemoryEventStore(clock, limits())) {
            RandomOperations operations = new RandomOperations(seed, model, clock);
            for (int step = 0; step < steps(); step++) {
                boolean restart = fixture instanceof RestartableFixture && restarts.nextInt(RESTART_EVERY) == 0;
                Operation operation = restart ? new Operation.Restart() : operations.next();
                recent.addLast(operation);
                if (recent.size() > RECENT_MAX) {
                    recent.removeFirst();
                }
                Supplier<String> story = story(seed, step, recent);
                perform(operation);
                compare(operation, model, story);
                if (step % WHOLE_LOG_EVERY == WHOLE_LOG_EVERY - 1 || restart) {
                    compare(new Operation.ReadSome(Read.all(), Long.MAX_VALUE), model, story);
                    compare(new Operation.AskStats(), model, story);
                    assertThat(store.lineage()).as(story).isEqualTo(lineage);
                }
            }
            assertThat(log())
                    .as(story(seed, steps(), recent))
                    .isEqualTo(model.read(Read.all()).toList());
        }
    }

    private void perform(Operation operation) {
        switch (operation) {
            case Operation.MoveClock(var by) -> clock.advance(by);
            case Operation.Restart _ -> {
                store.close();
                store = ((RestartableFixture) fixture).reopen(clock, limits());
            }
            default -> {}
        }
    }

    private void compare(Operation operation, EventStore model, Supplier<String> story) throws InterruptedException {
        Outcome expected = operation.applyTo(model);
        Outcome actual;
        try {
            actual = operation.applyTo(store);
        } catch (RuntimeException | AssertionError unexpected) {
            throw new AssertionError("Expected " + expected + " but the store failed.\n" + story.get(), unexpected);
        }
        assertThat(actual).as(story).isEqualTo(expected);
        assertThat(store.nextPosition()).as(story).isEqualTo(model.nextPosition());
    }

    /// Where a history stands and how to repeat it; put into words only when something differs.
    private Supplier<String> story(long seed, int step, Deque<Operation> recent) {
        return () -> "Seed " + seed + " at step " + step + " of " + steps() + ". Repeat it: -Deverfold.seed=" + seed
                + " -Deverfold.differential.steps=" + steps() + "\nThe last operations:\n  "
                + recent.stream().map(Operation::toString).collect(Collectors.joining("\n  ")) + "\n";
    }
}
