package dev.everfold.grpc.service;

import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.grpc.wire.WireRefusals;
import io.grpc.Metadata;
import java.util.Objects;

/// How a guard of a [GrpcDoor] says that it lets a call not in, so that clients of ours know that nothing of it was
/// looked at. Without this they would take the appends of such a call for unknown.
public final class DoorRefusal {

    private DoorRefusal() {}

    /// What the trailers of such a call hold; more may be added.
    ///
    /// @param why for people
    /// @param retryable whether the same call may be let in later
    public static Metadata trailers(String why, boolean retryable) {
        StoreUnavailableException refusal = new StoreUnavailableException(why, retryable, null);
        return Objects.requireNonNull(WireRefusals.status(refusal).getTrailers());
    }
}
