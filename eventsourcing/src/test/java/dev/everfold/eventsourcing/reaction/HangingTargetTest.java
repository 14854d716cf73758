package dev.everfold.eventsourcing.reaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.reaction.Shop.Charge;
import dev.everfold.eventsourcing.reaction.Shop.Placed;
import dev.everfold.eventsourcing.reaction.Shop.Progress;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.FailurePolicy;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A target that takes a command and does not come back.
@Timeout(60)
class HangingTargetTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String WHY = "NoAnswerException: Target \"payments\" has not answered the command for \"17\""
            + " within PT0.05S (Reaction.answerMax). The command is sent again; see whether the target hangs.";

    private static final Reaction<Shop.Event, Progress> REACTION = Reaction.of(
                    "charging", Shop.CODEC, new Progress("new"), HangingTargetTest::react)
            .from(StartAt.beginning())
            .options(Shop.options())
            .answerMax(Duration.ofMillis(50));

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Everfold everfold = Everfold.on(store);
    private final Map<String, Integer> sent = new ConcurrentHashMap<>();
    private final CountDownLatch isMended = new CountDownLatch(1);

    private static Reacted<Progress> react(Progress state, Input<Shop.Event> input) {
        return input instanceof Input.Happened<Shop.Event>(Placed(long cents), var key, var _)
                ? Reacted.to(new Progress("placed"), Action.send(Shop.PAYMENTS, key, new Charge(cents)))
                : Reacted.to(state);
    }

    private void placed(int order) {
        store.append(Append.of(NewEvent.of("order-" + order, "order.placed", "{\"cents\":500}")));
    }

    /// Does not heed interrupts, as a call into a library that swallows them.
    private Answer hang(String id) {
        sent.merge(id, 1, Integer::sum);
        while (id.equals("17") && isMended.getCount() > 0) {
            try {
                isMended.await();
            } catch (InterruptedException ignored) {
                // Goes on hanging.
            }
        }
        return Answer.done();
    }

    @AfterEach
    void close() {
        isMended.countDown();
        everfold.close();
        store.close();
    }

    @Test
    void an_event_whose_target_hangs_is_parked_and_the_others_go_on() throws InterruptedException {
        for (int order = 10; order < 30; order++) {
            placed(order);
        }

        RunningReaction<Progress> reaction = everfold.start(REACTION.to(Shop.PAYMENTS, (id, _, _) -> hang(id)));

        assertThat(reaction.awaitCaughtUp(SOON)).isTrue();
        assertThat(reaction.parked()).singleElement().satisfies(parked -> {
            assertThat(parked.key()).isEqualTo("17");
            assertThat(parked.failure()).contains(WHY);
        });
        assertThat(reaction.status().lastFailure().map(ConsumerStatus.Failure::message))
                .contains(WHY);
        assertThat(sent).hasSize(20).allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
    }

    @Test
    void once_the_target_answers_its_answer_counts_and_nothing_is_sent_twice() throws InterruptedException {
        placed(17);
        RunningReaction<Progress> reaction = everfold.start(REACTION.to(Shop.PAYMENTS, (id, _, _) -> hang(id)));
        assertThat(reaction.awaitCaughtUp(SOON)).isTrue();
        assertThat(reaction.parked()).extracting(ParkedEvent::key).isEqualTo(List.of("17"));

        isMended.countDown();

        assertThat(reaction.redrive("17")).isEqualTo(1);
        assertThat(sent).isEqualTo(Map.of("17", 1));
    }

    @Test
    void one_that_heeds_the_interrupt_is_asked_again() throws InterruptedException {
        placed(17);

        // It ends when it is interrupted, or a little later: then the next try meets the end of the first.
        Reaction<Shop.Event, Progress> patient = REACTION.options(Shop.options().onFailure(10, FailurePolicy.PARK));
        RunningReaction<Progress> reaction = everfold.start(patient.to(Shop.PAYMENTS, (id, _, _) -> {
            if (sent.merge(id, 1, Integer::sum) == 1) {
                try {
                    isMended.await();
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException("interrupted", interrupted);
                }
            }
            return Answer.done();
        }));

        assertThat(reaction.awaitCaughtUp(SOON)).isTrue();
        assertThat(reaction.parked()).isEmpty();
        assertThat(sent).isEqualTo(Map.of("17", 2));
    }

    @Test
    void no_time_to_answer_is_refused() {
        assertThatThrownBy(() -> REACTION.answerMax(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Reaction.answerMax is PT0S; expected a time in which a target can answer.");
    }
}
