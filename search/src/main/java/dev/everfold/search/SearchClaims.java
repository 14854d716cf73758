package dev.everfold.search;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelClaim;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.search.ConsumerIndex.Stored;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/// Claims partitions of builds, for one projection.
///
/// 1. Nobody else has a claim that is in force, and the index holds what the checkpoint says.
/// 2. The claim is written, provided that nobody was there in between: the one before is refused every write of it.
/// 3. The index is fenced ([ClaimedIndex#fence]): the one before is refused every document. Only now it is read.
/// 4. What a crash has left is finished: readers are led to what serves, an index that was emptied is deleted, and so
///    are documents that were to be.
final class SearchClaims {

    private static final System.Logger LOG = System.getLogger(SearchClaims.class.getName());

    private final Backend backend;
    private final SearchModelOptions options;
    private final SearchBuilds builds;
    private final Projection<SearchDocuments> projection;
    private final Clock clock;

    SearchClaims(
            Backend backend,
            SearchModelOptions options,
            SearchBuilds builds,
            Projection<SearchDocuments> projection,
            Clock clock) {
        this.backend = backend;
        this.options = options;
        this.builds = builds;
        this.projection = projection;
        this.clock = clock;
    }

    /// Claims a partition.
    ///
    /// @return empty while somebody else has it, or when the build is not there any more
    Optional<ModelClaim> claim(Build build, int partition, String owner, Duration lease) {
        String id = ClaimState.id(build.projection(), build.number(), partition);
        ConsumerIndex consumers = backend.consumers();
        // The claim is read before the registry: a switch takes the claim first, and then changes the registry.
        Optional<Stored<ClaimState>> found = consumers.claim(id);
        Optional<Stored<Registry>> registry = consumers.registry(build.projection());
        Optional<BuildEntry> known = registry.flatMap(stored -> stored.content().build(build.number()));
        if (registry.isEmpty() || known.isEmpty()) {
            return Optional.empty();
        }
        BuildEntry entry = known.get();
        if (projection.version() == entry.version()) {
            builds.requireDefinition(build.projection(), entry);
        }
        ClaimState before = found.map(Stored::content).orElse(ClaimState.NEW).in(entry.index());
        if (before.isHeld(clock.instant())) {
            return Optional.empty();
        }
        Optional<IndexHistory> history = history(build.projection(), entry, before);
        if (history.isEmpty()) {
            return Optional.empty();
        }
        if (before.fenced()
                && !consumers.replace(registry.get().token(), registry.get().content())) {
            return Optional.empty();
        }
        ClaimState claimed = before.with(history.get())
                .claimed(UUID.randomUUID().toString(), owner, clock.instant().plus(lease), false);
        return HeldClaim.take(consumers, build.projection(), id, found, claimed, lease, clock)
                .flatMap(held -> open(held, registry.get().content(), entry, partition, owner, lease));
    }

    /// The history that the index has, when it holds what the checkpoint says; empty when it is not there.
    private Optional<IndexHistory> history(String name, BuildEntry entry, ClaimState before) {
        IndexHistory now;
        try {
            now = backend.client().indices().history(entry.index());
        } catch (IndexMissingException missing) {
            return Optional.empty();
        }
        if (!now.isWhole(before.history())) {
            throw new SearchFailedException(
                    "Claiming index \"" + entry.index() + "\"",
                    "Not all of its shards are there",
                    EventStoreException.Stored.NO,
                    true,
                    null);
        }
        if (now.continues(before.history())) {
            return Optional.of(now);
        }
        LOG.log(
                Level.WARNING,
                "index was replaced or restored, its build is made again projection={0} index={1}",
                name,
                entry.index());
        builds.abandon(name, entry);
        return Optional.empty();
    }

    private Optional<ModelClaim> open(
            HeldClaim held, Registry registry, BuildEntry entry, int partition, String owner, Duration lease) {
        boolean opened = false;
        try {
            ClaimedIndex index = new ClaimedIndex(
                    backend.client(), entry.index(), partition, held.state().claim());
            if (!index.fence()) {
                return Optional.empty();
            }
            new ServingAlias(backend.client()).follow(registry);
            builds.deleteEmptied(registry.projection(), entry);
            ServingSwitch serving = new ServingSwitch(backend, builds, lease, clock);
            SearchClaim claim = new SearchClaim(
                    new SearchClaim.Settings(backend, options, builds, serving, projection, owner),
                    builds.build(registry, entry),
                    index,
                    entry.partitions() > 1 ? OptionalInt.of(partition) : OptionalInt.empty(),
                    held);
            claim.deleteDocuments();
            opened = true;
            return Optional.of(claim);
        } finally {
            if (!opened) {
                held.release();
            }
        }
    }
}
