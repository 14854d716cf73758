package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.acceptAll;
import static dev.everfold.eventsourcing.Decision.reject;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.boundary.StockSuite.StockEvent;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Stock: never more reserved than there is, many articles all or nothing, and so many orders a minute.
abstract class StockSuite extends BoundarySuite<StockEvent> {

    private static final int ORDERS_A_MINUTE_MAX = 3;
    private static final Duration WINDOW = Duration.ofMinutes(1);

    sealed interface StockEvent {
        String article();

        @EventType("stock.received")
        record Received(String article, int pieces) implements StockEvent {}

        @EventType("stock.reserved")
        record Reserved(String article, int pieces, String customer) implements StockEvent {}

        @EventType("stock.released")
        record Released(String article, int pieces, String customer) implements StockEvent {}
    }

    record Shelf(Map<String, Integer> inStock, List<Instant> ordersOfCustomer) {}

    StockSuite() {
        super(
                EventCodec.builder(StockEvent.class)
                        .tags(event -> switch (event) {
                            case StockEvent.Received(var article, var _) -> List.of("article:" + article);
                            case StockEvent.Reserved(var article, var _, var customer) ->
                                List.of("article:" + article, "customer:" + customer);
                            case StockEvent.Released(var article, var _, var customer) ->
                                List.of("article:" + article, "customer:" + customer);
                        })
                        .build(),
                event -> "stock-" + event.article());
    }

    private static DecisionModel<Integer> inStock(String article) {
        return DecisionModel.of("stock of " + article, 0)
                .tagged("article:" + article)
                .on(StockEvent.class, (pieces, event) -> switch (event) {
                    case StockEvent.Received received -> pieces + received.pieces();
                    case StockEvent.Reserved reserved -> pieces - reserved.pieces();
                    case StockEvent.Released released -> pieces + released.pieces();
                });
    }

    /// When the customer reserved something, one entry an event.
    private static DecisionModel<List<Instant>> reservationsOf(String customer) {
        return DecisionModel.of("reservations of " + customer, List.<Instant>of())
                .tagged("customer:" + customer)
                .on(StockEvent.Reserved.class, (times, _, context) -> {
                    List<Instant> more = new ArrayList<>(times);
                    more.add(context.occurred());
                    return List.copyOf(more);
                });
    }

    private Outcome<StockEvent> reserve(String customer, Map<String, Integer> pieces) {
        Map<String, Integer> wanted = new TreeMap<>(pieces);
        return boundary.attempts(200).decide(DecisionModel.each(wanted.keySet(), StockSuite::inStock), stock -> {
            List<StockEvent> reserved = new ArrayList<>();
            for (Map.Entry<String, Integer> line : wanted.entrySet()) {
                int left = stock.getOrDefault(line.getKey(), 0);
                if (left < line.getValue()) {
                    return reject(left + " of " + line.getKey() + " left");
                }
                reserved.add(new StockEvent.Reserved(line.getKey(), line.getValue(), customer));
            }
            return acceptAll(reserved);
        });
    }

    private static Outcome<StockEvent> reserveSlowly(Boundary<StockEvent> boundary, String customer, String article) {
        DecisionModel<Shelf> model = DecisionModel.compose(
                DecisionModel.each(List.of(article), StockSuite::inStock), reservationsOf(customer), Shelf::new);
        return boundary.decide(model, (shelf, now) -> {
            long lately = shelf.ordersOfCustomer().stream()
                    .filter(time -> time.plus(WINDOW).isAfter(now))
                    .count();
            if (lately >= ORDERS_A_MINUTE_MAX) {
                return reject(customer + " orders too fast");
            }
            return shelf.inStock().getOrDefault(article, 0) < 1
                    ? reject("no " + article + " left")
                    : accept(new StockEvent.Reserved(article, 1, customer));
        });
    }

    @Test
    void what_is_there_can_be_reserved_and_no_more() {
        given(new StockEvent.Received("mug", 3));

        assertAccepted(reserve("alice", Map.of("mug", 2)), new StockEvent.Reserved("mug", 2, "alice"));
        assertRejected(reserve("bob", Map.of("mug", 2)), "1 of mug left");
        given(new StockEvent.Released("mug", 1, "alice"));
        assertAccepted(reserve("bob", Map.of("mug", 2)), new StockEvent.Reserved("mug", 2, "bob"));
    }

