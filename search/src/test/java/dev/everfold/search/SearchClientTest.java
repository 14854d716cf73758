package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class SearchClientTest {

    @Test
    void the_servers_are_those_they_claim_to_be() {
        try (SearchClient openSearch = TestServer.OPENSEARCH.open();
                SearchClient elasticsearch = TestServer.ELASTICSEARCH.open()) {
            assertThat(openSearch.server().product()).isEqualTo(ServerInfo.Product.OPENSEARCH);
            assertThat(openSearch.server().versions())
                    .singleElement()
                    .asString()
                    .startsWith("3.");
            assertThat(elasticsearch.server().product()).isEqualTo(ServerInfo.Product.ELASTICSEARCH);
            assertThat(elasticsearch.server().versions())
                    .singleElement()
                    .asString()
                    .startsWith("8.19.");
            assertThat(openSearch.server().cluster())
                    .isNotEqualTo(elasticsearch.server().cluster());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "type, 2.19.1, OpenSearch 2.19.1",
        "flavor, 7.17.29, Elasticsearch 7.17.29",
        "flavor, 80.0.0, Elasticsearch 80.0.0",
    })
    void a_version_that_is_not_known_is_refused(String field, String version, String shown) throws Exception {
        String packaging = "{\"" + field + "\": \"x\"}";
        String statistics = """
                {"cluster_uuid": "c1", "nodes": {"versions": ["%s"], "packaging_types": [%s]}}
                """.formatted(version, packaging);
        try (StubServer server = StubServer.answering(200, statistics)) {
            assertThatThrownBy(() -> SearchClient.open(server.options()))
                    .isInstanceOf(UnsupportedServerException.class)
                    .hasMessage("The server is " + shown + "; expected Elasticsearch 8 or OpenSearch 3. "
                            + "Use one of them, or an Everfold that knows this one.");
        }
    }

    @Test
    void a_server_whose_node_could_not_be_counted_just_now_is_asked_again() throws Exception {
        String partial = "{\"cluster_uuid\": \"c1\", \"_nodes\": {\"failed\": 1}}";
        try (StubServer server = StubServer.answeringInTurn(partial, partial, StubServer.KNOWN_SERVER);
                SearchClient client = SearchClient.open(server.options())) {
            assertThat(client.server().versions()).containsExactly("3.8.0");
        }
    }

    @Test
    void a_server_none_of_whose_nodes_can_be_counted_may_be_tried_again_later() throws Exception {
        String missing = "{\"cluster_uuid\": \"c1\", \"_nodes\": {\"failed\": 1}, \"nodes\": {\"versions\": []}}";
        try (StubServer server = StubServer.answering(200, missing)) {
            assertThatThrownBy(() -> SearchClient.open(server.options()))
                    .isInstanceOfSatisfying(
                            SearchFailedException.class,
                            failed -> assertThat(failed.retryable()).isTrue())
                    .hasMessageStartingWith("Asking " + server.options().server()
                            + " who it is failed: none of its nodes could be counted. ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "<html>", "", "{\"cluster_uuid\": \"c1\"}"})
    void what_is_no_such_server_is_refused(String root) throws Exception {
        try (StubServer server = StubServer.answering(200, root)) {
            assertThatThrownBy(() -> SearchClient.open(server.options()))
                    .isInstanceOf(UnsupportedServerException.class)
                    .hasMessage("What answers is neither Elasticsearch nor OpenSearch; expected Elasticsearch 8 or "
                            + "OpenSearch 3. Look at the address.");
        }
    }
}
