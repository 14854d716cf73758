package dev.everfold.kurrent.service;

import dev.everfold.kurrent.Caller;
import dev.everfold.kurrent.group.GroupKey;
import dev.everfold.kurrent.group.Groups;
import dev.everfold.kurrent.group.Member;
import dev.everfold.kurrent.group.NackAction;
import dev.everfold.kurrent.group.Subscriber;
import dev.everfold.kurrent.stream.Access;
import dev.everfold.kurrent.stream.Delivery;
import dev.everfold.protocol.kurrent.PersistentWire.ReadReq;
import dev.everfold.protocol.kurrent.PersistentWire.ReadResp;
import dev.everfold.protocol.kurrent.Shared;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One client of a group: first it says which, then it answers what it gets. gRPC calls it with what the client sends,
/// one message at a time; the group's thread sends.
final class SubscriberCall implements StreamObserver<ReadReq>, Subscriber {

    /// Bytes that may be on their way before the client counts as busy.
    private static final int BUFFERED_BYTES_MAX = 256 << 10;

    private static final int BUFFER_SIZE_MAX = 100_000;

    private final Groups groups;
    private final Access access;
    private final ServerCallStreamObserver<ReadResp> client;
    private final @Nullable Caller caller = Caller.KEY.get();
    private final Identity identity = Connection.identity(caller);
    private volatile @Nullable Member member;
    private volatile boolean isGone;
    private int bufferSize;
    private boolean structured;
    private String stream = "";

    SubscriberCall(Groups groups, Access access, ServerCallStreamObserver<ReadResp> client) {
        this.groups = groups;
        this.access = access;
        this.client = client;
    }

    /// Watches the client; called before the call is given to gRPC.
    SubscriberCall begin() {
        client.setOnReadyThreshold(BUFFERED_BYTES_MAX);
        client.setOnReadyHandler(this::ready);
        client.setOnCancelHandler(this::leave);
        return this;
    }

    @Override
    public void onNext(ReadReq request) {
        if (isGone) {
            return;
        }
        Member joined = member;
        try {
            if (joined != null) {
                answer(request, joined);
            } else if (request.hasOptions()) {
                join(request.getOptions());
            } else {
                throw new IllegalArgumentException(
                        "The first message names no group; expected options before any answer.");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            leave();
        } catch (RuntimeException failure) {
            refuse(failure, joined);
        }
    }

    /// A refusal before it has joined is said here, a later one by the group's thread, since only one may send.
    private void refuse(RuntimeException failure, @Nullable Member joined) {
        if (joined == null) {
            isGone = true;
            client.onError(Refusals.status(failure));
            return;
        }
        try {
            joined.expel(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void join(ReadReq.Options options) throws InterruptedException {
        GroupKey key = GroupRequests.key(options.hasAll(), options.getStreamIdentifier(), options.getGroupName());
        access.require(key.stream(), Access.Action.READ);
        stream = key.stream();
        structured = ReadOptions.structuredIds(options.getUuidOption());
        bufferSize = options.getBufferSize();
        if (bufferSize < 1 || bufferSize > BUFFER_SIZE_MAX) {
            throw new IllegalArgumentException(
                    "The buffer of the client takes " + bufferSize + " messages; expected 1.." + BUFFER_SIZE_MAX + ".");
        }
        Member joined = groups.join(key, this);
        member = joined;
        if (isGone) {
            joined.leave();
        }
    }

    private void answer(ReadReq request, Member joined) throws InterruptedException {
        switch (request.getContentCase()) {
            case ACK -> joined.ack(ids(request.getAck().getIdsList()));
            case NACK -> {
                ReadReq.Nack nack = request.getNack();
                joined.nack(ids(nack.getIdsList()), action(nack.getAction()), nack.getReason());
                if (nack.getAction() == ReadReq.Nack.Action.Stop) {
                    joined.stop();
                }
            }
            case OPTIONS, CONTENT_NOT_SET ->
                throw new IllegalArgumentException("The client belongs to a group; expected answers to its messages.");
        }
    }

    private static List<UUID> ids(List<Shared.UUID> ids) {
        return ids.stream().map(WireEvents::decode).toList();
    }

    private static NackAction action(ReadReq.Nack.Action action) {
        return switch (action) {
            case Park -> NackAction.PARK;
            case Skip -> NackAction.SKIP;
            case Unknown, Retry, Stop, UNRECOGNIZED -> NackAction.RETRY;
        };
    }

    @Override
    public void onError(Throwable failure) {
        leave();
    }

    @Override
    public void onCompleted() {
        if (member != null) {
            leave();
        } else if (!isGone) {
            client.onCompleted();
        }
    }

    private void leave() {
        isGone = true;
        Member joined = member;
        if (joined == null) {
            return;
        }
        try {
            joined.leave();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void ready() {
        Member joined = member;
        if (joined != null) {
            joined.ready();
        }
    }

    @Override
    public int bufferSize() {
        return bufferSize;
    }

    @Override
    public boolean isReady() {
        return client.isReady();
    }

    @Override
    public boolean maySee(Delivery delivery) {
        return access.shownTo(caller).test(delivery.found());
    }

    @Override
    public boolean mayStay() {
        return access.isShown(caller, stream);
    }

    /// A policy that was changed is told of by the server, with a word of its own.
    @Override
    public void requireMayRead() {
        if (mayStay()) {
            access.require(caller, stream, Access.Action.READ);
        }
    }

    @Override
    public void confirm() {
        client.onNext(ReadResp.newBuilder()
                .setSubscriptionConfirmation(Shared.SubscriptionConfirmation.newBuilder()
                        .setSubscriptionId(UUID.randomUUID().toString()))
                .build());
    }

    @Override
    public void deliver(Delivery delivery, int retryCount) {
        client.onNext(ReadResp.newBuilder()
                .setEvent(WireEvents.encode(readable(delivery), structured).setRetryCount(retryCount))
                .build());
    }

    /// Without the event of a link when the client may not read its stream.
    private Delivery readable(Delivery delivery) {
        boolean isHidden = delivery.link().isPresent()
                && delivery.event().isPresent()
                && !access.mayRead(caller, delivery.event().get().stream());
        return isHidden ? new Delivery(Optional.empty(), delivery.link()) : delivery;
    }

    @Override
    public void end(Optional<RuntimeException> reason) {
        if (client.isCancelled()) {
            return;
        }
        if (reason.isPresent()) {
            client.onError(Refusals.status(reason.get()));
        } else {
            client.onCompleted();
        }
    }

    @Override
    public Identity identity() {
        return identity;
    }
}