    @Test
    void an_order_of_several_articles_is_reserved_as_a_whole() {
        given(new StockEvent.Received("mug", 3), new StockEvent.Received("pot", 1));

        assertAccepted(
                reserve("alice", Map.of("mug", 1, "pot", 1)),
                new StockEvent.Reserved("mug", 1, "alice"),
                new StockEvent.Reserved("pot", 1, "alice"));
    }

    @Test
    void an_order_with_one_article_that_is_not_there_reserves_nothing() {
        given(new StockEvent.Received("mug", 3));

        assertRejected(reserve("alice", Map.of("mug", 1, "pot", 1)), "0 of pot left");
        assertThat(boundary.state(inStock("mug"))).isEqualTo(3);
    }

    @Test
    void an_order_that_lost_one_of_its_articles_meanwhile_reserves_nothing() {
        given(new StockEvent.Received("mug", 3), new StockEvent.Received("pot", 1));
        WatchedStore watched = new WatchedStore(store);
        watched.beforeNextAppend(() -> given(new StockEvent.Reserved("pot", 1, "bob")));
        boundary = Boundary.on(watched, codec).into(streamOf);

        assertRejected(reserve("alice", Map.of("mug", 1, "pot", 1)), "0 of pot left");
        assertThat(watched.appends()).hasSize(1);
        assertThat(boundary.state(inStock("mug"))).isEqualTo(3);
    }

    @Test
    void many_customers_at_once_reserve_what_is_there_and_no_more() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            String article = "mug" + seed;
            given(new StockEvent.Received(article, 9));

            List<Boolean> won = StaggeredRacers.race(
                    seed, 24, racer -> reserve("c" + racer, Map.of(article, 1)).isAccepted());

            assertThat(won).as("seed %s", seed).filteredOn(each -> each).hasSize(9);
            assertThat(boundary.state(inStock(article))).as("seed %s", seed).isZero();
        }
    }

    @Test
    void orders_of_overlapping_articles_at_once_are_whole_or_not_there() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            String round = "r" + seed + "-";
            for (int i = 0; i < 4; i++) {
                given(new StockEvent.Received(round + i, 5));
            }

            List<Boolean> won = StaggeredRacers.race(
                    seed,
                    20,
                    racer -> reserve("c" + racer, Map.of(round + racer % 4, 1, round + (racer + 1) % 4, 1))
                            .isAccepted());

            int left = 0;
            for (int i = 0; i < 4; i++) {
                int pieces = boundary.state(inStock(round + i));
                assertThat(pieces).as("seed %s, article %s", seed, i).isNotNegative();
                left += pieces;
            }
            assertThat(left)
                    .as("seed %s", seed)
                    .isEqualTo(20 - 2 * (int) won.stream().filter(each -> each).count());
        }
    }

    @Test
    void a_customer_orders_so_often_in_a_window_and_again_when_it_has_moved_on() {
        given(new StockEvent.Received("mug", 100));
        for (int i = 0; i < ORDERS_A_MINUTE_MAX; i++) {
            assertThat(reserveSlowly(at(NOON.plusSeconds(10L * i)), "alice", "mug")
                            .isAccepted())
                    .isTrue();
        }

        assertRejected(reserveSlowly(at(NOON.plusSeconds(59)), "alice", "mug"), "alice orders too fast");
        assertThat(reserveSlowly(at(NOON.plusSeconds(59)), "bob", "mug").isAccepted())
                .isTrue();
        assertThat(reserveSlowly(at(NOON.plusSeconds(60)), "alice", "mug").isAccepted())
                .isTrue();
        assertRejected(reserveSlowly(at(NOON.plusSeconds(69)), "alice", "mug"), "alice orders too fast");
    }

    @Test
    void a_customer_who_orders_many_times_at_once_gets_as_many_as_the_window_allows() throws Exception {
        given(new StockEvent.Received("mug", 100));

        List<Boolean> won = StaggeredRacers.race(
                13, 16, _ -> reserveSlowly(boundary, "alice", "mug").isAccepted());

        assertThat(won).as("seed 13").filteredOn(each -> each).hasSize(ORDERS_A_MINUTE_MAX);
    }
}
