package dev.everfold.eventsourcing.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.snapshot.StateCodec;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.InMemoryEventStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeciderSpecTest {

    sealed interface Event {}

    record Price(long cents, String currency) {}

    @EventType("cart.added")
    record Added(String article, Price price) implements Event {}

    @EventType("cart.paid")
    record Paid(Price price) implements Event {}

    sealed interface Command {}

    record Add(String article, long cents) implements Command {}

    record Pay() implements Command {}

    record Cart(List<String> articles, long cents, boolean paid) {}

    private static final Decider<Command, Cart, Event> CARTS = Decider.of(
            new Cart(List.of(), 0, false),
            (command, cart) -> switch (command) {
                case Pay _ when cart.paid() -> Decision.nothing();
                case Pay _ when cart.articles().isEmpty() -> Decision.reject("the cart is empty");
                case Pay _ -> Decision.accept(new Paid(euros(cart.cents())));
                case Add add -> Decision.accept(new Added(add.article(), euros(add.cents())));
            },
            (cart, event) -> switch (event) {
                case Added(String article, Price price) ->
                    new Cart(Lists.concat(cart.articles(), List.of(article)), cart.cents() + price.cents(), false);
                case Paid _ -> new Cart(cart.articles(), cart.cents(), true);
            });

    @TempDir
    Path temporary;

    private static Price euros(long cents) {
        return new Price(cents, "EUR");
    }

    private final DeciderSpec<Command, Cart, Event> spec = DeciderSpec.of(CARTS);

    private static void runs(DeciderSpec<Command, Cart, Event> spec) {
        spec.when(new Pay()).thenRejected("the cart is empty").thenRejected();
        spec.given(new Added("pen", euros(150)), new Added("ink", euros(50)))
                .when(new Pay())
                .then(new Paid(euros(200)))
                .thenState(new Cart(List.of("pen", "ink"), 200, true))
                .thenDeterministic()
                .thenSerialisable(Cart.class)
                .when(new Pay())
                .thenNothing()
                .when(new Add("cap", 10))
                .then(new Added("cap", euros(10)))
                .thenState(new Cart(List.of("pen", "ink", "cap"), 210, false));
    }

    @Test
    void a_specification_runs_without_a_store() {
        runs(spec);
    }

    @Test
    void the_same_specification_runs_on_any_engine() {
        for (String uri : List.of("memory:", "log:" + temporary)) {
            try (Everfold everfold = Everfold.open(uri)) {
                runs(spec.on(everfold));
                assertThat(everfold.store().nextPosition()).isEqualTo(10);
            }
        }
        try (InMemoryEventStore store = new InMemoryEventStore()) {
            runs(spec.on(store, EventCodec.of(Event.class)));
        }
    }

    @Test
    void events_that_differ_are_named_field_by_field() {
        assertThatThrownBy(() ->
                        spec.given(new Added("pen", euros(150))).when(new Pay()).then(new Paid(new Price(100, "USD"))))
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                        After Pay[]
                          expected events [Paid[price=Price[cents=100, currency=USD]]]
                          found    events [Paid[price=Price[cents=150, currency=EUR]]]
                          events[0].price.cents: expected 100, found 150
                          events[0].price.currency: expected USD, found EUR
                          given    events [Added[article=pen, price=Price[cents=150, currency=EUR]]]""");
    }

    @Test
    void an_event_too_few_or_too_many_is_named() {
        assertThatThrownBy(
                        () -> spec.when(new Add("pen", 1)).then(new Added("pen", euros(1)), new Added("ink", euros(2))))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("\n  events[1]: expected Added[article=ink, price=Price[cents=2, currency=EUR]],"
                        + " found nothing\n");
    }

    @Test
    void another_answer_than_expected_is_named() {
        assertThatThrownBy(() -> spec.when(new Pay()).thenNothing())
                .isInstanceOf(AssertionError.class)
                .hasMessage("After Pay[]\n  expected nothing to do\n  found    rejected: \"the cart is empty\"\n"
                        + "  given    events []");
        assertThatThrownBy(() -> spec.when(new Pay()).thenRejected("no money"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected rejected: \"no money\"\n  found    rejected: \"the cart is empty\"");
        assertThatThrownBy(() -> spec.when(new Add("pen", 1)).thenRejected())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected rejected\n  found    events [Added[");
        assertThatThrownBy(() -> spec.when(new Pay()).then(new Paid(euros(1))))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("found    rejected: \"the cart is empty\"");
    }

    @Test
    void a_state_that_differs_is_named_field_by_field() {
        assertThatThrownBy(() -> spec.when(new Add("pen", 1)).thenState(new Cart(List.of("ink"), 2, false)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(
                        "\n  state.articles[0]: expected ink, found pen\n  state.cents: expected 2, found 1\n");
    }

    @Test
    void a_decider_that_makes_ids_by_itself_is_found() {
        FixedIds ids = new FixedIds();
        Decider<Command, Cart, Event> unsteady = Decider.of(
                CARTS.initial(),
                (command, cart) -> Decision.accept(new Added(ids.get().toString(), euros(1))),
                CARTS::evolve);

        assertThatThrownBy(() -> DeciderSpec.of(unsteady).when(new Pay()).thenDeterministic())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected the same decision in the same state")
                .hasMessageContaining("expected 00000000-0000-7000-8000-000000000002, found"
                        + " 00000000-0000-7000-8000-000000000003");
    }

    @Test
    void a_decider_whose_streams_share_a_state_that_changes_is_found() {
        Decider<String, List<String>, Added> sharing = Decider.of(
                new ArrayList<>(), (article, _) -> Decision.accept(new Added(article, euros(1))), (articles, added) -> {
                    articles.add(added.article());
                    return articles;
                });

        assertThatThrownBy(() -> DeciderSpec.of(sharing).when("pen").thenDeterministic())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected an initial state that stays as it is")
                .hasMessageContaining("\n  expected [pen], found [pen, pen, pen, pen]\n");
    }

    @Test
    void a_state_that_does_not_come_back_from_a_snapshot_is_found() {
        StateCodec<Cart> lossy = new StateCodec<>() {
            @Override
            public int schemaVersion() {
                return 1;
            }

            @Override
            public Bytes encode(Cart state) {
                return Bytes.empty();
            }

            @Override
            public Cart decode(Bytes bytes) {
                return new Cart(List.of(), 0, false);
            }
        };

        assertThatThrownBy(() -> spec.when(new Add("pen", 1)).thenSerialisable(lossy))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected a state that comes back from a snapshot as it was")
                .hasMessageContaining("\n  cents: expected 1, found 0\n");
    }

    @EventType("cart.noted")
    record Noted(@JsonIgnore Optional<String> by) {}

    @Test
    void on_a_store_events_are_those_that_are_read_from_it() {
        Decider<String, Integer, Noted> losing = Decider.of(
                0, (who, count) -> Decision.accept(new Noted(Optional.of(who))), (count, event) -> count + 1);

        DeciderSpec.of(losing).when("alice").then(new Noted(Optional.of("alice")));
        try (Everfold everfold = Everfold.open("memory:")) {
            assertThatThrownBy(() ->
                            DeciderSpec.of(losing).on(everfold).when("alice").then(new Noted(Optional.of("alice"))))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("\n  events[0].by: expected alice, found nothing\n");
        }
    }
}
