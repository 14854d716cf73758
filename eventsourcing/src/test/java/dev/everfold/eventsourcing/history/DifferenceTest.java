package dev.everfold.eventsourcing.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DifferenceTest {

    record Money(long cents, String currency) {}

    record Cart(Optional<String> owner, List<Money> prices, Map<String, Money> byName) {}

    private static List<String> between(Object before, Object after) {
        return Difference.between(before, after).stream()
                .map(Difference::toString)
                .toList();
    }

    @Test
    void equal_values_do_not_differ() {
        assertThat(between(new Money(1, "EUR"), new Money(1, "EUR"))).isEmpty();
        assertThat(between(null, null)).isEmpty();
    }

    @Test
    void records_lists_maps_and_optionals_are_compared_part_by_part() {
        Map<String, Money> before = new LinkedHashMap<>();
        before.put("pen", new Money(1, "EUR"));
        before.put("ink", new Money(2, "EUR"));
        Cart one = new Cart(Optional.of("alice"), List.of(new Money(1, "EUR")), before);
        Cart other = new Cart(
                Optional.empty(),
                List.of(new Money(2, "EUR"), new Money(3, "EUR")),
                Map.of("pen", new Money(1, "USD")));

        assertThat(between(one, other))
                .containsExactly(
                        "owner: alice → nothing",
                        "prices[0].cents: 1 → 2",
                        "prices[1]: nothing → Money[cents=3, currency=EUR]",
                        "byName[pen].currency: EUR → USD",
                        "byName[ink]: Money[cents=2, currency=EUR] → nothing");
    }

    @Test
    void values_of_different_classes_differ_as_a_whole() {
        assertThat(between(new Money(1, "EUR"), "1 EUR")).containsExactly("Money[cents=1, currency=EUR] → 1 EUR");
        assertThat(between(Optional.of(1), Optional.of(2))).containsExactly("1 → 2");
    }

    @Test
    void sets_differ_by_what_only_one_of_them_holds() {
        record Card(Set<String> tags) {}

        assertThat(between(new Card(Set.of("red", "blue", "old")), new Card(Set.of("red", "green"))))
                .containsExactly(
                        "tags[blue]: blue → nothing", "tags[green]: nothing → green", "tags[old]: old → nothing");
    }

    sealed interface Payment {
        record Cash(long cents) implements Payment {}

        record Card(long cents) implements Payment {}
    }

    @Test
    void a_sealed_field_differs_inside_one_case_and_as_a_whole_between_two() {
        record Order(Payment payment, Optional<Money> tip) {}

        assertThat(between(
                        new Order(new Payment.Cash(1), Optional.of(new Money(1, "EUR"))),
                        new Order(new Payment.Cash(2), Optional.of(new Money(2, "EUR")))))
                .containsExactly("payment.cents: 1 → 2", "tip.cents: 1 → 2");
        assertThat(between(
                        new Order(new Payment.Cash(1), Optional.empty()),
                        new Order(new Payment.Card(1), Optional.empty())))
                .containsExactly("payment: Cash[cents=1] → Card[cents=1]");
    }

    @Test
    void what_is_unequal_although_its_parts_are_equal_differs_as_a_whole() {
        record Odd(int number) {
            @Override
            public boolean equals(Object other) {
                return false;
            }

            @Override
            public int hashCode() {
                return number;
            }
        }

        assertThat(between(new Odd(1), new Odd(1))).containsExactly("Odd[number=1] → Odd[number=1]");
    }

    @Test
    void no_more_than_a_hundred_places_are_named() {
        List<Integer> before = IntStream.range(0, 1_000).boxed().toList();
        List<Integer> after = IntStream.range(1, 1_001).boxed().toList();

        assertThat(Difference.between("list", before, after))
                .hasSize(100)
                .first()
                .isEqualTo(new Difference("list[0]", Optional.of("0"), Optional.of("1")));
    }
}
