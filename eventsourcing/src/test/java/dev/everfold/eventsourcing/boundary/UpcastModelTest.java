package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.reject;
import static dev.everfold.eventsourcing.codec.Upcaster.into;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.codec.Upcaster;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Models read, guard and fold what was stored under older names and in older shapes.
final class UpcastModelTest {

    sealed interface ParcelEvent {
        @EventType("parcel.weighed")
        record Weighed(long grams) implements ParcelEvent {}

        @EventType("parcel.labelled")
        record Labelled(String label) implements ParcelEvent {}
    }

    private final EventCodec<ParcelEvent> codec = EventCodec.builder(ParcelEvent.class)
            .upcaster(Upcaster.from("parcel.scaled", 1).to("parcel.weighed", 1))
            .upcaster(Upcaster.from("parcel.prepared", 1)
                    .split(
                            into("parcel.weighed", 1)
                                    .keep("grams")
                                    .onlyIf(tree -> tree.get("grams").asLong() > 0),
                            into("parcel.labelled", 1).keep("label")))
            .build();

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Boundary<ParcelEvent> boundary =
            Everfold.on(store).boundary(codec).into("parcels");

    private static final QueryModel<Long> GRAMS =
            DecisionModel.of("grams", 0L).on(ParcelEvent.Weighed.class, (grams, weighed) -> grams + weighed.grams());

    @AfterEach
    void close() {
        store.close();
    }

    private void given(String type, String json) {
        store.append(Append.of(NewEvent.of("parcels", type, json)));
    }

    @Test
    void events_under_an_old_name_and_parts_of_split_ones_are_folded() {
        given("parcel.scaled", "{\"grams\":100}");
        given("parcel.prepared", "{\"grams\":20,\"label\":\"fragile\"}");
        given("parcel.labelled", "{\"label\":\"heavy\"}");
        given("parcel.weighed", "{\"grams\":3}");

        assertThat(boundary.state(GRAMS)).isEqualTo(123);
    }

    @Test
    void the_newest_event_is_looked_for_behind_those_that_turn_out_to_be_something_else() {
        given("parcel.scaled", "{\"grams\":100}");
        given("parcel.prepared", "{\"grams\":20,\"label\":\"fragile\"}");
        given("parcel.prepared", "{\"grams\":0,\"label\":\"empty\"}");
        given("parcel.prepared", "{\"grams\":0,\"label\":\"empty\"}");

        assertThat(boundary.state(GRAMS.lastOnly())).isEqualTo(20);
    }

    @Test
    void a_model_of_the_last_event_has_its_initial_state_where_all_turn_out_to_be_something_else() {
        given("parcel.prepared", "{\"grams\":0,\"label\":\"empty\"}");

        assertThat(boundary.state(GRAMS.lastOnly())).isZero();
    }

    @Test
    void an_event_under_an_old_name_that_comes_in_between_is_seen() {
        WatchedStore watched = new WatchedStore(store);
        watched.beforeNextAppend(() -> given("parcel.scaled", "{\"grams\":100}"));

        Outcome<ParcelEvent> outcome = Boundary.on(watched, codec)
                .into("parcels")
                .decide(GRAMS, grams -> grams > 0 ? reject("weighed already") : accept(new ParcelEvent.Weighed(7)));

        assertThat(outcome).isEqualTo(new Outcome.Rejected<ParcelEvent>("weighed already"));
    }
}
