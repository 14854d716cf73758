package dev.everfold.search;

import dev.everfold.search.ConsumerIndex.Stored;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// Lets a build serve in place of another one.
///
/// 1. Every claim of the old build is taken over. From here on its steps are refused, so its position stands still.
/// 2. If the new build is as far, and as far as anything that readers see, the registry is changed, provided that
///    nobody was there since it was read. That is the switch.
/// 3. The alias follows.
///
/// A crash after 1 leaves claims that end with their lease, and whoever claims the old build then changes the
/// registry, so that a switch which was only slow fails at 2. After a crash between 2 and 3, the next who claims the
/// new build lets the alias follow.
final class ServingSwitch {

    private final SearchClient client;
    private final ConsumerIndex consumers;
    private final SearchBuilds builds;
    private final Duration lease;
    private final Clock clock;

    ServingSwitch(Backend backend, SearchBuilds builds, Duration lease, Clock clock) {
        this.client = backend.client();
        this.consumers = backend.consumers();
        this.builds = builds;
        this.lease = lease;
        this.clock = clock;
    }

    /// Switches, if the build is as far as the one that serves.
    ///
    /// @param held the claim of who asks
    /// @param number of the build that is to serve
    /// @return false when it is to be asked again later
    boolean serve(HeldClaim held, String projection, long number, String owner) {
        Optional<Stored<Registry>> found = consumers.registry(projection);
        Optional<BuildEntry> build =
                found.flatMap(registry -> registry.content().build(number));
        if (found.isEmpty() || build.isEmpty()) {
            held.require();
            return false;
        }
        Registry before = found.get().content();
        if (before.serving() == number) {
            new ServingAlias(client).follow(before);
            return true;
        }
        Optional<BuildEntry> old =
                before.servingBuild().filter(entry -> client.indices().exists(entry.index()));
        if (old.isPresent() && isFurther(projection, old.get(), build.get())) {
            return false;
        }
        // Takes a while, in which the old build may go on; so it is looked at again before its claims are taken.
        builds.prepare(build.get().index());
        if (old.isPresent() && isFurther(projection, old.get(), build.get())) {
            return false;
        }
        List<HeldClaim> fences = new ArrayList<>();
        try {
            if (old.isPresent()
                    && (!fence(projection, old.get(), owner, fences)
                            || isFurther(projection, old.get(), build.get())
                            || isSeenFurther(projection, old.get(), build.get()))) {
                return false;
            }
            held.require();
            Registry after = before.serve(number);
            if (!consumers.replace(found.get().token(), after)) {
                return false;
            }
            fences.clear();
            client.indices().refresh(build.get().index());
            new ServingAlias(client).follow(after);
            return true;
        } finally {
            fences.forEach(HeldClaim::release);
        }
    }

    /// By the furthest partition of the one against the last of the other, so that readers never go back.
    private boolean isFurther(String projection, BuildEntry old, BuildEntry build) {
        long furthest = consumers.claims(projection, old).stream()
                .mapToLong(ClaimState::position)
                .max()
                .orElse(0);
        return furthest > last(projection, build);
    }

    /// Readers see the documents of a step before its checkpoint: when the old build's claims were taken in
    /// between, they have seen more than its position says, or will once the index is refreshed.
    private boolean isSeenFurther(String projection, BuildEntry old, BuildEntry build) {
        client.indices().refresh(old.index());
        OptionalLong seen = client.documents().highest(old.index(), DocumentFields.POSITION);
        return seen.isPresent() && seen.getAsLong() >= last(projection, build);
    }

    private long last(String projection, BuildEntry build) {
        return consumers.claims(projection, build).stream()
                .mapToLong(ClaimState::settled)
                .min()
                .orElse(0);
    }

    private boolean fence(String projection, BuildEntry old, String owner, List<HeldClaim> fences) {
        for (int partition = 0; partition < old.partitions(); partition++) {
            String id = ClaimState.id(projection, old.number(), partition);
            Optional<Stored<ClaimState>> found = consumers.claim(id);
            ClaimState fenced = found.map(Stored::content)
                    .orElse(ClaimState.NEW)
                    .claimed(
                            UUID.randomUUID().toString(), owner, clock.instant().plus(lease), true);
            Optional<HeldClaim> fence = HeldClaim.take(consumers, projection, id, found, fenced, lease, clock);
            if (fence.isEmpty()) {
                return false;
            }
            fences.add(fence.get());
        }
        return true;
    }
}
