package dev.everfold.eventsourcing.reaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventsourcing.reaction.Shop.Event;
import dev.everfold.eventsourcing.reaction.Shop.Progress;
import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.testkit.MutableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// When timers fire. The instance's word counts how often; an order of one cent sets a timer of a day, one of two
/// cents sets it again, for two days, and what completes it cancels the timer.
@Timeout(120)
class ReactionTimersTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final MutableClock clock = MutableClock.at(START);
    private final InMemoryEventStore store = new InMemoryEventStore(clock, Limits.DEFAULTS);

    private static final Reaction<Event, Progress> REACTION = Reaction.of(
                    "alarms", Shop.CODEC, new Progress(""), ReactionTimersTest::react)
            .from(StartAt.beginning())
            .options(Shop.REACTION.options());

    private static Reacted<Progress> react(Progress state, Input<Event> input) {
        return switch (input) {
            case Input.Happened<Event>(Shop.Placed(long days), var _, var _) ->
                Reacted.to(state, Action.timer("alarm", DAY.multipliedBy(days)));
            case Input.Happened<Event>(Shop.Completed _, var _, var _) ->
                Reacted.to(state, Action.cancelTimer("alarm"));
            case Input.TimerDue<Event> due -> Reacted.to(new Progress(state.word() + "fired " + due.time() + " "));
            case Input<Event> _ -> Reacted.to(state);
        };
    }

    private Everfold process() {
        return process(store);
    }

    private Everfold process(EventStore of) {
        return Everfold.on(of, EverfoldOptions.defaults().withClock(clock));
    }

    private void placed(String key, int days) {
        store.append(Append.of(NewEvent.of("order-" + key, "order.placed", "{\"cents\":" + days + "}")));
    }

    private void completed(String key) {
        store.append(Append.of(NewEvent.of("order-" + key, "order.completed", "{}")));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void a_timer_fires_once_at_its_time_and_not_before() throws InterruptedException {
        try (Everfold everfold = process()) {
            RunningReaction<Progress> reaction = everfold.start(REACTION);
            placed("17", 1);
            awaitQuiet(reaction);

            clock.advance(DAY.minusMillis(1));
            placed("18", 30);
            awaitQuiet(reaction);
            assertThat(reaction.state("17").word()).isEmpty();
            clock.advance(Duration.ofMillis(1));

            awaitWord(reaction, "17", "fired 2026-03-02T12:00:00Z ");
            assertThat(reaction.instance("17").timers()).isEmpty();
            assertThat(reaction.instance("18").timers()).extracting(Timer::name).containsExactly("alarm");
        }
        assertThat(told()).hasSize(1);
    }

    @Test
    void a_timer_that_is_due_while_no_process_runs_fires_once_at_the_next_start() throws InterruptedException {
        try (Everfold everfold = process()) {
            RunningReaction<Progress> reaction = everfold.start(REACTION);
            placed("17", 1);
            awaitQuiet(reaction);
        }
        clock.advance(DAY.multipliedBy(3));

        for (int start = 0; start < 3; start++) {
            try (Everfold everfold = process()) {
                RunningReaction<Progress> reaction = everfold.start(REACTION);
                awaitWord(reaction, "17", "fired 2026-03-02T12:00:00Z ");
                awaitQuiet(reaction);
            }
        }

        assertThat(told()).hasSize(1);
    }

    @Test
    void a_cancelled_timer_never_fires_and_a_replaced_one_fires_at_its_new_time() throws InterruptedException {
        try (Everfold everfold = process()) {
            RunningReaction<Progress> reaction = everfold.start(REACTION);
            placed("cancelled", 1);
            completed("cancelled");
            placed("replaced", 1);
            placed("replaced", 2);
            placed("witness", 3);
            awaitQuiet(reaction);

            clock.advance(DAY.multipliedBy(2));
            awaitWord(reaction, "replaced", "fired 2026-03-03T12:00:00Z ");
            clock.advance(DAY);
            awaitWord(reaction, "witness", "fired 2026-03-04T12:00:00Z ");
            awaitQuiet(reaction);

            assertThat(reaction.state("cancelled").word()).isEmpty();
            assertThat(reaction.state("replaced").word()).isEqualTo("fired 2026-03-03T12:00:00Z ");
        }
        assertThat(told()).hasSize(2);
    }

    @Test
    void a_timer_that_is_set_again_for_the_same_time_fires_once() throws InterruptedException {
        try (Everfold everfold = process()) {
            RunningReaction<Progress> reaction = everfold.start(REACTION);
            placed("17", 1);
            placed("17", 1);
            awaitQuiet(reaction);

            clock.advance(DAY);

            awaitWord(reaction, "17", "fired 2026-03-02T12:00:00Z ");
            awaitQuiet(reaction);
            assertThat(reaction.instance("17").timers()).isEmpty();
        }
        assertThat(told()).hasSize(1);
    }

    @Test
    void a_timer_that_is_cancelled_after_its_time_was_told_does_not_fire() throws InterruptedException {
        try (Everfold everfold = process()) {
            RunningReaction<Progress> reaction = everfold.start(REACTION);
            placed("17", 1);
            awaitQuiet(reaction);
            reaction.pause();
            completed("17");
            clock.advance(DAY);
            while (told().isEmpty()) {
                Thread.onSpinWait();
            }

            reaction.resume();
            awaitQuiet(reaction);

            assertThat(reaction.state("17").word()).isEmpty();
        }
    }

    @Test
    void more_timers_than_the_store_takes_at_once_fire_all_the_same() throws InterruptedException {
        Limits few = new Limits(1 << 20, 64 << 10, 4 << 20, 3, 1_024, 64, 100, 2_000, 1_000);
        try (EventStore small = new InMemoryEventStore(clock, few);
                Everfold everfold = process(small)) {
            RunningReaction<Progress> reaction = everfold.start(REACTION);
            for (int order = 0; order < 10; order++) {
                small.append(Append.of(NewEvent.of("order-" + order, "order.placed", "{\"cents\":1}")));
            }
            assertThat(reaction.awaitCaughtUp(SOON)).isTrue();

            clock.advance(DAY);

            for (int order = 0; order < 10; order++) {
                awaitWord(reaction, "" + order, "fired 2026-03-02T12:00:00Z ");
            }
        }
    }

    @Test
    void a_clock_that_goes_back_fires_nothing_early_and_nothing_twice() throws InterruptedException {
        try (Everfold everfold = process()) {
            RunningReaction<Progress> reaction = everfold.start(REACTION);
            placed("17", 1);
            placed("18", 2);
            awaitQuiet(reaction);
            clock.advance(DAY);
            awaitWord(reaction, "17", "fired 2026-03-02T12:00:00Z ");

            clock.set(START);
            placed("19", 30);
            awaitQuiet(reaction);
            assertThat(reaction.state("18").word()).isEmpty();
        }
        try (Everfold everfold = process()) {
            RunningReaction<Progress> reaction = everfold.start(REACTION);
            clock.advance(DAY.multipliedBy(2));

            awaitWord(reaction, "18", "fired 2026-03-03T12:00:00Z ");
            assertThat(reaction.state("17").word()).isEqualTo("fired 2026-03-02T12:00:00Z ");
        }
        assertThat(told()).hasSize(2);
    }

    @Test
    void two_processes_that_both_tell_the_time_fire_a_timer_once() throws InterruptedException {
        try (Everfold one = process();
                Everfold other = process()) {
            RunningReaction<Progress> here = one.start(REACTION);
            RunningReaction<Progress> there = other.start(REACTION);
            IntStream.range(0, 50).forEach(order -> placed("" + order, 1));
            awaitQuiet(here);
            awaitQuiet(there);

            clock.advance(DAY);

            for (int order = 0; order < 50; order++) {
                awaitWord(here, "" + order, "fired 2026-03-02T12:00:00Z ");
            }
            awaitQuiet(here);
            awaitQuiet(there);
            for (int order = 0; order < 50; order++) {
                assertThat(here.state("" + order).word()).isEqualTo("fired 2026-03-02T12:00:00Z ");
            }
        }
    }

    @Test
    void ten_thousand_pending_timers_survive_a_restart(@TempDir Path directory) throws InterruptedException {
        int count = 10_000;
        int atOnce = 500;
        Query fired = Query.types(ReactionEvents.DUE);
        try (EventStore log = EventStores.open("log:" + directory)) {
            for (int first = 0; first < count; first += atOnce) {
                log.append(Append.of(IntStream.range(first, first + atOnce)
                        .mapToObj(order -> NewEvent.of("order-" + order, "order.placed", "{\"cents\":1}")
                                .occurredAt(START))
                        .toList()));
            }
            try (Everfold everfold = process(log)) {
                assertThat(everfold.start(REACTION).awaitCaughtUp(Duration.ofMinutes(1)))
                        .isTrue();
            }

            clock.advance(DAY);
            try (Everfold everfold = process(log)) {
                RunningReaction<Progress> reaction = everfold.start(REACTION);
                for (int order = 0; order < count; order++) {
                    awaitWord(reaction, "" + order, "fired 2026-03-02T12:00:00Z ");
                }
            }

            assertThat(log.read(Read.matching(fired)).toList()).hasSize(count);
        }
    }

    private List<RecordedEvent> told() {
        return store.read(Read.matching(Query.types(ReactionEvents.DUE))).toList();
    }

    private static void awaitWord(RunningReaction<Progress> reaction, String key, String word)
            throws InterruptedException {
        while (!reaction.state(key).word().equals(word)) {
            assertThat(reaction.awaitCaughtUp(SOON)).isTrue();
        }
    }

    private void awaitQuiet(RunningReaction<Progress> reaction) throws InterruptedException {
        for (long end = -1; end != store.nextPosition(); ) {
            end = store.nextPosition();
            assertThat(reaction.awaitCaughtUp(SOON)).isTrue();
        }
    }

    @Test
    void a_timer_of_a_time_before_all_others_is_due_at_once_and_holds_up_none() throws InterruptedException {
        Reaction<Event, Progress> early = Reaction.of(
                        "early", Shop.CODEC, new Progress(""), (Progress state, Input<Event> input) -> switch (input) {
                            case Input.Happened<Event> happened
                            when happened.key().equals("first") ->
                                Reacted.to(state, Action.timer("alarm", Instant.MIN));
                            case Input.Happened<Event> _ -> Reacted.to(state, Action.timer("alarm", START));
                            case Input<Event> due -> Reacted.to(new Progress("fired " + due.time()));
                        })
                .from(StartAt.beginning())
                .options(Shop.REACTION.options());
        try (Everfold everfold = process()) {
            RunningReaction<Progress> reaction = everfold.start(early);
            placed("first", 1);
            placed("second", 1);

            awaitWord(reaction, "second", "fired 2026-03-01T12:00:00Z");
            awaitWord(reaction, "first", "fired -1000000000-01-01T00:00:00Z");
        }
    }

    @Test
    void an_instance_that_ends_leaves_no_timer_behind() throws InterruptedException {
        Reaction<Event, Progress> ending = Reaction.of(
                        "ending",
                        Shop.CODEC,
                        new Progress(""),
                        (Progress state, Input<Event> _) ->
                                Reacted.to(new Progress("ended"), Action.end(), Action.timer("alarm", DAY)))
                .from(StartAt.beginning())
                .options(Shop.REACTION.options());
        try (Everfold everfold = process()) {
            RunningReaction<Progress> reaction = everfold.start(ending);
            placed("17", 1);

            awaitWord(reaction, "17", "ended");
            assertThat(reaction.instance("17").timers()).isEmpty();
        }
    }
}
