package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.reject;

import dev.everfold.eventsourcing.boundary.PriceSuite.ShopEvent;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// An order is taken at the price that the customer saw, for a while after it changed.
abstract class PriceSuite extends BoundarySuite<ShopEvent> {

    private static final Duration GRACE = Duration.ofMinutes(10);

    sealed interface ShopEvent {
        @EventType("product.listed")
        record Listed(String product, long cents) implements ShopEvent {}

        @EventType("product.price-changed")
        record PriceChanged(String product, long cents) implements ShopEvent {}

        @EventType("product.ordered")
        record Ordered(Map<String, Long> centsSeen) implements ShopEvent {}
    }

    /// The prices of a product: what it costs, and what it cost before, with the time when that ended.
    record Prices(List<Price> ofProduct) {
        record Price(long cents, Instant until) {}

        static final Prices NONE = new Prices(List.of());

        Prices changedTo(long cents, Instant time) {
            List<Price> prices = new ArrayList<>();
            ofProduct.forEach(
                    price -> prices.add(price.until().equals(Instant.MAX) ? new Price(price.cents(), time) : price));
            prices.add(new Price(cents, Instant.MAX));
            return new Prices(List.copyOf(prices));
        }

        boolean valid(long cents, Instant time) {
            return ofProduct.stream()
                    .anyMatch(
                            price -> price.cents() == cents && time.minus(GRACE).isBefore(price.until()));
        }
    }

    PriceSuite() {
        super(
                EventCodec.builder(ShopEvent.class)
                        .tags(event -> switch (event) {
                            case ShopEvent.Listed(var product, var _) -> List.of("product:" + product);
                            case ShopEvent.PriceChanged(var product, var _) -> List.of("product:" + product);
                            case ShopEvent.Ordered(var products) ->
                                products.keySet().stream()
                                        .map(product -> "product:" + product)
                                        .toList();
                        })
                        .build(),
                _ -> "shop");
    }

    private static DecisionModel<Prices> prices(String product) {
        return DecisionModel.of("prices of " + product, Prices.NONE)
                .tagged("product:" + product)
                .on(
                        ShopEvent.Listed.class,
                        (prices, listed, context) -> prices.changedTo(listed.cents(), context.occurred()))
                .on(
                        ShopEvent.PriceChanged.class,
                        (prices, changed, context) -> prices.changedTo(changed.cents(), context.occurred()));
    }

    /// A cart with many products: one model for each, one read for all.
    private static Outcome<ShopEvent> order(Boundary<ShopEvent> boundary, Map<String, Long> centsSeen) {
        Map<String, Long> cart = new TreeMap<>(centsSeen);
        return boundary.decide(DecisionModel.each(cart.keySet(), PriceSuite::prices), (prices, now) -> {
            for (Map.Entry<String, Long> seen : cart.entrySet()) {
                if (!prices.getOrDefault(seen.getKey(), Prices.NONE).valid(seen.getValue(), now)) {
                    return reject(seen.getValue() + " is not the price of " + seen.getKey());
                }
            }
            return accept(new ShopEvent.Ordered(cart));
        });
    }

    private void assertOrdered(Instant time, Map<String, Long> centsSeen) {
        assertAccepted(order(at(time), centsSeen), new ShopEvent.Ordered(centsSeen));
    }

    private void assertRefused(Instant time, Map<String, Long> centsSeen, String reason) {
        assertRejected(order(at(time), centsSeen), reason);
    }

    private static Instant afterNoon(int minutes) {
        return NOON.plus(Duration.ofMinutes(minutes));
    }

    // One product, one price

    @Test
    void an_order_at_the_price_of_the_product_is_taken() {
        given(new ShopEvent.Listed("tea", 300));

        assertOrdered(NOON, Map.of("tea", 300L));
    }

    @Test
    void an_order_at_another_price_is_refused() {
        given(new ShopEvent.Listed("tea", 300));

        assertRefused(NOON, Map.of("tea", 250L), "250 is not the price of tea");
    }

    // A price that changes

    @Test
    void an_order_at_a_price_that_never_was_is_refused_before_and_after_a_change() {
        given(new ShopEvent.Listed("tea", 300));
        givenAt(afterNoon(5), new ShopEvent.PriceChanged("tea", 350));

        assertRefused(afterNoon(5), Map.of("tea", 325L), "325 is not the price of tea");
    }

