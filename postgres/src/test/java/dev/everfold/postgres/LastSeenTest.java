package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Query.Item;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.postgres.AppendDecisions.PlacedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What was last seen where never says that nothing matches when something does.
class LastSeenTest {

    private static final NewEvent PLACED =
            NewEvent.of("order-17", "placed", "{}").withTags("customer:3", "shop:1");
    private static final NewEvent PAID = NewEvent.of("order-17", "paid", "{}").withTags("customer:3");

    @Test
    void a_field_that_was_last_seen_before_rules_the_item_out() {
        LastSeen seen = new LastSeen();
        seen.add(PLACED, 0, true);
        seen.add(PAID, 1, false);

        for (Query met : List.of(
                Query.stream("order-17"),
                Query.category("order"),
                Query.types("placed", "paid"),
                Query.tags("customer:3"),
                Query.ids(List.of(PAID.id(), new UUID(1, 1))),
                Query.tags("shop:1").or(Query.types("paid")))) {
            assertThat(seen.mayMatch(met, 1)).as(met.toString()).isTrue();
            assertThat(seen.mayMatch(met, 2)).as(met.toString()).isFalse();
        }
        for (Query last : List.of(
                Query.types("placed"),
                Query.tags("customer:3", "shop:1"),
                Query.ids(List.of(PLACED.id())),
                Query.firstOfStream(),
                Query.of(new Item().withStream("order-17").withTags("shop:1")))) {
            assertThat(seen.mayMatch(last, 0)).as(last.toString()).isTrue();
            assertThat(seen.mayMatch(last, 1)).as(last.toString()).isFalse();
        }
        assertThat(seen.mayMatch(Query.stream("order-18"), 0)).isFalse();
        assertThat(seen.mayMatch(Query.nothing(), 0)).isFalse();
        assertThat(seen.mayMatch(Query.all(), 2)).isTrue();
    }

    @Test
    void whatever_matches_was_seen_and_recent_events_never_say_otherwise() {
        long seed = 20_261_126;
        SplittableRandom random = new SplittableRandom(seed);
        LastSeen seen = new LastSeen();
        RecentEvents recent = new RecentEvents();
        List<RecordedEvent> events = new ArrayList<>();
        int ruledOut = 0;
        for (int position = 0; position < 12_000; position++) {
            PlacedEvent event = new PlacedEvent(
                    NewEvent.of("s" + random.nextInt(40) + "-1", "t" + random.nextInt(5), "{}")
                            .withTags("a:" + random.nextInt(60), "b:" + random.nextInt(9)),
                    new EventFormat.Place(position, random.nextInt(3), 0));
            events.add(event.recorded());
            seen.add(event.event(), position, event.place().revision() == 0);
            recent.add(event);

            Query query = query(random);
            int from = Math.max(0, position + 1 - random.nextInt(random.nextInt(10) == 0 ? 9_000 : 60));
            boolean matches = events.subList(from, position + 1).stream().anyMatch(query.predicate());
            String asked = "seed " + seed + ", " + query + " from " + from + " to " + position;
            if (matches) {
                assertThat(seen.mayMatch(query, from)).as(asked).isTrue();
                assertThat(recent.nothingMatches(query, from)).as(asked).isFalse();
            } else if (recent.nothingMatches(query, from)) {
                ruledOut++;
            }
        }
        assertThat(ruledOut).isGreaterThan(2_000);
    }

    private static Query query(SplittableRandom random) {
        Item item = new Item();
        if (random.nextInt(3) == 0) {
            item = item.withStream("s" + random.nextInt(40) + "-1");
        }
        if (random.nextInt(4) == 0) {
            item = item.withCategory("s" + random.nextInt(40));
        }
        if (random.nextInt(3) == 0) {
            item = item.withTypes("t" + random.nextInt(5), "t" + random.nextInt(5));
        }
        if (random.nextBoolean()) {
            item = random.nextBoolean()
                    ? item.withTags("a:" + random.nextInt(60))
                    : item.withTags("a:" + random.nextInt(60), "b:" + random.nextInt(9));
        }
        if (random.nextInt(5) == 0) {
            item = item.onlyFirstOfStream();
        }
        return Query.of(item);
    }

    @Test
    void recent_events_say_nothing_of_what_came_before_them() {
        RecentEvents recent = new RecentEvents();
        recent.restart(100);
        assertThat(recent.nothingMatches(Query.types("placed"), 99)).isFalse();
        assertThat(recent.nothingMatches(Query.types("placed"), 100)).isTrue();

        int added = 20_000;
        for (int i = 0; i < added; i++) {
            recent.add(new PlacedEvent(PAID, new EventFormat.Place(100 + i, i, 0)));
        }

        assertThat(recent.nothingMatches(Query.types("placed"), 100))
                .as("memory is bounded")
                .isFalse();
        assertThat(recent.nothingMatches(Query.types("placed"), 100 + added - 4_000))
                .isTrue();
    }
}
