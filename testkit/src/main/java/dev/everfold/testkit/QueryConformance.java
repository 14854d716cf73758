package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Query.Item;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which events a query means: every field of an item alone and together, and several items.
///
/// The log that the tests read:
///
/// ```
/// 0 account-alice  opened     tags customer:alice
/// 1 account-bob    opened     tags customer:bob
/// 2 account-alice  deposited  tags customer:alice, amount:high
/// 3 transfer-1     started    tags customer:alice, customer:bob
/// 4 account        audited    no tags
/// 5 -17            opened     tags customer:al
/// 6 accounts-x-y   deposited  tags customer:bob, amount:high
/// 7 account-alice  closed     no tags
/// ```
///
/// Leaves open: how fast a query is answered, and by which index.
public abstract class QueryConformance extends ConformanceSuite {

    private static final UUID SHARED = UUID.fromString("0190a3f2-7c1e-7d22-9b1a-3f5e6d7c8b9a");
    private static final UUID AUDIT = UUID.fromString("0190a3f2-7c1e-7d22-9b1a-3f5e6d7c8b9b");

    @BeforeEach
    void fillLog() {
        append(
                event("account-alice", "opened", "customer:alice").withId(SHARED),
                event("account-bob", "opened", "customer:bob"),
                event("account-alice", "deposited", "customer:alice", "amount:high"));
        append(
                event("transfer-1", "started", "customer:alice", "customer:bob").withId(SHARED),
                event("account", "audited").withId(AUDIT),
                event("-17", "opened", "customer:al"),
                event("accounts-x-y", "deposited", "customer:bob", "amount:high"));
        append(event("account-alice", "closed").withId(SHARED));
    }

