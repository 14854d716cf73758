package dev.everfold.eventsourcing.reaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventsourcing.reaction.Shop.Place;
import dev.everfold.eventsourcing.reaction.Shop.Progress;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A process dies at each of its appends in turn, and another one goes on: before and after what an instance decided
/// was recorded, each of its commands had its effect, a refusal was recorded, a timer was told, a checkpoint saved.
@Timeout(120)
class ReactionCrashTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final MutableClock clock = MutableClock.at(START);

    private Everfold process(EventStore store) {
        return Everfold.on(store, EverfoldOptions.defaults().withClock(clock));
    }

    @ParameterizedTest
    @EnumSource
    void each_command_takes_effect_once_whenever_the_process_dies(DyingStore.Fault fault) throws InterruptedException {
        int died = 0;
        for (int append = 1; ; append++) {
            clock.set(START);
            InMemoryEventStore store = new InMemoryEventStore(clock, Limits.DEFAULTS);
            place(store);

            boolean dead = runUntilDeath(new DyingStore(store, append, fault));
            runToTheEnd(store);

            assertOnce(store, "paid", List.of("order.placed", "payment.charged", "order.completed", "order.thanked"));
            assertOnce(store, "refused", List.of("order.placed", "order.cancelled"));
            assertOnce(store, "late", List.of("order.placed", "order.cancelled"));
            if (!dead) {
                break;
            }
            died++;
        }
        assertThat(died).isGreaterThanOrEqualTo(15);
    }

    private void place(EventStore store) {
        try (Everfold everfold = process(store)) {
            Shop.orders(everfold).handle("paid", new Place(500));
            Shop.orders(everfold).handle("refused", new Place(Shop.TOO_MUCH));
            Shop.orders(everfold).handle("late", new Place(Shop.LATER));
        }
    }

    private boolean runUntilDeath(DyingStore store) throws InterruptedException {
        try (Everfold everfold = process(store)) {
            RunningReaction<Progress> reaction = everfold.start(Shop.reaction(everfold));
            while (!store.isDead() && !areEnded(reaction, "paid", "refused")) {
                reaction.awaitCaughtUp(Duration.ofMillis(2));
            }
            if (!store.isDead()) {
                clock.set(START.plus(Shop.PAYMENT_MAX));
            }
            while (!store.isDead() && !isQuiet(store, reaction)) {
                // Either of both comes.
            }
        }
        return store.isDead();
    }

    private void runToTheEnd(EventStore store) throws InterruptedException {
        try (Everfold everfold = process(store)) {
            RunningReaction<Progress> reaction = everfold.start(Shop.reaction(everfold));
            while (!areEnded(reaction, "paid", "refused")) {
                assertThat(reaction.awaitCaughtUp(SOON)).isTrue();
            }
            clock.set(START.plus(Shop.PAYMENT_MAX));
            while (!isQuiet(store, reaction)) {
                assertThat(reaction.parked()).isEmpty();
            }
        }
    }

    /// Whether everything ended, and the last of it led to nothing more.
    private static boolean isQuiet(EventStore store, RunningReaction<Progress> reaction) throws InterruptedException {
        long end = store.nextPosition();
        return areEnded(reaction, "paid", "refused", "late")
                && reaction.awaitCaughtUp(Duration.ofMillis(100))
                && end == store.nextPosition();
    }

    private static boolean areEnded(RunningReaction<Progress> reaction, String... keys) {
        return List.of(keys).stream().allMatch(key -> reaction.instance(key).ended());
    }

    private static void assertOnce(EventStore store, String key, List<String> types) {
        assertThat(Shop.happened(store, key)).isEqualTo(types);
    }
}
