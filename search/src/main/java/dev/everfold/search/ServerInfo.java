package dev.everfold.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Which server answers, from the statistics of its cluster. These know every node, where a greeting (`GET /`) only
/// knows the one that was met, and distributions with few modules have no greeting.
///
/// @param versions of the nodes, as the server writes them, such as `8.19.8`; several during an upgrade
/// @param cluster the UUID of its cluster; another one means other data
record ServerInfo(Product product, List<String> versions, String cluster) {

    static final String PATH =
            "/_cluster/stats?filter_path=cluster_uuid,_nodes.failed,nodes.versions,nodes.packaging_types";

    /// The products that are known, each with the one major version that every test runs on.
    enum Product {
        ELASTICSEARCH("Elasticsearch", 8),
        OPENSEARCH("OpenSearch", 3);

        private final String label;
        private final int major;

        Product(String label, int major) {
            this.label = label;
            this.major = major;
        }

        /// As in "Elasticsearch 8 or OpenSearch 3".
        static String expected() {
            return Arrays.stream(values())
                    .map(known -> known.label + " " + known.major)
                    .collect(Collectors.joining(" or "));
        }
    }

    ServerInfo {
        versions = List.copyOf(versions);
    }

    /// Whether no node could be counted just now, as when an index is deleted meanwhile; both products do so.
    static boolean isMissing(JsonNode statistics) {
        return statistics.path("_nodes").path("failed").asInt(0) > 0
                && statistics.path("nodes").path("versions").isEmpty();
    }

    /// Reads what is found at [#PATH].
    ///
    /// @throws UnsupportedServerException when it is another product, or another version
    static ServerInfo parse(JsonNode statistics) {
        JsonNode nodes = statistics.path("nodes");
        String cluster = statistics.path("cluster_uuid").asString("");
        List<String> versions = new ArrayList<>();
        nodes.path("versions").forEach(version -> versions.add(version.asString("")));
        if (cluster.isEmpty() || versions.isEmpty()) {
            throw UnsupportedServerException.unknown();
        }
        Product product = product(nodes.path("packaging_types"));
        for (String version : versions) {
            if (!version.startsWith(product.major + ".")) {
                throw UnsupportedServerException.version(product.label + " " + version);
            }
        }
        return new ServerInfo(product, versions, cluster);
    }

    /// Elasticsearch says which flavour of it is installed; OpenSearch has only one, and does not say it.
    private static Product product(JsonNode packagingTypes) {
        return packagingTypes.path(0).has("flavor") ? Product.ELASTICSEARCH : Product.OPENSEARCH;
    }
}
