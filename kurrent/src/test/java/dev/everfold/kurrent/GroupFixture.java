package dev.everfold.kurrent;

import dev.everfold.eventstore.EventStore;
import io.grpc.Metadata;
import io.grpc.Status;
import io.kurrent.dbclient.CreatePersistentSubscriptionToStreamOptions;
import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.KurrentDBPersistentSubscriptionsClient;
import io.kurrent.dbclient.PersistentSubscriptionToStreamInfo;
import io.kurrent.dbclient.SubscribePersistentSubscriptionOptions;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// A served store with KurrentDB's clients for streams and for groups.
final class GroupFixture implements AutoCloseable {

    private final ServedStore served;
    private final KurrentDBClient client;
    private final KurrentDBPersistentSubscriptionsClient groups;

    private GroupFixture(ServedStore served) {
        this.served = served;
        this.client = KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(served.connectionString()));
        this.groups = KurrentDBPersistentSubscriptionsClient.from(client);
    }

    /// Closing it closes the store.
    static GroupFixture of(EventStore store) {
        return new GroupFixture(ServedStore.of(store));
    }

    KurrentDBClient client() {
        return client;
    }

    KurrentDBPersistentSubscriptionsClient groups() {
        return groups;
    }

    EventStore store() {
        return served.store();
    }

    /// A group that begins at the start and keeps every acknowledgement at once.
    static CreatePersistentSubscriptionToStreamOptions exact() {
        return CreatePersistentSubscriptionToStreamOptions.get()
                .fromStart()
                .checkpointLowerBound(1)
                .checkpointUpperBound(1);
    }

    void append(String stream, int count) throws Exception {
        EventData[] events = IntStream.range(0, count)
                .mapToObj(number -> event("{\"number\":" + number + "}", ""))
                .toArray(EventData[]::new);
        client.appendToStream(stream, events).get();
    }

    void appendCorrelated(String stream, String correlation) throws Exception {
        client.appendToStream(stream, event("{}", "{\"$correlationId\":\"" + correlation + "\"}"))
                .get();
    }

    private static EventData event(String data, String metadata) {
        return EventDataBuilder.json(UUID.randomUUID(), "OrderChanged", data.getBytes(StandardCharsets.UTF_8))
                .metadataAsBytes(metadata.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    GroupListener subscribe(String stream, String group) throws Exception {
        return subscribe(stream, group, 10);
    }

    GroupListener subscribe(String stream, String group, int bufferSize) throws Exception {
        GroupListener listener = new GroupListener();
        groups.subscribeToStream(
                        stream,
                        group,
                        SubscribePersistentSubscriptionOptions.get().bufferSize(bufferSize),
                        listener)
                .get();
        return listener;
    }

    PersistentSubscriptionToStreamInfo info(String stream, String group) throws Exception {
        return groups.getInfoToStream(stream, group).get().orElseThrow();
    }

    /// Asks until it is so; the test's time limit ends it otherwise.
    PersistentSubscriptionToStreamInfo awaitInfo(
            String stream, String group, Predicate<PersistentSubscriptionToStreamInfo> condition) throws Exception {
        PersistentSubscriptionToStreamInfo info = info(stream, group);
        while (!condition.test(info)) {
            info = info(stream, group);
        }
        return info;
    }

    /// Waits until a server that ended or crashed now would go on after the revision.
    void awaitCheckpoint(String stream, String group, long revision) throws Exception {
        awaitInfo(
                stream,
                group,
                info -> info.getStats().getLastCheckpointedEventRevision().equals(Optional.of(revision)));
    }

    /// What the server says why under a key of its trailers.
    static String trailer(Throwable failure, String key) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return Status.trailersFromThrowable(cause).get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER));
    }

    @Override
    public void close() {
        var _ = client.shutdown();
        served.close();
    }
}
