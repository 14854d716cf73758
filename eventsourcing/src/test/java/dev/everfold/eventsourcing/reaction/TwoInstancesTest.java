package dev.everfold.eventsourcing.reaction;

import static dev.everfold.eventsourcing.codec.Upcaster.into;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.codec.Upcaster;
import dev.everfold.eventsourcing.reaction.Shop.Charge;
import dev.everfold.eventsourcing.reaction.Shop.Command;
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

/// An event that an upcaster splits is for two instances. It waits behind a parked one of the first, and is handled for
/// both when that is settled, whatever the second one has been told meanwhile.
@Timeout(60)
class TwoInstancesTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @EventType(value = "order.placed", version = 2)
    record Placed(String order, long cents) {}

    private static final EventCodec<Placed> CODEC = EventCodec.builder(Placed.class)
            .upcaster(Upcaster.from("order.placed", 1)
                    .split(
                            into("order.placed", 2).keep("first", "cents").rename("first", "order"),
                            into("order.placed", 2).keep("second", "cents").rename("second", "order")))
            .build();

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
    private final AtomicBoolean isMended = new AtomicBoolean();
    private final Semaphore tried = new Semaphore(0);
    private final List<String> sent = new CopyOnWriteArrayList<>();

    private Reaction<Placed, Progress> reaction(CheckpointStore progress) {
        return Reaction.of("charging", CODEC, new Progress("new"), TwoInstancesTest::react)
                .correlating((placed, _) -> Optional.of(placed.order()))
                .from(StartAt.beginning())
                .checkpoints(progress)
                .options(Shop.options().onFailure(1, FailurePolicy.PARK))
                .to(Shop.PAYMENTS, (order, command, _) -> send(order, command));
    }

    private static Reacted<Progress> react(Progress state, Input<Placed> input) {
        return input instanceof Input.Happened<Placed>(Placed(var order, long cents), var _, var _)
                ? Reacted.to(new Progress("placed " + cents), Action.send(Shop.PAYMENTS, order, new Charge(cents)))
                : Reacted.to(state);
    }

    private Answer send(String order, Command command) {
        if (!(command instanceof Charge(long cents))) {
            throw new AssertionError(command);
        }
        if (cents == 1 && !isMended.get()) {
            throw new IllegalStateException("alice has no account");
        }
        if (cents == 3 && !isMended.get()) {
            tried.release();
            throw new StoreUnavailableException("The payments are away.", true, null);
        }
        sent.add(order + " " + cents);
        return Answer.done();
    }

    private static NewEvent placed(String first, String second, int cents) {
        return NewEvent.of(
                "orders",
                "order.placed",
                "{\"first\":\"" + first + "\",\"second\":\"" + second + "\",\"cents\":" + cents + "}");
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void an_event_that_waits_is_handled_for_both_also_where_a_process_ends_in_a_step_with_one_behind_it()
            throws Exception {
        try (Everfold everfold = Everfold.on(store)) {
            RunningReaction<Progress> reaction = everfold.start(reaction(checkpoints));
            long first = store.append(Append.of(placed("alice", "alice", 1))).fromPosition();
            assertThat(reaction.awaitHandled(first, SOON)).isTrue();
            reaction.pause();
            store.append(Append.of(List.of(placed("alice", "bob", 2), placed("bob", "bob", 3))));
            reaction.resume();
            tried.acquire();
        }
        isMended.set(true);

        RedriveFirst first = new RedriveFirst(checkpoints);
        try (Everfold everfold = Everfold.on(store)) {
            RunningReaction<Progress> reaction = everfold.start(reaction(first));
            first.redrive(reaction, "alice");
            assertThat(reaction.awaitCaughtUp(SOON)).isTrue();
        }
        assertThat(sent).containsExactlyInAnyOrder("alice 1", "alice 1", "alice 2", "bob 2", "bob 3", "bob 3");
    }
}
