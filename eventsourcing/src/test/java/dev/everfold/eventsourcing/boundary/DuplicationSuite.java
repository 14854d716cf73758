package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.reject;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.boundary.DuplicationSuite.OrderEvent;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A form that was sent twice places one order: it carries a token that is good for one.
abstract class DuplicationSuite extends BoundarySuite<OrderEvent> {

    sealed interface OrderEvent {
        @EventType("order.placed")
        record Placed(String order, String token) implements OrderEvent {}
    }

    DuplicationSuite() {
        super(
                EventCodec.builder(OrderEvent.class)
                        .tags(event -> switch (event) {
                            case OrderEvent.Placed(var order, var token) -> List.of("order:" + order, "token:" + token);
                        })
                        .build(),
                event -> switch (event) {
                    case OrderEvent.Placed(var order, var _) -> "order-" + order;
                });
    }

    private Outcome<OrderEvent> place(String order, String token) {
        DecisionModel<Boolean> used = DecisionModel.of("token " + token, false)
                .tagged("token:" + token)
                .on(OrderEvent.Placed.class, (_, _) -> true);
        return boundary.decide(
                used, is -> is ? reject("the form was sent already") : accept(new OrderEvent.Placed(order, token)));
    }

    @Test
    void a_form_that_was_not_sent_yet_places_an_order() {
        given(new OrderEvent.Placed("16", "t1"));

        assertAccepted(place("17", "t2"), new OrderEvent.Placed("17", "t2"));
    }

    @Test
    void a_form_that_was_sent_before_places_none() {
        given(new OrderEvent.Placed("16", "t1"));

        assertRejected(place("17", "t1"), "the form was sent already");
    }

    @Test
    void a_form_sent_many_times_at_once_places_one_order() throws Exception {
        List<Boolean> placed = StaggeredRacers.race(
                11, 16, racer -> place("order" + racer, "t1").isAccepted());

        assertThat(placed).as("seed 11").filteredOn(each -> each).hasSize(1);
        assertThat(log()).hasSize(1);
    }
}
