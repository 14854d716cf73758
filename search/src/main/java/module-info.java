/// Read models in Elasticsearch and OpenSearch.
module dev.everfold.search {
    requires static org.jspecify;
    requires transitive dev.everfold.eventsourcing;
    requires transitive java.net.http;
    requires transitive tools.jackson.databind;
    requires tools.jackson.core;

    exports dev.everfold.search;
}
