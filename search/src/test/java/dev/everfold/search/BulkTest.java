package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.search.BulkItem.Delete;
import dev.everfold.search.BulkItem.Put;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

@Timeout(300)
@ParameterizedClass
@EnumSource
class BulkTest {

    private static final long SEED = Long.getLong("everfold.seed", 71);

    private final SearchOptions options;
    private final SearchClient client;
    private final TestIndex orders;

    BulkTest(TestServer server) {
        options = server.options();
        client = server.open();
        orders = TestIndex.create(client);
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void documents_are_stored_with_the_versions_given() {
        BulkResult result = orders.write(put("order-17", 5, 100), put("order-18", 6, 200));

        assertThat(result).isEqualTo(new BulkResult(2, 0, List.of()));
        assertThat(orders.get("order-17")).hasValueSatisfying(order -> {
            assertThat(order.version()).isEqualTo(5);
            assertThat(order.source()).isEqualTo(order("order-17", 100));
        });
    }

    @Test
    void a_repetition_is_harmless() {
        orders.write(put("order-17", 5, 100));

        BulkResult again = orders.write(put("order-17", 5, 100));

        assertThat(again).isEqualTo(new BulkResult(0, 1, List.of()));
        assertThat(orders.cents("order-17")).isEqualTo(100);
    }

    @Test
    void an_older_version_changes_nothing() {
        orders.write(put("order-17", 5, 100));

        BulkResult late = orders.write(put("order-17", 4, 90), new Delete("order-17", 3));

        assertThat(late).isEqualTo(new BulkResult(0, 2, List.of()));
        assertThat(orders.cents("order-17")).isEqualTo(100);
    }

    @Test
    void an_older_version_that_arrives_after_the_deletion_is_refused() {
        orders.write(put("order-17", 5, 100));
        orders.write(new Delete("order-17", 7));
        client.indices().refresh(orders.name());

        BulkResult late = orders.write(put("order-17", 6, 110));

        assertThat(late).isEqualTo(new BulkResult(0, 1, List.of()));
        assertThat(orders.get("order-17")).isEmpty();
    }

    @Test
    void a_deletion_that_arrives_before_what_it_deletes_is_remembered() {
        BulkResult early = orders.write(new Delete("order-17", 7));

        BulkResult late = orders.write(put("order-17", 6, 110));

        assertThat(early.stored()).isEqualTo(1);
        assertThat(late.stale()).isEqualTo(1);
        assertThat(orders.get("order-17")).isEmpty();
    }

    @Test
    void a_deleted_document_comes_back_with_a_higher_version() {
        orders.write(put("order-17", 5, 100), new Delete("order-17", 6), put("order-17", 7, 120));

        assertThat(orders.cents("order-17")).isEqualTo(120);
    }

    @Test
    void changes_in_any_order_and_often_end_in_the_newest() {
        Random random = new Random(SEED);
        List<BulkItem> changes = new ArrayList<>();
        for (int version = 1; version <= 200; version++) {
            String id = "order-" + random.nextInt(10);
            changes.add(random.nextInt(4) == 0 ? new Delete(id, version) : put(id, version, version));
        }
        List<BulkItem> shuffled = new ArrayList<>(changes);
        shuffled.addAll(changes);
        Collections.shuffle(shuffled, random);

        orders.write(shuffled.toArray(BulkItem[]::new));

        for (int i = 0; i < 10; i++) {
            String id = "order-" + i;
            BulkItem newest = changes.reversed().stream()
                    .filter(change -> change.id().equals(id))
                    .findFirst()
                    .orElseThrow();
            assertThat(orders.get(id).map(Document::version))
                    .as("seed %s, %s", SEED, newest)
                    .isEqualTo(newest instanceof Put ? Optional.of(newest.version()) : Optional.empty());
        }
    }

    @Test
    void an_item_that_does_not_fit_the_mapping_fails_alone() {
        ObjectNode wrong = order("order-18", 0).put("cents", "much");

        BulkResult result =
                orders.write(put("order-17", 5, 100), new Put("order-18", 6, wrong), put("order-19", 7, 300));

        assertThat(result.stored()).isEqualTo(2);
        assertThat(result.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.id()).isEqualTo("order-18");
            assertThat(failure.status()).isEqualTo(400);
            assertThat(failure.retryable()).isFalse();
        });
        assertThat(orders.get("order-18")).isEmpty();
        assertThat(orders.cents("order-19")).isEqualTo(300);
    }

    @Test
    void a_failed_item_is_named_with_what_the_server_says() {
        ObjectNode unmapped = order("order-17", 100).put("colour", "red");
        BulkResult result = orders.write(put("order-16", 5, 100), new Put("order-17", 6, unmapped));

        assertThatThrownBy(() -> result.check(orders.name()))
                .isInstanceOfSatisfying(SearchFailedException.class, failed -> {
                    assertThat(failed.stored()).isEqualTo(Stored.YES);
                    assertThat(failed.retryable()).isFalse();
                })
                .hasMessageStartingWith("Storing 1 of 2 documents in index \"" + orders.name()
                        + "\" failed: document \"order-17\": status 400, strict_dynamic_mapping_exception: ")
                .hasMessageContaining("[colour]")
                .hasMessageEndingWith("The rest is stored; trying again does not help before the cause is removed.");
    }

    @Test
    void many_items_are_sent_in_requests_of_bounded_size() {
        BulkWriter small = new BulkWriter(new Transport(options), 1_100);
        List<Put> items = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            items.add(put("order-" + i, i, i));
        }

        BulkResult result = small.write(orders.name(), orders.name().writeAlias(), items);

        assertThat(result).isEqualTo(new BulkResult(100, 0, List.of()));
        client.indices().refresh(orders.name());
        assertThat(client.indices().count(orders.name())).isEqualTo(100);
    }

    @Test
    void an_item_larger_than_a_request_is_refused_and_nothing_is_stored() {
        BulkWriter small = new BulkWriter(new Transport(options), 1_100);
        Put large = new Put("order-18", 6, order("order-18", 1).put("name", "x".repeat(2_000)));

        assertThatThrownBy(() ->
                        small.write(orders.name(), orders.name().writeAlias(), List.of(put("order-17", 5, 100), large)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Document \"order-18\" takes " + large.lines().length
                        + " bytes; the limit is 1100 (SearchOptions.bulkBytesMax). Keep less in it.");

        assertThat(orders.get("order-17")).isEmpty();
    }

    @Test
    void ids_of_any_characters_come_back_as_they_were() {
        List<String> ids = List.of("a/b", "a b+c", "..", "ä€😀", "\"quoted\"", "x?y#z%20", "_id", "a\nb");
        orders.write(ids.stream().map(id -> put(id, 1, 1)).toArray(BulkItem[]::new));

        assertThat(client.documents().get(orders.name(), ids).keySet()).containsExactlyElementsOf(ids);
        for (String id : ids) {
            assertThat(orders.get(id).map(Document::id)).contains(id);
        }
    }

    private static Put put(String id, long version, int cents) {
        return new Put(id, version, order(id, cents));
    }

    private static ObjectNode order(String id, int cents) {
        return TestIndex.order(id, cents);
    }
}
