package dev.everfold.eventsourcing.reaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.CommandContext;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.reaction.Shop.Place;
import dev.everfold.eventsourcing.reaction.Shop.Progress;
import dev.everfold.eventsourcing.testing.FixedIds;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.testkit.ChildJvm;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A process is killed again and again in the middle of its work, and the last one finishes it.
@Timeout(300)
class ReactionKillTest {

    private static final long SEED = Long.getLong("everfold.seed", 47);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int KILLS = 10;
    private static final int ORDERS_MAX = 100_000;

    @TempDir
    Path temporary;

    @Test
    void each_order_is_paid_completed_and_thanked_for_once_however_often_the_process_is_killed() throws Exception {
        Random random = new Random(SEED);
        int placed = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int orders = random.nextInt(1, 100);
            Process process = start(placed);
            try (InputStream output = process.getInputStream()) {
                for (int seen = 0; seen < orders; seen++) {
                    assertThat(output.read()).as("seed %s, kill %s", SEED, kill).isEqualTo('.');
                }
                process.destroyForcibly();
            }
            assertThat(process.waitFor()).isEqualTo(ChildJvm.KILLED);
            placed += orders;
        }

        try (Everfold everfold = Everfold.open("log:" + temporary)) {
            awaitQuiet(everfold.store(), everfold.start(Shop.reaction(everfold)));

            assertThat(effects(everfold.store()))
                    .as("seed %s", SEED)
                    .hasSizeGreaterThanOrEqualTo(placed)
                    .allSatisfy((_, effects) -> assertThat(effects)
                            .containsExactlyInAnyOrder(
                                    "order.placed", "payment.charged", "order.completed", "order.thanked"));
        }
    }

    private static void awaitQuiet(EventStore store, RunningReaction<Progress> reaction) throws InterruptedException {
        for (long end = -1; end != store.nextPosition(); ) {
            end = store.nextPosition();
            assertThat(reaction.awaitCaughtUp(SOON)).isTrue();
        }
    }

    /// What happened to each order.
    private static Map<String, List<String>> effects(EventStore store) {
        return store.read(Read.all()).toList().stream()
                .filter(event -> !event.type().startsWith("$"))
                .collect(Collectors.groupingBy(
                        event -> event.stream().replaceAll("^[a-z]+-", ""),
                        Collectors.mapping(RecordedEvent::type, Collectors.toList())));
    }

    private Process start(int firstOrder) throws Exception {
        return ChildJvm.of(Seller.class, temporary.toString(), Integer.toString(firstOrder))
                .start();
    }

    /// Places orders, and prints a point for each, while the reaction is at work.
    static final class Seller {

        private Seller() {}

        public static void main(String[] arguments) {
            try (Everfold everfold = Everfold.open("log:" + arguments[0])) {
                everfold.start(Shop.reaction(everfold));
                for (int order = Integer.parseInt(arguments[1]); order < ORDERS_MAX; order++) {
                    // The last ones of the life before may be repeated, which has no second effect.
                    CommandContext context = CommandContext.of(FixedIds.id(order));
                    Shop.orders(everfold).handle(Integer.toString(order), new Place(500), context);
                    System.out.write('.');
                    System.out.flush();
                }
            }
        }
    }
}
