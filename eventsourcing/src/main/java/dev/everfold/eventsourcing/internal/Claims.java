package dev.everfold.eventsourcing.internal;

import dev.everfold.eventsourcing.subscription.Claim;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import java.util.Optional;

/// Where a consumer gets its claims from.
public interface Claims {

    /// A claim; empty while another process has one.
    ///
    /// @param owner who claims, for messages
    Optional<Claim> claim(String owner, ConsumerOptions options);

    /// Whether claiming may succeed later after such a failure. It is the definite refusals that are told apart:
    /// what is unknown is tried again.
    default boolean isTransient(RuntimeException failure) {
        return !(failure instanceof IllegalArgumentException) && !(failure instanceof IllegalStateException);
    }

    /// Whether how far a claim is that has caught up is to be saved at once, also where it has only passed over
    /// events that are not for it: since others go by what is saved.
    ///
    /// @param claim in force
    default boolean isAwaited(Claim claim) {
        return false;
    }

    /// Called when everything in the log has been handled, each time.
    ///
    /// @param claim in force
    default void caughtUp(Claim claim) {}

    /// Called when the consumer has ended, by itself or since it was closed.
    default void ended() {}
}
