package dev.everfold.eventsourcing.reaction;

import static dev.everfold.eventsourcing.reaction.Action.cancelTimer;
import static dev.everfold.eventsourcing.reaction.Action.end;
import static dev.everfold.eventsourcing.reaction.Action.send;
import static dev.everfold.eventsourcing.reaction.Action.timer;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.reaction.Shop.Charged;
import dev.everfold.eventsourcing.reaction.Shop.Placed;
import dev.everfold.eventsourcing.reaction.Shop.Progress;
import dev.everfold.eventsourcing.testing.ReactionSpec;
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
}
