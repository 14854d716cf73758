package dev.everfold.grpc.service;

import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.grpc.wire.Tail;
import dev.everfold.grpc.wire.WireAppends;
import dev.everfold.grpc.wire.WireReads;
import dev.everfold.grpc.wire.WireRefusals;
import dev.everfold.grpc.wire.WireValues;
import dev.everfold.protocol.v1.EventStoreGrpc;
import dev.everfold.protocol.v1.Wire;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The protocol's service, `everfold.v1.EventStore`, over any store.
///
/// It opens and closes no store. Its calls block, so whoever registers it gives the server an executor of
/// virtual threads; [GrpcServer] does. Safe for use by many threads.
public final class EventStoreService extends EventStoreGrpc.EventStoreImplBase {

    /// Longest wait of one call for a position; a client that waits longer asks again.
    static final Duration AWAIT_MAX = Duration.ofSeconds(60);

    /// How long a client may take nothing of its read before it is disconnected.
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /// The tail asks the store so often whether it is still there.
    private static final Duration TAIL_WAIT = Duration.ofSeconds(1);

    private static final System.Logger LOGGER = System.getLogger(EventStoreService.class.getName());

    private final EventStore store;
    private final Executor threads;
    private final int messageBytesMax;
    private final Duration patience;
    private final Tail tail;
    private final Set<AppendStream> appendStreams = ConcurrentHashMap.newKeySet();

    /// @param threads runs what must not run in the store's own threads; starts a virtual thread for each task
    /// @param messageBytesMax bytes of one message that the server takes, told to clients
    public EventStoreService(EventStore store, Executor threads, int messageBytesMax) {
        this(store, threads, messageBytesMax, PATIENCE);
    }

    private EventStoreService(EventStore store, Executor threads, int messageBytesMax, Duration patience) {
        this.store = store;
        this.threads = threads;
        this.messageBytesMax = messageBytesMax;
        this.patience = patience;
        this.tail = new Tail(known -> {
            boolean _ = store.awaitPosition(known, TAIL_WAIT);
            return store.nextPosition();
        });
    }

    /// The same service, not used before, with another patience for clients that take nothing of their read.
    public EventStoreService withPatience(Duration other) {
        return new EventStoreService(store, threads, messageBytesMax, other);
    }

    @Override
    public void describe(Wire.DescribeRequest request, StreamObserver<Wire.DescribeResponse> client) {
        respond(
                client,
                () -> Wire.DescribeResponse.newBuilder()
                        .setLineage(WireValues.encode(store.lineage()))
                        .setLimits(WireValues.encode(store.limits()))
                        .setNextPosition(tail.learn(store.nextPosition()))
                        .setMessageBytesMax(messageBytesMax)
                        .build());
    }

    @Override
    public void append(Wire.Append request, StreamObserver<Wire.AppendAnswer> client) {
        respond(client, () -> {
            try {
                return answer(store.append(WireAppends.decode(request)), null);
            } catch (RuntimeException refused) {
                return answer(null, refused);
            }
        });
    }

    @Override
    public StreamObserver<Wire.AppendManyRequest> appendMany(StreamObserver<Wire.AppendManyResponse> client) {
        AppendStream stream = new AppendStream(store, (ServerCallStreamObserver<Wire.AppendManyResponse>) client);
        appendStreams.add(stream);
        stream.begin(() -> appendStreams.remove(stream));
        return stream;
    }

    @Override
    public void read(Wire.ReadRequest request, StreamObserver<Wire.ReadResponse> client) {
        ReadStream stream = new ReadStream((ServerCallStreamObserver<Wire.ReadResponse>) client, patience);
        stream.begin();
        // In a thread of its own: gRPC tells of a client's progress only when this method has returned.
        threads.execute(() -> {
            try {
                Read read = WireReads.decode(request);
                try (EventCursor cursor = store.read(read)) {
                    tail.learn(cursor.end());
                    stream.send(cursor, request);
                }
            } catch (InterruptedException | RuntimeException failure) {
                refuse(client, failure);
            }
        });
    }

    @Override
    public void await(Wire.AwaitRequest request, StreamObserver<Wire.AwaitResponse> client) {
        Duration timeout = Duration.ofMillis(Math.clamp(request.getTimeoutMillis(), 0L, AWAIT_MAX.toMillis()));
        try {
            tail.learn(store.nextPosition());
        } catch (RuntimeException failure) {
            refuse(client, failure);
            return;
        }
        // The thread waits for the tail and nothing else, so an interruption cannot hurt the store.
        Thread waiting = Thread.currentThread();
        Context call = Context.current();
        Context.CancellationListener cancelled = _ -> waiting.interrupt();
        call.addListener(cancelled, Runnable::run);
        try {
            boolean _ = tail.await(request.getPosition(), timeout);
        } catch (InterruptedException gone) {
            return;
        } catch (RuntimeException failure) {
            refuse(client, failure);
            return;
        } finally {
            call.removeListener(cancelled);
            // The call may have been cancelled a moment ago; what follows asks the store, which must not notice.
            boolean _ = Thread.interrupted();
        }
        respond(
                client,
                () -> Wire.AwaitResponse.newBuilder()
                        .setNextPosition(tail.learn(store.nextPosition()))
                        .build());
    }

    @Override
    public void trackedPosition(
            Wire.TrackedPositionRequest request, StreamObserver<Wire.TrackedPositionResponse> client) {
        respond(client, () -> {
            Wire.TrackedPositionResponse.Builder response = Wire.TrackedPositionResponse.newBuilder();
            store.trackedPosition(request.getSource()).ifPresent(response::setPosition);
            return response.build();
        });
    }

    @Override
    public void stats(Wire.StatsRequest request, StreamObserver<Wire.StatsResponse> client) {
        respond(client, () -> WireValues.encode(store.stats()));
    }

    /// Ends what would go on for ever: streams of appends once what they took is answered, and waits at once.
    /// Called when the server takes no new calls.
    public void finish() {
        tail.close();
        appendStreams.forEach(AppendStream::finish);
    }

    /// The answer to one append.
    static Wire.AppendAnswer answer(@Nullable Appended appended, @Nullable Throwable failure) {
        Wire.AppendAnswer.Builder answer = Wire.AppendAnswer.newBuilder();
        if (appended != null) {
            return answer.setAppended(WireAppends.encode(appended)).build();
        }
        Throwable cause = failure == null ? new StoreClosedException("store") : failure;
        logDefect(cause);
        return answer.setRefusal(WireRefusals.encode(cause)).build();
    }

    private static <A> void respond(StreamObserver<A> client, Supplier<A> call) {
        try {
            client.onNext(call.get());
            client.onCompleted();
        } catch (RuntimeException failure) {
            refuse(client, failure);
        }
    }

    private static void refuse(StreamObserver<?> client, Throwable failure) {
        logDefect(failure);
        client.onError(WireRefusals.status(failure));
    }

    private static void logDefect(Throwable failure) {
        if (!(failure instanceof EventStoreException) && !(failure instanceof IllegalArgumentException)) {
            LOGGER.log(Level.ERROR, "a call failed for a reason that the contract does not know", failure);
        }
    }
}
