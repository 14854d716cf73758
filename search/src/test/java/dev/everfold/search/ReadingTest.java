package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.search.BulkItem.Put;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

@Timeout(300)
@ParameterizedClass
@EnumSource
class ReadingTest {

    private final SearchOptions options;
    private final SearchClient client;
    private final TestIndex orders;

    ReadingTest(TestServer server) {
        options = server.options();
        client = server.open();
        orders = TestIndex.create(client);
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void a_document_is_read_by_id_at_once_and_searched_after_a_refresh() {
        orders.write(put("order-17", 5, 100));

        assertThat(orders.get("order-17")).isPresent();
        client.indices().refresh(orders.name());

        Page page = client.documents().search(orders.name(), PageRequest.all(10, "id"));
        assertThat(page.documents()).containsExactly(orders.get("order-17").orElseThrow());
        assertThat(page.next()).isEmpty();
        assertThat(client.indices().count(orders.name())).isEqualTo(1);
    }

    @Test
    void documents_that_are_there_come_in_the_order_asked_for() {
        orders.write(put("order-17", 5, 100), put("order-18", 6, 200));

        assertThat(client.documents()
                        .get(orders.name(), List.of("order-18", "order-99", "order-17"))
                        .keySet())
                .containsExactly("order-18", "order-17");
        assertThat(client.documents().get(orders.name(), List.of())).isEmpty();
    }

    @Test
    void more_documents_than_a_request_may_ask_for_are_refused() {
        List<String> ids = Collections.nCopies(Documents.IDS_MAX + 1, "order-17");

        assertThatThrownBy(() -> client.documents().get(orders.name(), ids))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1001 documents are asked for at once; expected 1000 at most.");
    }

    @Test
    void documents_whose_answer_is_too_large_are_read_in_parts_unless_one_alone_is() {
        List<Put> items = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            items.add(new Put("order-" + i, i, TestIndex.order("order-" + i, i).put("name", "x".repeat(2_000))));
        }
        items.add(new Put("large", 1, TestIndex.order("large", 1).put("name", "x".repeat(30_000))));
        client.documents().write(orders.name(), items);
        List<String> small =
                items.stream().map(Put::id).filter(id -> !id.equals("large")).toList();

        try (SearchClient narrow = SearchClient.open(options, new Transport(options, 10_000))) {
            assertThat(narrow.documents().get(orders.name(), small).keySet()).containsExactlyElementsOf(small);
            assertThatThrownBy(() -> narrow.documents().get(orders.name(), List.of("order-1", "large")))
                    .isInstanceOf(AnswerTooLargeException.class)
                    .hasMessage("Reading 1 documents in index \"" + orders.name()
                            + "\" failed: the answer is larger than 10000 bytes. Keep less in the documents.");
        }
    }

    @Test
    void pages_show_every_document_once() {
        List<Put> items = new ArrayList<>();
        for (int i = 0; i < 95; i++) {
            items.add(put("order-" + i, i, i % 7)); // many with the same first sort value
        }
        client.documents().write(orders.name(), items);
        client.indices().refresh(orders.name());

        List<String> seen = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        Optional<PageRequest> request = Optional.of(PageRequest.all(20, "cents", "id"));
        while (request.isPresent()) {
            PageRequest current = request.orElseThrow();
            Page page = client.documents().search(orders.name(), current);
            page.documents().forEach(order -> seen.add(order.source().path("cents") + " " + order.id()));
            sizes.add(page.documents().size());
            request = page.next().map(current::behind);
        }

        assertThat(sizes).containsExactly(20, 20, 20, 20, 15);
        assertThat(seen).hasSize(95).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void a_query_selects() {
        orders.write(put("order-17", 5, 100), put("order-18", 6, 200));
        client.indices().refresh(orders.name());
        ObjectNode query = Json.object();
        query.putObject("term").put("cents", 200);

        Page page =
                client.documents().search(orders.name(), new PageRequest(query, List.of("id"), 10, Optional.empty()));

        assertThat(page.documents()).extracting(Document::id).containsExactly("order-18");
    }

    @Test
    void a_query_that_the_server_does_not_take_is_refused_with_its_words() {
        ObjectNode query = Json.object();
        query.putObject("terrm").put("cents", 200);

        assertThatThrownBy(() -> client.documents()
                        .search(orders.name(), new PageRequest(query, List.of("id"), 10, Optional.empty())))
                .isInstanceOfSatisfying(
                        SearchFailedException.class,
                        failed -> assertThat(failed.retryable()).isFalse())
                .hasMessageStartingWith("Searching index \"" + orders.name()
                        + "\" failed: Status 400, parsing_exception: unknown query [terrm]");
    }

    private static Put put(String id, long version, int cents) {
        return new Put(id, version, TestIndex.order(id, cents));
    }
}
