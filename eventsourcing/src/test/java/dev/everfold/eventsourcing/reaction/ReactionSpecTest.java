package dev.everfold.eventsourcing.reaction;

import static dev.everfold.eventsourcing.reaction.Action.cancelTimer;
import static dev.everfold.eventsourcing.reaction.Action.end;
import static dev.everfold.eventsourcing.reaction.Action.send;
import static dev.everfold.eventsourcing.reaction.Action.timer;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.reaction.Shop.Charged;
import dev.everfold.eventsourcing.reaction.Shop.Placed;
import dev.everfold.eventsourcing.reaction.Shop.Progress;
import dev.everfold.eventsourcing.testing.FixedClock;
import dev.everfold.eventsourcing.testing.ReactionSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReactionSpecTest {

    private static final ReactionSpec<Shop.Event, Progress> SPEC = ReactionSpec.of(Shop.REACTION);

    @Test
    void actions_and_state_after_an_event_are_compared() {
        SPEC.when(new Placed(500))
                .then(timer("payment", Shop.PAYMENT_MAX), send(Shop.PAYMENTS, "1", new Shop.Charge(500)))
                .thenState(new Progress("placed"))
                .thenPending("payment");

        SPEC.given(new Placed(500))
                .when(new Charged(500))
                .then(
                        cancelTimer("payment"),
                        send(Shop.ORDERS, "1", new Shop.Complete()),
                        send(Shop.ORDERS, "1", new Shop.Thank()))
                .thenPending();
    }

    @Test
    void the_time_of_a_pending_timer_comes() {
        SPEC.given(new Placed(500))
                .whenDue("payment")
                .then(send(Shop.ORDERS, "1", new Shop.Cancel("payment is late")), end())
                .after()
                .when(new Charged(500))
                .thenNothing();
    }

    @Test
    void a_timer_that_is_not_pending_does_not_fire() {
        assertThatThrownBy(() -> SPEC.given(new Placed(500), new Charged(500)).whenDue("payment"))
                .isInstanceOf(AssertionError.class)
                .hasMessage("Timer \"payment\" is not pending; pending are [].");
    }

    @Test
    void a_refusal_is_told() {
        SPEC.given(new Placed(500))
                .whenRejected(Shop.PAYMENTS, "1", new Shop.Charge(500), "not enough money")
                .then(send(Shop.ORDERS, "1", new Shop.Cancel("not enough money")), end());
    }

    @Test
    void nothing_comes_of_an_event_that_is_not_for_the_reaction() {
        ReactionSpec.of(Shop.REACTION.correlating((_, _) -> Optional.empty()))
                .when(new Placed(500))
                .thenNothing()
                .thenState(new Progress("new"));
    }

    @Test
    void what_is_not_as_expected_is_named() {
        assertThatThrownBy(() -> SPEC.when(new Placed(500)).thenState(new Progress("paid")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("After Placed[cents=500]")
                .hasMessageContaining("expected state Progress[word=paid]")
                .hasMessageContaining("found    state Progress[word=placed]")
                .hasMessageContaining("given    events [Placed[cents=500]]");
        assertThatThrownBy(() -> SPEC.when(new Placed(500)).thenNothing()).isInstanceOf(AssertionError.class);
    }

    @Test
    void an_event_for_another_instance_is_none_of_this_specification() {
        ReactionSpec<Shop.Event, Progress> byAmount = ReactionSpec.of(Shop.REACTION.correlating(
                (event, _) -> event instanceof Charged(long cents) ? Optional.of("c" + cents) : Optional.of("c500")));

        byAmount.given(new Placed(500)).when(new Charged(500)).thenState(new Progress("paid"));
        assertThatThrownBy(() -> byAmount.given(new Placed(500)).when(new Charged(400)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("Charged[cents=400] is for instance \"c400\", and what was before it for \"c500\";"
                        + " a specification is of one instance. See how the reaction correlates.");
    }

    @Test
    void a_timer_comes_at_the_time_for_which_it_was_set() {
        Instant late = FixedClock.NOON.plus(Duration.ofDays(3)).plusNanos(1_999);
        Reaction<Shop.Event, Progress> reaction = Reaction.of(
                "alarms", Shop.CODEC, new Progress(""), (Progress state, Input<Shop.Event> input) -> switch (input) {
                    case Input.Happened<Shop.Event> _ ->
                        Reacted.to(state, timer("soon", Duration.ofDays(1)), timer("late", late));
                    case Input<Shop.Event> other ->
                        Reacted.to(new Progress(other.time().toString()), timer("again", Duration.ofDays(1)));
                });

        ReactionSpec.of(reaction)
                .given(new Placed(500))
                .whenDue("soon")
                .thenState(new Progress("2026-01-02T12:00:00Z"))
                .after()
                .whenDue("again")
                .thenState(new Progress("2026-01-03T12:00:00Z"))
                .after()
                .whenDue("late")
                .thenState(new Progress("2026-01-04T12:00:00.000001Z"));
    }

    @Test
    void an_instance_that_has_ended_has_no_timers_whatever_came_first() {
        Reaction<Shop.Event, Progress> reaction = Reaction.of(
                "alarms",
                Shop.CODEC,
                new Progress(""),
                (Progress state, Input<Shop.Event> _) -> Reacted.to(state, end(), timer("late", Duration.ofDays(1))));

        ReactionSpec.of(reaction).when(new Placed(500)).thenPending();
    }
}
