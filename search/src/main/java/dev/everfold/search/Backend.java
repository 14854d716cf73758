package dev.everfold.search;

/// What a read model works with, once the server has answered.
///
/// @param client of the server
/// @param consumers where claims and registries are
record Backend(SearchClient client, ConsumerIndex consumers) {

    static Backend of(SearchClient client) {
        return new Backend(client, new ConsumerIndex(client));
    }
}
