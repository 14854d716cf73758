package dev.everfold.kurrent.service;

import dev.everfold.kurrent.group.GroupException;
import dev.everfold.kurrent.group.GroupInfo;
import dev.everfold.kurrent.group.GroupKey;
import dev.everfold.kurrent.group.Groups;
import dev.everfold.kurrent.stream.Access;
import dev.everfold.kurrent.stream.StreamNames;
import dev.everfold.protocol.kurrent.PersistentSubscriptionsGrpc;
import dev.everfold.protocol.kurrent.PersistentWire.CreateReq;
import dev.everfold.protocol.kurrent.PersistentWire.DeleteReq;
import dev.everfold.protocol.kurrent.PersistentWire.Done;
import dev.everfold.protocol.kurrent.PersistentWire.GetInfoReq;
import dev.everfold.protocol.kurrent.PersistentWire.GetInfoResp;
import dev.everfold.protocol.kurrent.PersistentWire.ListReq;
import dev.everfold.protocol.kurrent.PersistentWire.ListResp;
import dev.everfold.protocol.kurrent.PersistentWire.ReadReq;
import dev.everfold.protocol.kurrent.PersistentWire.ReadResp;
import dev.everfold.protocol.kurrent.PersistentWire.ReplayParkedReq;
import dev.everfold.protocol.kurrent.Shared;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/// `event_store.client.persistent_subscriptions.PersistentSubscriptions`: groups of clients that share events. Safe for
/// use by many threads.
public final class PersistentSubscriptionsService extends PersistentSubscriptionsGrpc.PersistentSubscriptionsImplBase {

    private final Groups groups;
    private final Access access;

    private PersistentSubscriptionsService(Groups groups, Access access) {
        this.groups = groups;
        this.access = access;
    }

    /// The service, which notes where calls come from.
    public static BindableService of(Groups groups, Access access) {
        PersistentSubscriptionsService service = new PersistentSubscriptionsService(groups, access);
        return () -> ServerInterceptors.intercept(service, Connection.interceptor());
    }

    @Override
    public void create(CreateReq request, StreamObserver<Done> client) {
        answer(client, () -> {
            access.requireOperator("create a group");
            CreateReq.Options options = request.getOptions();
            GroupKey key = GroupRequests.key(options);
            groups.create(
                    key,
                    GroupRequests.settings(options.getSettings(), key),
                    GroupRequests.filter(options),
                    GroupRequests.start(options, key, groups::end));
            return Done.getDefaultInstance();
        });
    }

    @Override
    public void update(CreateReq request, StreamObserver<Done> client) {
        answer(client, () -> {
            access.requireOperator("update a group");
            CreateReq.Options options = request.getOptions();
            GroupKey key = GroupRequests.key(options);
            groups.update(
                    key,
                    GroupRequests.settings(options.getSettings(), key),
                    GroupRequests.start(options, key, groups::end));
            return Done.getDefaultInstance();
        });
    }

    @Override
    public void delete(DeleteReq request, StreamObserver<Done> client) {
        answer(client, () -> {
            access.requireOperator("delete a group");
            DeleteReq.Options options = request.getOptions();
            groups.delete(GroupRequests.key(options.hasAll(), options.getStreamIdentifier(), options.getGroupName()));
            return Done.getDefaultInstance();
        });
    }

    @Override
    public StreamObserver<ReadReq> read(StreamObserver<ReadResp> client) {
        return new SubscriberCall(groups, access, (ServerCallStreamObserver<ReadResp>) client).begin();
    }

    @Override
    public void getInfo(GetInfoReq request, StreamObserver<GetInfoResp> client) {
        answer(client, () -> {
            access.requireOperator("see a group");
            GetInfoReq.Options options = request.getOptions();
            GroupKey key = GroupRequests.key(options.hasAll(), options.getStreamIdentifier(), options.getGroupName());
            return GetInfoResp.newBuilder()
                    .setSubscriptionInfo(GroupInfos.encode(groups.info(key)))
                    .build();
        });
    }

    @Override
    public void replayParked(ReplayParkedReq request, StreamObserver<Done> client) {
        answer(client, () -> {
            access.requireOperator("replay what a group has parked");
            ReplayParkedReq.Options options = request.getOptions();
            GroupKey key = GroupRequests.key(options.hasAll(), options.getStreamIdentifier(), options.getGroupName());
            if (options.hasStopAt() && options.getStopAt() < 0) {
                throw GroupException.failed(
                        key, "The replay stops at " + options.getStopAt() + " messages; expected 0 or more.");
            }
            groups.replay(key, options.hasStopAt() ? OptionalLong.of(options.getStopAt()) : OptionalLong.empty());
            return Done.getDefaultInstance();
        });
    }

    @Override
    public void list(ListReq request, StreamObserver<ListResp> client) {
        answer(client, () -> {
            access.requireOperator("list groups");
            ListResp.Builder list = ListResp.newBuilder();
            infos(request.getOptions()).forEach(info -> list.addSubscriptions(GroupInfos.encode(info)));
            return list.build();
        });
    }

    private List<GroupInfo> infos(ListReq.Options options) throws InterruptedException {
        return switch (options.getListOptionCase()) {
            case LIST_ALL_SUBSCRIPTIONS, LISTOPTION_NOT_SET -> groups.list();
            case LIST_FOR_STREAM -> {
                ListReq.StreamOption of = options.getListForStream();
                yield groups.list(
                        of.hasAll()
                                ? StreamNames.ALL
                                : StreamNames.decode(of.getStream().getStreamName()));
            }
        };
    }

    @Override
    public void restartSubsystem(Shared.Empty request, StreamObserver<Shared.Empty> client) {
        answer(client, () -> {
            access.requireOperator("restart groups");
            groups.restart();
            return WireEvents.EMPTY;
        });
    }

    private static <A> void answer(StreamObserver<A> client, Callable<A> work) {
        try {
            client.onNext(work.call());
            client.onCompleted();
        } catch (Exception failure) {
            client.onError(Refusals.status(failure));
        }
    }
}