    @Test
    void everything_and_nothing() {
        assertMatches(Query.all(), 0, 1, 2, 3, 4, 5, 6, 7);
        assertMatches(Query.nothing());
        assertMatches(new Query(List.of()));
        assertMatches(Query.nothing().or(Query.all()), 0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void a_stream_by_its_whole_name() {
        assertMatches(Query.stream("account-alice"), 0, 2, 7);
        assertMatches(Query.stream("account"), 4);
        assertMatches(Query.stream("account-ali"));
        assertMatches(Query.stream("Account-alice"));
        assertMatches(Query.stream("account-carol"));
    }

    @Test
    void a_category_is_the_stream_up_to_its_first_dash_or_the_whole_name() {
        assertMatches(Query.category("account"), 0, 1, 2, 4, 7);
        assertMatches(Query.category("accounts"), 6);
        assertMatches(Query.category("transfer"), 3);
        assertMatches(Query.category("acc"));
        assertMatches(Query.category("alice"));
    }

    @Test
    void a_stream_that_begins_with_a_dash_is_of_the_empty_category() {
        assertMatches(Query.category(""), 5);
    }

    @Test
    void any_of_the_types() {
        assertMatches(Query.types("opened"), 0, 1, 5);
        assertMatches(Query.types("opened", "closed"), 0, 1, 5, 7);
        assertMatches(Query.types("closed", "reopened"), 7);
        assertMatches(Query.types("reopened"));
        assertMatches(Query.types("open"));
        assertMatches(Query.types("OPENED"));
        assertMatches(Query.types());
    }

    @Test
    void all_of_the_tags() {
        assertMatches(Query.tags("customer:alice"), 0, 2, 3);
        assertMatches(Query.tags("customer:alice", "customer:bob"), 3);
        assertMatches(Query.tags("customer:bob", "customer:alice"), 3);
        assertMatches(Query.tags("amount:high", "customer:bob"), 6);
        assertMatches(Query.tags("customer:alice", "customer:carol"));
        assertMatches(Query.tags("customer:al"), 5);
        assertMatches(Query.tags("customer"));
    }

    @Test
    void any_of_the_ids_and_all_events_of_each() {
        assertMatches(Query.ids(List.of(SHARED)), 0, 3, 7);
        assertMatches(Query.ids(List.of(AUDIT)), 4);
        assertMatches(Query.ids(List.of(AUDIT, SHARED)), 0, 3, 4, 7);
        assertMatches(Query.ids(List.of(AUDIT, new UUID(7, 7))), 4);
        assertMatches(Query.ids(List.of(new UUID(7, 7))));
        assertMatches(Query.ids(List.of()));
    }

    @Test
    void the_first_event_of_each_stream_is_the_catalogue_of_streams() {
        assertMatches(Query.firstOfStream(), 0, 1, 3, 4, 5, 6);
        assertThat(read(Read.matching(Query.firstOfStream())))
                .extracting(RecordedEvent::stream)
                .containsExactly("account-alice", "account-bob", "transfer-1", "account", "-17", "accounts-x-y");
    }

    @Test
    void first_of_stream_together_with_each_other_field() {
        assertMatches(Query.of(new Item().withStream("account-alice").onlyFirstOfStream()), 0);
        assertMatches(Query.of(new Item().withCategory("account").onlyFirstOfStream()), 0, 1, 4);
        assertMatches(Query.of(new Item().withTypes("opened", "closed").onlyFirstOfStream()), 0, 1, 5);
        assertMatches(Query.of(new Item().withTags("amount:high").onlyFirstOfStream()), 6);
        assertMatches(Query.of(new Item().withIds(List.of(SHARED)).onlyFirstOfStream()), 0, 3);
        assertMatches(Query.of(new Item().withStream("account-carol").onlyFirstOfStream()));
    }

    @Test
    void all_fields_of_an_item_must_hold() {
        Item alice = new Item().withStream("account-alice");
        Item accounts = new Item().withCategory("account");

        assertMatches(Query.of(alice.withTypes("opened", "closed")), 0, 7);
        assertMatches(Query.of(alice.withTags("amount:high")), 2);
        assertMatches(Query.of(alice.withIds(List.of(SHARED, AUDIT))), 0, 7);
        assertMatches(Query.of(alice.withCategory("account")), 0, 2, 7);
        assertMatches(Query.of(alice.withCategory("transfer")));
        assertMatches(Query.of(accounts.withTypes("opened")), 0, 1);
        assertMatches(Query.of(accounts.withTags("customer:alice")), 0, 2);
        assertMatches(Query.of(accounts.withTypes("deposited").withTags("customer:alice")), 2);
        assertMatches(Query.of(accounts.withIds(List.of(AUDIT))), 4);
        assertMatches(Query.of(new Item().withTypes("deposited").withTags("customer:bob")), 6);
        assertMatches(Query.of(new Item().withTypes("closed").withTags("customer:alice")));
        assertMatches(Query.of(new Item().withTypes("opened").withIds(List.of(SHARED))), 0);
        assertMatches(Query.of(new Item().withTags("customer:bob").withIds(List.of(SHARED))), 3);
        assertMatches(
                Query.of(alice.withCategory("account")
                        .withTypes("opened")
                        .withTags("customer:alice")
                        .withIds(List.of(SHARED))
                        .onlyFirstOfStream()),
                0);
    }

    @Test
    void any_of_the_items_each_event_once_in_the_order_of_the_log() {
        Query overlapping = Query.of(
                new Item().withTypes("deposited"),
                new Item().withTags("customer:alice"),
                new Item().withStream("account-alice"),
                new Item().withCategory("transfer"));

        assertMatches(overlapping, 0, 2, 3, 6, 7);
        assertMatches(Query.tags("amount:high").or(Query.types("audited")), 2, 4, 6);
        assertMatches(Query.types("closed").or(Query.types("closed")), 7);
        assertMatches(Query.firstOfStream().or(Query.types("closed")), 0, 1, 3, 4, 5, 6, 7);
        assertMatches(Query.stream("account-carol").or(Query.category("")), 5);
    }

    @Test
    void tags_of_different_items_are_not_mixed() {
        Query neither = Query.of(
                new Item().withTypes("closed").withTags("customer:alice"),
                new Item().withTypes("started").withTags("amount:high"));

        assertMatches(neither);
    }

    @Test
    void an_item_may_match_by_hundreds_of_alternatives() {
        String[] types = new String[500];
        for (int i = 0; i < types.length; i++) {
            types[i] = "type-" + i;
        }
        types[250] = "audited";
        List<UUID> ids = new ArrayList<>(Collections.nCopies(1, AUDIT));
        for (int i = 0; i < 500; i++) {
            ids.add(new UUID(i, 0));
        }

        assertMatches(Query.types(types), 4);
        assertMatches(Query.ids(ids), 4);
    }

    @Test
    void events_that_come_later_are_found_by_the_same_query() {
        Query alice = Query.tags("customer:alice").or(Query.category("account"));
        List<Long> before = positions(Read.matching(alice));
        append(
                event("account-carol", "opened"),
                event("other-1", "noted"),
                event("other-1", "noted", "customer:alice"));

        assertThat(before).containsExactly(0L, 1L, 2L, 3L, 4L, 7L);
        assertMatches(alice, 0, 1, 2, 3, 4, 7, 8, 10);
    }

    private void assertMatches(Query query, long... expected) {
        List<Long> forwards = new ArrayList<>();
        for (long position : expected) {
            forwards.add(position);
        }
        assertThat(positions(Read.matching(query))).as("%s", query).isEqualTo(forwards);
        assertThat(positions(Read.matching(query).backwards()))
                .as("%s, backwards", query)
                .isEqualTo(forwards.reversed());
    }
}
