package dev.everfold.eventsourcing.subscription;

import java.time.Duration;
import java.util.Optional;

/// Where subscriptions and reactions keep how far they are. Safe for use by many threads and, where it outlives
/// a process, by many processes.
public interface CheckpointStore {

    /// Claims a consumer.
    ///
    /// @param consumer its name, unique in this store
    /// @param owner who claims, for messages, for example host and process
    /// @param lease how long the claim is in force after each step, unless it is closed before
    /// @return empty while somebody else's claim is in force
    Optional<Claim> claim(String consumer, String owner, Duration lease);
}
