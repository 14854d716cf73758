package dev.everfold.search;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Empties a build: it goes on in a new index, so that what somebody who has stood still sends to the old one is
/// refused. The registry says which index counts, and checkpoints of another one do not count; so a crash leaves
/// either all or nothing.
///
/// 1. The new index is made. A crash after it leaves an index that nobody names.
/// 2. The registry names it. From here on the build is empty, and all claims begin again.
/// 3. The claim of who empties goes on in it, and readers are led to it.
/// 4. The old index is deleted, and with it what other partitions had. After a crash before, whoever claims next does
///    it.
final class Emptying {

    private final Backend backend;
    private final SearchBuilds builds;
    private final Build build;
    private final HeldClaim held;

    Emptying(Backend backend, SearchBuilds builds, Build build, HeldClaim held) {
        this.backend = backend;
        this.builds = builds;
        this.build = build;
        this.held = held;
    }

    /// @return the index in which the claim goes on
    /// @throws ClaimLostException when it is not certain that it does
    ClaimedIndex empty(ClaimedIndex before) {
        held.require();
        IndexName next = BuildEntry.next(before.name());
        builds.create(next, true);
        ClaimedIndex empty = before.in(next);
        if (!empty.fence()) {
            throw new ClaimLostException(build.projection(), "another claim of it was made");
        }
        Map<String, List<Long>> wereParked = parked();
        try {
            new ServingAlias(backend.client()).follow(goOnIn(next));
            backend.client().indices().delete(before.name());
            wereParked.forEach(
                    (id, positions) -> new ParkedDocuments(backend.consumers(), id).delete(positions, held.now()));
            return empty;
        } catch (SearchFailedException | IndexMissingException failed) {
            // From the first write on that may have been kept the claim ends: what the next one finds counts.
            ClaimLostException lost =
                    new ClaimLostException(build.projection(), "whether its build was emptied is unknown");
            lost.initCause(failed);
            throw lost;
        }
    }

    private Map<String, List<Long>> parked() {
        Map<String, List<Long>> parked = new HashMap<>();
        for (int partition = 0; partition < build.partitions(); partition++) {
            String id = ClaimState.id(build.projection(), build.number(), partition);
            backend.consumers()
                    .claim(id)
                    .ifPresent(found -> parked.put(id, found.content().parked()));
        }
        return parked;
    }

    private Registry goOnIn(IndexName next) {
        Registry now = backend.consumers()
                .change(
                        build.projection(),
                        registry -> registry.build(build.number())
                                .map(entry -> registry.replace(entry.in(next)))
                                .orElse(registry))
                .filter(registry -> registry.build(build.number()).isPresent())
                .orElseThrow(() -> new ClaimLostException(build.projection(), "its build was deleted"));
        IndexHistory history = backend.client().indices().history(next);
        held.write(state -> state.in(next).with(history));
        return now;
    }
}
