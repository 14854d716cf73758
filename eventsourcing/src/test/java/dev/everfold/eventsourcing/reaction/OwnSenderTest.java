package dev.everfold.eventsourcing.reaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.reaction.Shop.Charge;
import dev.everfold.eventsourcing.reaction.Shop.Placed;
import dev.everfold.eventsourcing.reaction.Shop.Progress;
import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A target that finds that no more should be sent, and says so to the reaction that waits for its answer.
@Timeout(20)
class OwnSenderTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private static final Reaction<Shop.Event, Progress> REACTION = Reaction.of(
                    "charging", Shop.CODEC, new Progress("new"), OwnSenderTest::react)
            .from(StartAt.beginning())
            .options(Shop.options());

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Everfold everfold = Everfold.on(store);
    private final List<String> sent = new CopyOnWriteArrayList<>();

    private static Reacted<Progress> react(Progress state, Input<Shop.Event> input) {
        return input instanceof Input.Happened<Shop.Event>(Placed(long cents), var key, var _)
                ? Reacted.to(new Progress("placed"), Action.send(Shop.PAYMENTS, key, new Charge(cents)))
                : Reacted.to(state);
    }

    /// Two keys in one step, which are handled beside each other, and one more.
    @BeforeEach
    void placed() {
        for (int order = 17; order < 20; order++) {
            store.append(Append.of(NewEvent.of("order-" + order, "order.placed", "{\"cents\":500}")));
        }
    }

    private RunningReaction<Progress> start(Consumer<RunningReaction<Progress>> atTheFirst) {
        CompletableFuture<RunningReaction<Progress>> running = new CompletableFuture<>();
        Reaction<Shop.Event, Progress> reaction = REACTION.options(
                        Shop.options().withBatchEventsMax(2))
                .to(Shop.PAYMENTS, (id, _, _) -> {
                    if (id.equals("17")) {
                        atTheFirst.accept(running.join());
                    }
                    sent.add(id);
                    return Answer.done();
                });
        running.complete(everfold.start(reaction));
        return running.join();
    }

    @AfterEach
    void close() {
        everfold.close();
        store.close();
    }

    @Test
    void one_that_pauses_its_reaction_goes_on_at_once_and_the_step_in_work_is_the_last() throws InterruptedException {
        RunningReaction<Progress> reaction = start(RunningReaction::pause);

        assertThat(reaction.awaitHandled(1, SOON)).isTrue();
        while (reaction.status().state() != ConsumerState.PAUSED) {
            Thread.onSpinWait();
        }

        assertThat(sent).containsExactlyInAnyOrder("17", "18");
        reaction.resume();
        assertThat(reaction.awaitCaughtUp(SOON)).isTrue();
        assertThat(sent).containsExactlyInAnyOrder("17", "18", "19");
        assertThat(reaction.status().retries()).isZero();
    }

    @Test
    void one_that_closes_its_reaction_goes_on_at_once_and_its_answer_counts() {
        RunningReaction<Progress> reaction = start(RunningReaction::close);
        while (reaction.status().state() != ConsumerState.STOPPED) {
            Thread.onSpinWait();
        }

        assertThat(sent).containsExactlyInAnyOrder("17", "18");
        assertThat(store.trackedPosition("$consumer:charging")).hasValue(2);
        assertThat(reaction.status().lastFailure()).isEmpty();
    }

    @Test
    void one_that_asks_its_reaction_is_refused_since_it_would_wait_for_itself() throws InterruptedException {
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        RunningReaction<Progress> reaction =
                start(running -> refused.complete(catchThrowable(() -> running.redrive("18"))));

        assertThat(reaction.awaitCaughtUp(SOON)).isTrue();

        assertThat(refused.getNow(new AssertionError("not called")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Consumer \"charging\" is asked by its own handler, for which it waits."
                        + " Ask it from another thread.");
    }
}
