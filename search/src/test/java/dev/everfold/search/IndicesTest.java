package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.search.AliasAction.Add;
import dev.everfold.search.AliasAction.Remove;
import dev.everfold.search.AliasAction.RemoveIndex;
import dev.everfold.search.BulkItem.Delete;
import dev.everfold.search.BulkItem.Put;
import dev.everfold.search.Document.WriteToken;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
@ParameterizedClass
@EnumSource
class IndicesTest {

    private final TestServer server;
    private final SearchClient client;
    private final Indices indices;
    private final IndexName name = TestServer.newIndex();

    IndicesTest(TestServer server) {
        this.server = server;
        client = server.open();
        indices = client.indices();
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void an_index_is_made_once_and_deleted_once() {
        assertThat(indices.exists(name)).isFalse();
        assertThat(indices.create(name, TestIndex.definition())).isTrue();
        assertThat(indices.create(name, TestIndex.definition())).isFalse();
        assertThat(indices.exists(name)).isTrue();
        assertThat(indices.ofAlias(name.writeAlias())).containsExactly(name.value());

        assertThat(indices.delete(name)).isTrue();
        assertThat(indices.delete(name)).isFalse();
        assertThat(indices.exists(name)).isFalse();
        assertThat(indices.ofAlias(name.writeAlias())).isEmpty();
    }

    @Test
    void a_definition_that_the_server_does_not_take_is_refused_with_its_words() {
        IndexDefinition wrong = new IndexDefinition(
                Json.object().put("dynamic", "strict"), Json.object().put("index.number_of_shards", "many"));

        assertThatThrownBy(() -> indices.create(name, wrong))
                .isInstanceOfSatisfying(SearchFailedException.class, failed -> {
                    assertThat(failed.stored()).isEqualTo(Stored.NO);
                    assertThat(failed.retryable()).isFalse();
                })
                .hasMessageStartingWith(
                        "Creating index \"" + name + "\" failed: Status 400, illegal_argument_exception: ")
                .hasMessageContaining("[many]");
        assertThat(indices.exists(name)).isFalse();
    }

    @Test
    void deletions_are_remembered_for_hours_unless_the_definition_says_otherwise() {
        TestIndex orders = TestIndex.create(client);
        IndexDefinition impatient =
                new IndexDefinition(Json.object(), Json.object().put("index.gc_deletes", "5m"));
        indices.create(name, impatient);

        assertThat(gcDeletes(orders.name())).isEqualTo("12h");
        assertThat(gcDeletes(name)).isEqualTo("5m");
    }

    @Test
    void an_alias_goes_from_one_index_to_another_in_one_step() {
        IndexName next = TestServer.newIndex();
        indices.create(name, TestIndex.definition());
        indices.create(next, TestIndex.definition());
        String alias = name + "-shown";
        indices.changeAliases(List.of(new Add(alias, name)));

        indices.changeAliases(List.of(new Remove(alias, name), new Add(alias, next)));

        assertThat(indices.ofAlias(alias)).containsExactly(next.value());
    }

    @Test
    void a_change_of_aliases_that_fails_in_part_changes_nothing() {
        IndexName next = TestServer.newIndex();
        indices.create(name, TestIndex.definition());
        indices.create(next, TestIndex.definition());
        String alias = name + "-shown";

        assertThatThrownBy(
                        () -> indices.changeAliases(List.of(new Add(alias, next), new Remove(alias + "-other", name))))
                .isInstanceOf(SearchFailedException.class)
                .hasMessageStartingWith("Changing aliases failed: Status 404, aliases_not_found_exception: ");

        assertThat(indices.ofAlias(alias)).isEmpty();
    }

    @Test
    void an_index_can_go_in_the_step_that_moves_its_alias() {
        IndexName next = TestServer.newIndex();
        indices.create(name, TestIndex.definition());
        indices.create(next, TestIndex.definition());
        String alias = name + "-shown";
        indices.changeAliases(List.of(new Add(alias, name)));

        indices.changeAliases(List.of(new RemoveIndex(name), new Add(alias, next)));

        assertThat(indices.exists(name)).isFalse();
        assertThat(indices.ofAlias(alias)).containsExactly(next.value());
    }

    @Test
    void an_index_that_is_missing_is_noticed_by_everything_and_never_made_on_the_way() {
        Put put = new Put("order-17", 5, TestIndex.order("order-17", 100));
        Documents documents = client.documents();
        ConditionalWrites conditional = client.conditionalWrites();
        WriteToken token = new WriteToken(0, 1);

        assertMissing(() -> documents.write(name, List.of(put)));
        assertMissing(() -> documents.write(name, List.of(new Delete("order-17", 5))));
        assertMissing(() -> documents.get(name, "order-17"));
        assertMissing(() -> documents.get(name, List.of("order-17")));
        assertMissing(() -> documents.search(name, PageRequest.all(10, "id")));
        assertMissing(() -> conditional.create(name, "order-17", put.source()));
        assertMissing(() -> conditional.replace(name, "order-17", token, put.source()));
        assertMissing(() -> conditional.delete(name, "order-17", token));
        assertMissing(() -> indices.refresh(name));
        assertMissing(() -> indices.count(name));

        assertThat(indices.exists(name)).isFalse();
        assertThat(indices.ofAlias(name.writeAlias())).isEmpty();
    }

    @Test
    void an_index_that_lost_its_alias_is_missing_and_is_not_written() {
        TestIndex orders = TestIndex.create(client);
        indices.changeAliases(List.of(new Remove(orders.name().writeAlias(), orders.name())));

        assertThatThrownBy(() -> orders.write(new Put("order-17", 5, TestIndex.order("order-17", 100))))
                .isInstanceOf(IndexMissingException.class);

        indices.changeAliases(List.of(new Add(orders.name().writeAlias(), orders.name())));
        assertThat(orders.get("order-17")).isEmpty();
    }

    @Test
    void an_index_deleted_between_two_writes_is_noticed_by_the_second() {
        TestIndex orders = TestIndex.create(client);
        orders.write(new Put("order-17", 5, TestIndex.order("order-17", 100)));
        indices.delete(orders.name());

        assertThatThrownBy(() -> orders.write(new Put("order-18", 6, TestIndex.order("order-18", 100))))
                .isInstanceOfSatisfying(IndexMissingException.class, missing -> {
                    assertThat(missing.index()).isEqualTo(orders.name().value());
                    assertThat(missing.stored()).isEqualTo(Stored.NO);
                    assertThat(missing.retryable()).isFalse();
                })
                .hasMessage("Index \"" + orders.name() + "\" is not there; expected it, with the alias it is written "
                        + "by. Build what was in it again.");
        assertThat(indices.exists(orders.name())).isFalse();
    }

    private String gcDeletes(IndexName index) {
        try (Transport transport = new Transport(server.options())) {
            Answer answer = transport.send(Call.reading("Reading settings", "GET", "/" + index + "/_settings"));
            return answer.body()
                    .path(index.value())
                    .path("settings")
                    .path("index")
                    .path("gc_deletes")
                    .asString();
        }
    }

    private void assertMissing(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(IndexMissingException.class);
    }
}
