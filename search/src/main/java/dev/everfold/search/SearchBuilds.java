package dev.everfold.search;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.search.ConsumerIndex.Stored;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.StringNode;

/// The builds of one read model: which are there, making one, deleting them.
final class SearchBuilds {

    static final String REFRESH_INTERVAL = "index.refresh_interval";

    private static final int TRIES_MAX = 20;

    private final SearchClient client;
    private final ConsumerIndex consumers;
    private final IndexDefinition definition;
    private final Clock clock;

    SearchBuilds(Backend backend, IndexDefinition definition, Clock clock) {
        this.client = backend.client();
        this.consumers = backend.consumers();
        this.definition = definition;
        this.clock = clock;
    }

    /// Those whose index is there. One that is not may have been replaced since the registry was read: then all are
    /// looked at again.
    List<Build> list(String projection) {
        Registry registry = registry(projection);
        while (true) {
            Set<String> there = indices(projection).keySet();
            List<Build> builds = new ArrayList<>();
            for (BuildEntry entry : registry.builds()) {
                if (there.contains(entry.index().value())) {
                    builds.add(build(registry, entry));
                }
            }
            Registry again = builds.size() == registry.builds().size() ? registry : registry(projection);
            if (again.equals(registry)) {
                return builds;
            }
            registry = again;
        }
    }

    private Registry registry(String projection) {
        return consumers.registry(projection).map(Stored::content).orElseGet(() -> Registry.empty(projection, 0));
    }

    /// A build as it is now.
    Build build(Registry registry, BuildEntry entry) {
        long position = consumers.claims(registry.projection(), entry).stream()
                .mapToLong(ClaimState::settled)
                .min()
                .orElse(0);
        return new Build(
                registry.projection(),
                entry.version(),
                entry.number(),
                entry.partitions(),
                entry.number() == registry.serving(),
                position);
    }

    /// The registry is written first: a number is never given twice, and an index that no registry names is
    /// nobody's.
    ///
    /// A crash before the index is made leaves a build that nobody has claimed; whoever comes next makes its index.
    Build create(String projection, int version, int partitions, long after) {
        consumers.ensure();
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            Set<String> there = indices(projection).keySet();
            Optional<Stored<Registry>> found = consumers.registry(projection);
            if (found.isEmpty()) {
                consumers.create(Registry.empty(projection, highest(projection, there)));
                continue;
            }
            Registry before = found.get().content();
            Registry wanted = next(before, there, version, partitions, after);
            if (!wanted.equals(before) && !consumers.replace(found.get().token(), wanted)) {
                continue;
            }
            BuildEntry made = wanted.builds().getLast();
            requireDefinition(projection, made);
            create(made.index(), made.number() == wanted.serving());
            Optional<Registry> now = consumers.registry(projection).map(Stored::content);
            if (now.flatMap(registry -> registry.build(made.number())).isEmpty()) {
                client.indices().delete(made.index());
                continue;
            }
            new ServingAlias(client).follow(now.orElseThrow());
            return build(now.orElseThrow(), made);
        }
        throw new IllegalStateException("A build of projection \"" + projection + "\" was begun " + TRIES_MAX
                + " times, and each time taken back by others. Look who deletes builds.");
    }

    /// The registry with the wanted build as the last one.
    private Registry next(Registry before, Set<String> there, int version, int partitions, long after) {
        Registry left = before.retire(entry -> isGone(before.projection(), entry, there));
        if (!left.builds().isEmpty()) {
            BuildEntry newest = left.builds().getLast();
            if (newest.version() == version && newest.number() > after) {
                return left;
            }
        }
        return left.plus(version, partitions, definition.fingerprint());
    }

    /// Whether somebody has deleted what a build had made. Where nobody has claimed it yet, it is about to be made.
    private boolean isGone(String projection, BuildEntry entry, Set<String> there) {
        return !there.contains(entry.index().value())
                && consumers.claims(projection, entry).stream().anyMatch(claim -> !claim.equals(ClaimState.NEW));
    }

    private static long highest(String projection, Set<String> indices) {
        return indices.stream()
                .flatMap(index -> Registry.number(projection, index).stream())
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    /// Makes an index that nobody reads yet. One that does not serve is not refreshed, which is most of
    /// what a bulk costs the server beside storing it. It has its replicas from the beginning: without them
    /// the loss of one node would leave a build that is neither there nor gone.
    void create(IndexName index, boolean serving) {
        boolean made = client.indices()
                .create(index, definition.withDocumentFields(), index.writeAlias(), BuildEntry.waitingAlias(index));
        if (made && !serving) {
            client.indices().set(index, REFRESH_INTERVAL, StringNode.valueOf("-1"));
        }
    }

    /// Makes an index ready for readers.
    void prepare(IndexName index) {
        client.indices()
                .set(
                        index,
                        REFRESH_INTERVAL,
                        definition.setting("refresh_interval").orElse(null));
        client.indices().refresh(index);
    }

    /// @throws IllegalStateException when the index was made with other mappings or settings
    void requireDefinition(String projection, BuildEntry entry) {
        if (!entry.definition().equals(definition.fingerprint())) {
            throw new IllegalStateException("Index \"" + entry.index() + "\" of projection \"" + projection
                    + "\" was made for its version " + entry.version()
                    + " with other mappings or settings than those here. Raise the version of the projection.");
        }
    }

    /// Gives up a build whose index does not hold any more what its checkpoints say. Its claims end, and another
    /// build is made.
    void abandon(String projection, BuildEntry build) {
        consumers.change(projection, before -> before.retire(build::equals));
        dropRetired(projection);
    }

    /// Deletes the indices in which a build was before it was emptied.
    void deleteEmptied(String projection, BuildEntry build) {
        long emptied = BuildEntry.emptied(build.index());
        for (String name : emptied == 0 ? Set.<String>of() : indices(projection).keySet()) {
            IndexName index = new IndexName(name);
            if (Registry.number(projection, name).equals(Optional.of(build.number()))
                    && BuildEntry.emptied(index) < emptied) {
                client.indices().delete(index);
            }
        }
    }

    void drop(Build build) {
        Optional<Registry> registry = consumers.change(
                build.projection(),
                before ->
                        before.retire(entry -> entry.number() == build.number() && before.serving() != build.number()));
        if (registry.isPresent()) {
            dropRetired(build.projection());
        }
    }

    /// Also deletes indices that no registry names: what a crash has left.
    void dropRetired(String projection) {
        Map<String, Set<String>> there = indices(projection);
        Optional<Registry> registry = consumers.registry(projection).map(Stored::content);
        if (registry.isEmpty()) {
            return;
        }
        List<BuildEntry> retired = registry.get().retired();
        long version = ParkedDocuments.version(clock.instant(), Integer.MAX_VALUE);
        retired.forEach(entry -> consumers.forget(projection, entry, version));
        there.forEach((name, aliases) -> {
            IndexName index = new IndexName(name);
            boolean named = registry.get().builds().stream()
                    .anyMatch(entry -> entry.index().equals(index));
            if (!named && !aliases.contains(projection) && aliases.contains(index.writeAlias())) {
                client.indices().delete(index);
            }
        });
        if (!retired.isEmpty()) {
            consumers.change(projection, before -> before.forget(retired));
        }
    }

    /// The indices of a projection with their aliases.
    private Map<String, Set<String>> indices(String projection) {
        Map<String, Set<String>> all = client.indices().withAliases(Registry.prefix(projection));
        all.keySet().removeIf(index -> Registry.number(projection, index).isEmpty());
        return all;
    }
}
