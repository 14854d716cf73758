package dev.everfold.kurrent.service;

import dev.everfold.kurrent.group.Groups;
import dev.everfold.kurrent.stream.Access;
import dev.everfold.protocol.kurrent.OperationsGrpc;
import dev.everfold.protocol.kurrent.OperationsWire;
import dev.everfold.protocol.kurrent.Shared;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.Callable;

/// `event_store.client.operations.Operations`, as far as it has a meaning for one node whose log is never rewritten.
///
/// What KurrentDB does for the sake of its cluster or of its index is answered as done, since there is nothing to do. A
/// scavenge removes events, so none is said to have begun.
public final class OperationsService extends OperationsGrpc.OperationsImplBase {

    private final Groups groups;
    private final Access access;
    private final Runnable shutdown;

    /// The service.
    ///
    /// @param shutdown asks whoever runs the server to end it; returns at once
    public OperationsService(Groups groups, Access access, Runnable shutdown) {
        this.groups = groups;
        this.access = access;
        this.shutdown = shutdown;
    }

    @Override
    public void shutdown(Shared.Empty request, StreamObserver<Shared.Empty> client) {
        answer(client, "end the server", () -> {
            shutdown.run();
            return WireEvents.EMPTY;
        });
    }

    @Override
    public void restartPersistentSubscriptions(Shared.Empty request, StreamObserver<Shared.Empty> client) {
        answer(client, "restart groups", () -> {
            groups.restart();
            return WireEvents.EMPTY;
        });
    }

    /// The index merges its runs by itself.
    @Override
    public void mergeIndexes(Shared.Empty request, StreamObserver<Shared.Empty> client) {
        answer(client, "merge indexes", () -> WireEvents.EMPTY);
    }

    /// One node leads, and goes on to.
    @Override
    public void resignNode(Shared.Empty request, StreamObserver<Shared.Empty> client) {
        answer(client, "let the node resign", () -> WireEvents.EMPTY);
    }

    /// One node is chosen whatever its priority.
    @Override
    public void setNodePriority(OperationsWire.SetNodePriorityReq request, StreamObserver<Shared.Empty> client) {
        answer(client, "set the node's priority", () -> WireEvents.EMPTY);
    }

    @Override
    public void startScavenge(
            OperationsWire.StartScavengeReq request, StreamObserver<OperationsWire.ScavengeResp> client) {
        answer(client, "start a scavenge", () -> {
            throw Status.UNIMPLEMENTED
                    .withDescription(
                            "There is no scavenge: the log is never rewritten, and what was deleted or truncated"
                                    + " stays in it. Nothing was removed.")
                    .asRuntimeException();
        });
    }

    @Override
    public void stopScavenge(
            OperationsWire.StopScavengeReq request, StreamObserver<OperationsWire.ScavengeResp> client) {
        String id = request.getOptions().getScavengeId();
        answer(client, "stop a scavenge", () -> {
            throw notFound(id);
        });
    }

    private static StatusRuntimeException notFound(String scavenge) {
        return Refusals.of(
                Status.NOT_FOUND,
                new IllegalArgumentException("No scavenge \"" + scavenge + "\" runs; there is none here."),
                Map.of("exception", "scavenge-not-found", "scavenge-id", scavenge));
    }

    private <A> void answer(StreamObserver<A> client, String what, Callable<A> work) {
        try {
            access.requireOperator(what);
            client.onNext(work.call());
            client.onCompleted();
        } catch (Exception failure) {
            client.onError(Refusals.status(failure));
        }
    }
}
