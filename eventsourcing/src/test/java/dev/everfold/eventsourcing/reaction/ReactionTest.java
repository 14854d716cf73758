package dev.everfold.eventsourcing.reaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventsourcing.projection.MemoryReadModel;
import dev.everfold.eventsourcing.projection.MemoryRows;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.reaction.Shop.Event;
import dev.everfold.eventsourcing.reaction.Shop.Place;
import dev.everfold.eventsourcing.reaction.Shop.Progress;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.testkit.MutableClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReactionTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final List<String> PAID =
            List.of("order.placed", "payment.charged", "order.completed", "order.thanked");

    private final MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");
    private final InMemoryEventStore store = new InMemoryEventStore(clock, Limits.DEFAULTS);
    private final Everfold everfold = process();

    private Everfold process() {
        return Everfold.on(store, EverfoldOptions.defaults().withClock(clock));
    }

    @AfterEach
    void close() {
        everfold.close();
        store.close();
    }

    @Test
    void an_event_leads_to_commands_and_these_to_further_ones() throws InterruptedException {
        RunningReaction<Progress> reaction = everfold.start(Shop.reaction(everfold));

        Shop.orders(everfold).handle("17", new Place(500));

        awaitWord(reaction, "17", "done");
        assertThat(Shop.happened(store, "17")).isEqualTo(PAID);
        assertThat(reaction.instance("17").timers()).isEmpty();
        assertThat(reaction.instance("17").ended()).isTrue();
    }

    @Test
    void a_rejected_command_comes_back_with_its_reason_and_is_compensated() throws InterruptedException {
        RunningReaction<Progress> reaction = everfold.start(Shop.reaction(everfold));

        Shop.orders(everfold).handle("17", new Place(Shop.TOO_MUCH));

        awaitWord(reaction, "17", "cancelled");
        awaitQuiet(reaction);
        assertThat(Shop.happened(store, "17")).containsExactly("order.placed", "order.cancelled");
    }

    @Test
    void a_reaction_begins_with_what_follows_its_first_start() throws InterruptedException {
        Shop.orders(everfold).handle("17", new Place(500));
        RunningReaction<Progress> reaction =
                everfold.start(Shop.reaction(everfold).from(StartAt.end()));

        Shop.orders(everfold).handle("18", new Place(500));

        awaitWord(reaction, "18", "done");
        awaitQuiet(reaction);
        assertThat(Shop.happened(store, "17")).containsExactly("order.placed");
        assertThat(Shop.happened(store, "18")).isEqualTo(PAID);
    }

    @Test
    void a_rebuilt_projection_and_a_second_run_of_the_reaction_send_nothing() throws InterruptedException {
        Shop.orders(everfold).handle("17", new Place(500));
        try (RunningReaction<Progress> reaction = everfold.start(Shop.reaction(everfold))) {
            awaitWord(reaction, "17", "done");
            awaitQuiet(reaction);
        }
        AtomicInteger seen = new AtomicInteger();
        Projection<MemoryRows<String, String>> projection =
                Projection.of("seen", Shop.CODEC, (_, _, _) -> seen.incrementAndGet());
        MemoryReadModel<String, String> model = MemoryReadModel.empty();
        try (var running = everfold.start(projection, model)) {
            assertThat(running.awaitCaughtUp(SOON)).isTrue();
        }

        try (var running = everfold.start(projection.version(2), model);
                var reaction = everfold.start(Shop.reaction(everfold))) {
            assertThat(running.awaitCaughtUp(SOON)).isTrue();
            assertThat(reaction.awaitCaughtUp(SOON)).isTrue();
        }

        assertThat(seen).hasValue(2 * PAID.size());
        assertThat(Shop.happened(store, "17")).isEqualTo(PAID);
    }

    @Test
    void two_processes_with_one_store_do_nothing_twice() throws InterruptedException {
        try (Everfold other = process()) {
            RunningReaction<Progress> here = everfold.start(Shop.reaction(everfold));
            RunningReaction<Progress> there = other.start(Shop.reaction(other));

            for (int order = 0; order < 100; order++) {
                Shop.orders(everfold).handle(Integer.toString(order), new Place(500));
            }

            for (int order = 0; order < 100; order++) {
                awaitWord(here, Integer.toString(order), "done");
            }
            awaitQuiet(here);
            awaitQuiet(there);
            for (int order = 0; order < 100; order++) {
                assertThat(Shop.happened(store, Integer.toString(order))).isEqualTo(PAID);
            }
        }
    }

    @Test
    void an_event_that_fails_keeps_back_its_key_only_and_is_handled_when_it_is_redriven() throws InterruptedException {
        AtomicBoolean broken = new AtomicBoolean(true);
        RunningReaction<Progress> reaction =
                everfold.start(Shop.reaction(everfold).correlating((_, context) -> {
                    String key = context.event().stream().replaceAll("^[a-z]+-", "");
                    return Optional.of(key.equals("poison") && broken.get() ? "" : key);
                }));
        Shop.orders(everfold).handle("poison", new Place(500));
        Shop.orders(everfold).handle("17", new Place(500));
        awaitWord(reaction, "17", "done");
        assertThat(Shop.happened(store, "poison")).containsExactly("order.placed");
        ParkedEvent parked = reaction.parked().getFirst();

        broken.set(false);

        assertThat(reaction.redrive(parked.key())).isEqualTo(1);
        awaitWord(reaction, "poison", "done");
        assertThat(Shop.happened(store, "poison")).isEqualTo(PAID);
        assertThat(reaction.parked()).isEmpty();
    }

    @Test
    void an_unreadable_event_that_is_redriven_after_later_ones_of_its_instance_is_not_lost()
            throws InterruptedException {
        AtomicBoolean broken = new AtomicBoolean(true);
        Reaction<Event, Progress> counting = Reaction.of("counting", Shop.CODEC, new Progress(""), ReactionTest::thank)
                .correlating((event, _) -> keyUnless(broken, event))
                .options(Shop.REACTION.options())
                .to(Shop.ORDERS, Shop.orders(everfold));
        RunningReaction<Progress> reaction = everfold.start(counting);
        Shop.orders(everfold).handle("17", new Place(500));
        long charged = store.append(Append.of(NewEvent.of("payment-17", "payment.charged", "{\"cents\":1}")))
                .fromPosition();
        assertThat(reaction.awaitHandled(charged, SOON)).isTrue();

        broken.set(false);

        assertThat(reaction.redrive(reaction.parked().getFirst().key())).isEqualTo(1);
        assertThat(reaction.state("alice").word()).isEqualTo(" Charged Placed");
        assertThat(Shop.happened(store, "alice"))
                .filteredOn("order.thanked"::equals)
                .hasSize(2);
        assertThat(reaction.instance("alice").handled()).isEqualTo(charged);
    }

    private static Optional<String> keyUnless(AtomicBoolean broken, Event event) {
        if (event instanceof Shop.Placed && broken.get()) {
            throw new IllegalArgumentException("cannot be read");
        }
        return event instanceof Shop.Thanked ? Optional.empty() : Optional.of("alice");
    }

    private static Reacted<Progress> thank(Progress state, Input<Event> input) {
        Event event = ((Input.Happened<Event>) input).event();
        return Reacted.to(
                new Progress(state.word() + " " + event.getClass().getSimpleName()),
                Action.send(Shop.ORDERS, input.key(), new Shop.Thank()));
    }

    private static void awaitWord(RunningReaction<Progress> reaction, String key, String word)
            throws InterruptedException {
        while (!reaction.state(key).word().equals(word)) {
            assertThat(reaction.awaitCaughtUp(SOON)).isTrue();
        }
    }

    /// Until what it does leads to nothing more.
    private void awaitQuiet(RunningReaction<Progress> reaction) throws InterruptedException {
        for (long end = -1; end != store.nextPosition(); ) {
            end = store.nextPosition();
            assertThat(reaction.awaitCaughtUp(SOON)).isTrue();
        }
    }

    @Test
    void a_command_whose_refusal_is_recorded_is_not_sent_again_when_its_event_is_redriven()
            throws InterruptedException {
        AtomicBoolean broken = new AtomicBoolean(true);
        List<Shop.Command> sent = new CopyOnWriteArrayList<>();
        Reaction<Event, Progress> charging = Reaction.of("charging", Shop.CODEC, new Progress(""), ReactionTest::charge)
                .from(StartAt.beginning())
                .options(Shop.options())
                .to(Shop.PAYMENTS, (_, command, _) -> {
                    sent.add(command);
                    return broken.get() ? Answer.refused("not enough money") : Answer.done();
                })
                .to(Shop.ORDERS, (_, command, _) -> {
                    if (broken.get()) {
                        throw new IllegalStateException("out of order");
                    }
                    sent.add(command);
                    return Answer.done();
                });
        RunningReaction<Progress> reaction = everfold.start(charging);
        Shop.orders(everfold).handle("17", new Place(500));
        awaitQuiet(reaction);
        assertThat(sent).containsExactly(new Shop.Charge(500));

        broken.set(false);

        assertThat(reaction.redrive("17")).isEqualTo(2);
        assertThat(sent).containsExactly(new Shop.Charge(500), new Shop.Complete());
        assertThat(reaction.state("17").word()).isEqualTo("not enough money");
    }

    private static Reacted<Progress> charge(Progress state, Input<Event> input) {
        return switch (input) {
            case Input.Happened<Event>(Shop.Placed(long cents), var key, var _) ->
                Reacted.to(
                        new Progress("placed"),
                        Action.send(Shop.PAYMENTS, key, new Shop.Charge(cents)),
                        Action.send(Shop.ORDERS, key, new Shop.Complete()));
            case Input.Rejected<Event> refused -> Reacted.to(new Progress(refused.reason()));
            case Input<Event> _ -> Reacted.to(state);
        };
    }
}
