package dev.everfold.search;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The index of a build as one claim of one partition changes it.
///
/// What a claim stores goes by an alias of its own, and whoever claims next takes that alias away before he reads
/// anything. So what a process sends after it has lost its claim is refused by the server, however late it comes:
/// versions alone would let it bring a document back whose deletion the server has forgotten.
///
/// The name of the alias is one that no index can have ([IndexName]).
final class ClaimedIndex {

    private final SearchClient client;
    private final IndexName name;
    private final int partition;
    private final String claim;

    /// @param claim identity of the claim
    ClaimedIndex(SearchClient client, IndexName name, int partition, String claim) {
        this.client = client;
        this.name = name;
        this.partition = partition;
        this.claim = claim;
    }

    IndexName name() {
        return name;
    }

    /// The same claim in another index.
    ClaimedIndex in(IndexName other) {
        return new ClaimedIndex(client, other, partition, claim);
    }

    /// How the aliases of all claims of the partition begin.
    private String aliasPrefix() {
        return name + ".CLAIM." + partition + ".";
    }

    private String alias() {
        return aliasPrefix() + claim;
    }

    /// Takes the aliases of earlier claims away and makes that of this one, all at once; also that by which the
    /// index is read, should somebody have taken it away.
    ///
    /// Whoever could still store something had his alias before the claim after him was written, and so before this
    /// one looks which there are.
    ///
    /// @return false when another claim did the same in between
    /// @throws IndexMissingException when there is no such index
    boolean fence() {
        Set<String> there = client.indices().aliases(name);
        List<AliasAction> actions = new ArrayList<>();
        there.stream()
                .filter(alias -> alias.startsWith(aliasPrefix()) && !alias.equals(alias()))
                .forEach(alias -> actions.add(new AliasAction.Remove(alias, name)));
        actions.add(new AliasAction.Add(name.writeAlias(), name));
        actions.add(new AliasAction.Add(alias(), name));
        return client.indices().tryChangeAliases(actions);
    }

    /// Those of the documents that are there.
    Map<String, Document> fetch(Collection<String> ids) {
        return client.documents().getAll(name, List.copyOf(ids));
    }

    /// @throws IndexMissingException when the index is not there, or another claim has taken the alias away
    void write(List<? extends BulkItem> items) {
        client.documents().write(name, alias(), items).check(name);
    }

    void refresh() {
        client.indices().refresh(name);
    }

    /// @throws IndexMissingException when the index is not there
    void requireThere() {
        if (!client.indices().exists(name)) {
            throw new IndexMissingException(name.value());
        }
    }
}
