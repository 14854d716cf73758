package dev.everfold.eventsourcing.projection;

import dev.everfold.eventsourcing.subscription.Claim;

/// The right to fill one partition of a build. Its steps change the model and save the checkpoint.
public interface ModelClaim extends Claim {

    /// Which build, as it was when claimed.
    Build build();

    /// Makes this build the one that readers see, all at once, and refuses every later step of the one before;
    /// does nothing when it is serving already.
    ///
    /// @return false when the serving build is further than this one, or a partition of this one is behind; go on
    ///     and ask again
    boolean serve();

    /// Empties the build, all partitions and everything that is parked included: it begins again from nothing, and
    /// readers see it grow. Claims of other partitions are lost by it.
    void reset();
}
