package dev.everfold.eventsourcing.projection;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Where a projection keeps what it makes. Safe for use by many threads and, where it outlives a process, by many
/// processes.
///
/// The model can be deleted at any time: a build whose data or checkpoint is gone is not returned by [#builds]
/// any more, or claims of it begin without a checkpoint, and it is made again from the log.
///
/// @param <T> how a handler changes it; made for each step, for one thread
public interface ReadModel<T> {

    /// The builds of a projection that are there, by number. Builds that are retired are not among them.
    List<Build> builds(String projection);

    /// The newest build of this version that was made after those that the caller knows, or else a new, empty
    /// one, which serves at once if no other build does. So of two processes that begin at once, one makes it.
    ///
    /// @param after the highest number that the caller knows of; 0 = none
    Build create(String projection, int version, int partitions, long after);

    /// Claims a partition of a build.
    ///
    /// @param partition 0..[Build#partitions()] - 1
    /// @param projection whose handler is called for each event of a step
    /// @param owner who claims, for messages
    /// @param lease how long the claim is in force after each step
    /// @return empty while somebody else's claim is in force, or when the build is not there any more
    Optional<ModelClaim> claim(Build build, int partition, Projection<T> projection, String owner, Duration lease);

    /// Deletes a build, unless it is serving; harmless when it is gone.
    void drop(Build build);

    /// Deletes builds that were retired when another one began to serve.
    void dropRetired(String projection);

    /// Everything that a build holds at one moment, for comparing; close it.
    ModelSnapshot snapshot(Build build);

    /// Whether the same call may succeed later, after it failed so.
    boolean isTransient(RuntimeException failure);
}
