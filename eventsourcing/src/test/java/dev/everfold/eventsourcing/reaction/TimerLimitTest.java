package dev.everfold.eventsourcing.reaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.reaction.Shop.Progress;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimerLimitTest {

    private static final Reaction<Shop.Event, Progress> ALARMS = Reaction.of(
            "alarms",
            Shop.CODEC,
            new Progress(""),
            (state, input) -> input instanceof Input.Happened<Shop.Event>(Shop.Completed _, var _, var _)
                    ? Reacted.to(state, Action.cancelTimer("alarm"))
                    : Reacted.to(state, Action.timer("alarm", Duration.ofDays(1))));

    @Test
    void an_event_that_would_set_too_many_timers_is_refused_before_anything_is_recorded() {
        try (InMemoryEventStore store = new InMemoryEventStore()) {
            Timers timers = new Timers("alarms", store, Clock.systemUTC(), 2);
            Reacting<Shop.Event, Progress> reacting = new Reacting<>(ALARMS, store, timers);
            handle(reacting, append(store, "17", "order.placed"));
            handle(reacting, append(store, "18", "order.placed"));
            RecordedEvent third = append(store, "19", "order.placed");

            assertThatThrownBy(() -> handle(reacting, third))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Reaction \"alarms\" has 2 pending timers and is to set 1 more; the limit is 2. Nothing"
                            + " was recorded. Let fewer be pending at once, or redrive the event when some have come"
                            + " due.");

            assertThat(store.read(Read.matching(Query.stream("$reaction.alarms-19")))
                            .toList())
                    .isEmpty();
            handle(reacting, append(store, "17", "order.placed"));
            handle(reacting, append(store, "18", "order.completed"));
            handle(reacting, third);
            assertThat(timers.count()).isEqualTo(2);
        }
    }

    private static RecordedEvent append(InMemoryEventStore store, String order, String type) {
        String data = type.equals("order.placed") ? "{\"cents\":1}" : "{}";
        long position = store.append(Append.of(NewEvent.of("order-" + order, type, data)))
                .fromPosition();
        return store.read(Read.all().fromPosition(position)).toList().getFirst();
    }

    private static void handle(Reacting<Shop.Event, Progress> reacting, RecordedEvent event) {
        Reacting.told(ALARMS, event).forEach((key, told) -> reacting.handle(key, told, false));
    }
}
