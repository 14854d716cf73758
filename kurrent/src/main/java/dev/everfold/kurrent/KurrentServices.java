package dev.everfold.kurrent;

import dev.everfold.eventstore.EventStore;
import dev.everfold.kurrent.group.GroupException;
import dev.everfold.kurrent.group.GroupKey;
import dev.everfold.kurrent.group.Groups;
import dev.everfold.kurrent.service.GossipService;
import dev.everfold.kurrent.service.MonitoringService;
import dev.everfold.kurrent.service.OperationsService;
import dev.everfold.kurrent.service.PersistentSubscriptionsService;
import dev.everfold.kurrent.service.ServerFeaturesService;
import dev.everfold.kurrent.service.StreamsService;
import dev.everfold.kurrent.service.StreamsServiceV2;
import dev.everfold.kurrent.stream.Streams;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ServerServiceDefinition;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Function;

/// KurrentDB's services over one store, to be registered with a gRPC server whose calls run in virtual threads.
///
/// It opens and closes no store. Closing this ends what clients would let go on, so that a server can end. Safe for use
/// by many threads.
public final class KurrentServices implements AutoCloseable {

    private final Streams streams;
    private final Groups groups;
    private final StreamsService appends;
    private final MonitoringService figures;
    private final List<BindableService> services = new ArrayList<>();

    private KurrentServices(Streams streams, Groups groups, StreamsService appends, MonitoringService figures) {
        this.streams = streams;
        this.groups = groups;
        this.appends = appends;
        this.figures = figures;
    }

    /// All services over the store.
    ///
    /// @param address what clients are told that they reach this node at
    /// @param clock tells how old events are
    /// @param shutdown asks whoever runs the server to end it, when a client wants that; returns at once
    public static KurrentServices over(EventStore store, NodeAddress address, Clock clock, Runnable shutdown) {
        return over(store, address, clock, shutdown, _ -> StreamRights.ALL);
    }

    /// The same, where a policy narrows what `$acl` allows.
    ///
    /// @param policy asked for each call and for each message of a group, so it must answer at once
    public static KurrentServices over(
            EventStore store,
            NodeAddress address,
            Clock clock,
            Runnable shutdown,
            Function<Caller, StreamRights> policy) {
        // Whatever a call has others do is done in its caller's name.
        Executor threads = task -> Thread.ofVirtual()
                .name("everfold-kurrent")
                .start(Context.current().wrap(task));
        Streams streams = Streams.over(store, threads, clock, policy);
        // A group works for all its clients, in the name of the server.
        Executor groupThreads =
                task -> Thread.ofVirtual().name("everfold-group").start(Context.ROOT.wrap(task));
        KurrentServices all = new KurrentServices(
                streams,
                new Groups(streams, groupThreads),
                new StreamsService(streams, threads),
                new MonitoringService(store, threads));
        all.services.add(all.appends);
        all.services.add(new StreamsServiceV2(streams));
        all.services.add(PersistentSubscriptionsService.of(all.groups, streams.access()));
        all.services.add(GossipService.of(address, clock));
        all.services.add(all.figures);
        all.services.add(new OperationsService(all.groups, streams.access(), shutdown));
        all.services.add(new ServerFeaturesService(streams.firstUsers(), all::definitions));
        return all;
    }

    /// All groups of persistent subscriptions, by stream and name.
    public List<SubscriptionGroup> groups() throws InterruptedException {
        return groups.list().stream().map(SubscriptionGroup::of).toList();
    }

    /// Gives all that a group has parked to its clients again.
    ///
    /// @throws NoSuchElementException when there is no such group
    public void replayParked(String stream, String group) throws InterruptedException {
        try {
            groups.replay(new GroupKey(stream, group), OptionalLong.empty());
        } catch (GroupException none) {
            throw new NoSuchElementException(none.getMessage(), none);
        }
    }

    /// What is to be registered.
    public List<BindableService> services() {
        return List.copyOf(services);
    }

    private List<ServerServiceDefinition> definitions() {
        return services.stream().map(BindableService::bindService).toList();
    }

    /// Keeps how far groups are, ends subscriptions, and calls of batches when what they sent is
    /// answered. May be called more than once.
    @Override
    public void close() {
        groups.close();
        appends.close();
        figures.close();
        streams.close();
    }
}
