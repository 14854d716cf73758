package dev.everfold.eventsourcing.subscription;

import java.util.List;
import java.util.Optional;

/// The right to run one consumer, and the place where it keeps how far it is.
///
/// At most one claim of a consumer is in force at any time, in whatever process: who has lost his, for example
/// because the process stood still for longer than the lease, is refused every step from then on. For one thread
/// at a time.
public interface Claim extends AutoCloseable {

    /// How far the consumer was when this claim was made; empty when it is new.
    Optional<Checkpoint> checkpoint();

    /// What was parked when this claim was made, by position.
    List<ParkedEvent> parked();

    /// Carries out a step: handles its events, parks and unparks, saves the checkpoint, renews the lease.
    ///
    /// A claim says in its class whether all of that is one transaction or whether events may be handled again
    /// after a crash.
    ///
    /// @throws ClaimLostException when another claim is in force, or the consumer has been replaced;
    ///     nothing changed
    void commit(Step step);

    /// Whether the same step may succeed later without a change of code or data, for example because a database
    /// could not be reached.
    boolean isTransient(RuntimeException failure);

    /// Gives the right back, so that another process can go on at once. Never throws; changes no checkpoint.
    @Override
    void close();
}