    @Test
    void an_order_at_a_price_that_was_replaced_long_ago_is_refused() {
        given(new ShopEvent.Listed("tea", 300));
        givenAt(afterNoon(5), new ShopEvent.PriceChanged("tea", 350));

        assertRefused(afterNoon(15), Map.of("tea", 300L), "300 is not the price of tea");
    }

    @Test
    void an_order_at_the_price_of_another_product_is_refused() {
        given(new ShopEvent.Listed("tea", 300), new ShopEvent.Listed("mug", 900));

        assertRefused(NOON, Map.of("tea", 900L), "900 is not the price of tea");
    }

    @Test
    void an_order_at_a_first_price_that_never_changed_is_taken_for_ever() {
        given(new ShopEvent.Listed("tea", 300));

        assertOrdered(NOON.plus(Duration.ofDays(400)), Map.of("tea", 300L));
    }

    @Test
    void an_order_at_the_new_price_is_taken_from_the_moment_of_the_change() {
        given(new ShopEvent.Listed("tea", 300));
        givenAt(afterNoon(5), new ShopEvent.PriceChanged("tea", 350));

        assertOrdered(afterNoon(5), Map.of("tea", 350L));
    }

    @Test
    void an_order_at_the_old_price_is_taken_within_the_grace_period() {
        given(new ShopEvent.Listed("tea", 300));
        givenAt(afterNoon(5), new ShopEvent.PriceChanged("tea", 350));

        assertOrdered(afterNoon(14), Map.of("tea", 300L));
    }

    @Test
    void after_two_changes_only_what_was_replaced_a_short_while_ago_is_still_a_price() {
        given(new ShopEvent.Listed("tea", 300));
        givenAt(afterNoon(5), new ShopEvent.PriceChanged("tea", 350));
        givenAt(afterNoon(12), new ShopEvent.PriceChanged("tea", 400));

        assertRefused(afterNoon(16), Map.of("tea", 300L), "300 is not the price of tea");
        assertOrdered(afterNoon(16), Map.of("tea", 350L));
    }

    // A cart

    @Test
    void a_cart_at_the_prices_of_all_products_is_taken() {
        given(new ShopEvent.Listed("tea", 300), new ShopEvent.Listed("mug", 900), new ShopEvent.Listed("pot", 2_500));

        assertOrdered(NOON, Map.of("tea", 300L, "mug", 900L, "pot", 2_500L));
    }

    @Test
    void a_cart_with_one_wrong_price_is_refused_as_a_whole() {
        given(new ShopEvent.Listed("tea", 300), new ShopEvent.Listed("mug", 900));

        assertRefused(NOON, Map.of("tea", 300L, "mug", 800L), "800 is not the price of mug");
    }

    @Test
    void a_cart_with_a_product_that_is_not_listed_is_refused() {
        given(new ShopEvent.Listed("tea", 300));

        assertRefused(NOON, Map.of("tea", 300L, "mug", 900L), "900 is not the price of mug");
    }

    @Test
    void a_cart_with_one_price_that_was_replaced_long_ago_is_refused() {
        given(new ShopEvent.Listed("tea", 300), new ShopEvent.Listed("mug", 900));
        givenAt(afterNoon(5), new ShopEvent.PriceChanged("mug", 950));

        assertRefused(afterNoon(15), Map.of("tea", 300L, "mug", 900L), "900 is not the price of mug");
    }

    @Test
    void a_cart_with_new_prices_and_such_as_are_in_their_grace_period_is_taken() {
        given(new ShopEvent.Listed("tea", 300), new ShopEvent.Listed("mug", 900));
        givenAt(afterNoon(5), new ShopEvent.PriceChanged("mug", 950), new ShopEvent.PriceChanged("tea", 350));

        assertOrdered(afterNoon(14), Map.of("tea", 300L, "mug", 950L));
    }

    @Test
    void a_price_that_changes_while_an_order_is_decided_is_seen() {
        given(new ShopEvent.Listed("tea", 300));
        WatchedStore watched = new WatchedStore(store);
        watched.beforeNextAppend(() -> givenAt(NOON.minus(GRACE), new ShopEvent.PriceChanged("tea", 350)));

        Outcome<ShopEvent> outcome =
                order(Boundary.on(watched, codec).into("shop").withClock(clockAt(NOON)), Map.of("tea", 300L));

        assertRejected(outcome, "300 is not the price of tea");
    }
}
