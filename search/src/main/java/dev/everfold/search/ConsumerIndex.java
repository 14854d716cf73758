package dev.everfold.search;

import dev.everfold.search.Document.WriteToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// The small index that says how far read models are: registries, claims, parked events. Its documents are read by id,
/// as they are at that moment; nothing in it is searched.
final class ConsumerIndex {

    static final IndexName NAME = new IndexName("everfold-consumers");

    private static final int TRIES_MAX = 20;

    private final SearchClient client;

    ConsumerIndex(SearchClient client) {
        this.client = client;
    }

    /// What was read, and what a conditional write of it names.
    record Stored<T>(T content, WriteToken token) {}

    /// Makes the index when it is not there, and the alias it is written by when somebody has taken that away.
    void ensure() {
        IndexDefinition definition = new IndexDefinition(
                Json.object().put("dynamic", false),
                Json.object().put("index.number_of_shards", 1).put("index.auto_expand_replicas", "0-1"));
        if (!client.indices().create(NAME, definition)) {
            client.indices().changeAliases(List.of(new AliasAction.Add(NAME.writeAlias(), NAME)));
        }
    }

    /// The registry of a projection; empty when there is none, nor the index.
    Optional<Stored<Registry>> registry(String projection) {
        try {
            return read(projection).map(found -> new Stored<>(Registry.parse(found.source()), found.token()));
        } catch (IndexMissingException none) {
            return Optional.empty();
        }
    }

    /// Changes a registry; when somebody else was there in between, what he has made of it.
    ///
    /// @param change tells a registry that is not to change by returning it
    /// @return as it is now; empty when there is none
    Optional<Registry> change(String projection, UnaryOperator<Registry> change) {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            Optional<Stored<Registry>> found = registry(projection);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            Registry before = found.get().content();
            Registry after = change.apply(before);
            if (after.equals(before) || replace(found.get().token(), after)) {
                return Optional.of(after);
            }
        }
        throw new IllegalStateException("The registry of projection \"" + projection + "\" was changed by others "
                + TRIES_MAX + " times while it was to be changed here.");
    }

    boolean create(Registry registry) {
        return client.conditionalWrites()
                .create(NAME, registry.projection(), registry.json())
                .isPresent();
    }

    boolean replace(WriteToken expected, Registry registry) {
        return client.conditionalWrites()
                .replace(NAME, registry.projection(), expected, registry.json())
                .isPresent();
    }

    Optional<Stored<ClaimState>> claim(String id) {
        return read(id).map(found -> new Stored<>(ClaimState.parse(found.source()), found.token()));
    }

    /// The claims of all partitions of a build, in order, as they count for its index; new ones where nobody has
    /// claimed.
    List<ClaimState> claims(String projection, BuildEntry build) {
        List<String> ids = IntStream.range(0, build.partitions())
                .mapToObj(partition -> ClaimState.id(projection, build.number(), partition))
                .toList();
        Map<String, Document> found = client.documents().get(NAME, ids);
        return ids.stream()
                .map(id -> found.containsKey(id)
                        ? ClaimState.parse(found.get(id).source()).in(build.index())
                        : ClaimState.NEW)
                .toList();
    }

    Optional<WriteToken> create(String id, JsonNode source) {
        return client.conditionalWrites().create(NAME, id, source);
    }

    Optional<WriteToken> replace(String id, WriteToken expected, JsonNode source) {
        return client.conditionalWrites().replace(NAME, id, expected, source);
    }

    Map<String, Document> get(List<String> ids) {
        return client.documents().getAll(NAME, ids);
    }

    void write(List<? extends BulkItem> items) {
        if (!items.isEmpty()) {
            client.documents().write(NAME, items).check(NAME);
        }
    }

    /// Deletes the claims of a build and what they have parked.
    void forget(String projection, BuildEntry build, long version) {
        List<BulkItem> items = new ArrayList<>();
        for (int partition = 0; partition < build.partitions(); partition++) {
            String id = ClaimState.id(projection, build.number(), partition);
            claim(id).ifPresent(found -> {
                found.content()
                        .parked()
                        .forEach(position -> items.add(new BulkItem.Delete(ParkedDocuments.id(id, position), version)));
                client.conditionalWrites().delete(NAME, id, found.token());
            });
        }
        write(items);
    }

    private Optional<Document> read(String id) {
        return client.documents().get(NAME, id);
    }
}
