package dev.everfold.eventsourcing.reaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.codec.EventContext;
import dev.everfold.eventsourcing.reaction.Shop.Charge;
import dev.everfold.eventsourcing.reaction.Shop.Command;
import dev.everfold.eventsourcing.reaction.Shop.Placed;
import dev.everfold.eventsourcing.reaction.Shop.Progress;
import dev.everfold.eventsourcing.subscription.CheckpointStore;
import dev.everfold.eventsourcing.subscription.FailurePolicy;
import dev.everfold.eventsourcing.subscription.InMemoryCheckpoints;
import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An event whose instance cannot be told is parked by its stream, and holds up no instance. Redriven, it comes after
/// events of its instance that stand behind it in the log.
@Timeout(60)
class LateRedriveTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
    private final AtomicBoolean canBeTold = new AtomicBoolean();
    private final AtomicBoolean isAway = new AtomicBoolean(true);
    private final Semaphore tried = new Semaphore(0);
    private final List<Long> sent = new CopyOnWriteArrayList<>();

    private Reaction<Shop.Event, Progress> reaction(CheckpointStore progress) {
        return Reaction.of("charging", Shop.CODEC, new Progress("new"), LateRedriveTest::react)
                .correlating(this::keyOf)
                .from(StartAt.beginning())
                .checkpoints(progress)
                .options(Shop.options().onFailure(1, FailurePolicy.PARK))
                .to(Shop.PAYMENTS, (_, command, _) -> send(command));
    }

    private static Reacted<Progress> react(Progress state, Input<Shop.Event> input) {
        return input instanceof Input.Happened<Shop.Event>(Placed(long cents), var key, var _)
                ? Reacted.to(new Progress("placed " + cents), Action.send(Shop.PAYMENTS, key, new Charge(cents)))
                : Reacted.to(state);
    }

    private Optional<String> keyOf(Shop.Event event, EventContext context) {
        if (context.event().stream().equals("parcel-1") && !canBeTold.get()) {
            throw new IllegalArgumentException("no order");
        }
        return Optional.of("17");
    }

    private Answer send(Command command) {
        if (!(command instanceof Charge(long cents))) {
            throw new AssertionError(command);
        }
        tried.release();
        if (cents == 2 && isAway.get()) {
            throw new StoreUnavailableException("The payments are away.", true, null);
        }
        sent.add(cents);
        return Answer.done();
    }

    private long placed(String stream, int cents) {
        return store.append(Append.of(NewEvent.of(stream, "order.placed", "{\"cents\":" + cents + "}")))
                .fromPosition();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void commands_that_are_recorded_and_not_sent_are_sent_also_where_an_earlier_event_is_redriven_in_between()
            throws Exception {
        try (Everfold everfold = Everfold.on(store)) {
            RunningReaction<Progress> reaction = everfold.start(reaction(checkpoints));
            assertThat(reaction.awaitHandled(placed("parcel-1", 1), SOON)).isTrue();
            placed("order-17", 2);
            tried.acquire();
        }
        canBeTold.set(true);
        isAway.set(false);

        RedriveFirst first = new RedriveFirst(checkpoints);
        try (Everfold everfold = Everfold.on(store)) {
            RunningReaction<Progress> reaction = everfold.start(reaction(first));
            assertThat(first.redrive(reaction, "1")).isEqualTo(1);
            assertThat(reaction.awaitCaughtUp(SOON)).isTrue();
        }
        assertThat(sent).containsExactlyInAnyOrder(1L, 2L);
    }
}
