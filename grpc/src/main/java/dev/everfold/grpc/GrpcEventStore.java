package dev.everfold.grpc;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.eventstore.StoreStats;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.grpc.wire.Tail;
import dev.everfold.grpc.wire.WireEvents;
import dev.everfold.grpc.wire.WireReads;
import dev.everfold.grpc.wire.WireValues;
import dev.everfold.protocol.v1.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// A store in another process, behind a server of Everfold.
///
/// ```java
/// try (EventStore store = GrpcEventStore.open("localhost", 2113, GrpcOptions.DEFAULTS)) {
///     store.append(Append.of(NewEvent.of("order-17", "order.placed", "{\"lines\":2}")));
/// }
/// ```
///
/// Beside what every store throws, calls throw [StoreUnavailableException] when the server cannot be reached;
/// nothing was stored by them, and they may be made again. An append that was sent and whose answer did not come ends
/// with [OutcomeUnknownException]: repeated with its id it is answered as if nothing had happened. While the server is
/// away, waits go on. Limits are the server's, as they were when this was opened. Safe for use by many threads.
public final class GrpcEventStore implements EventStore {

    /// One wait at the server; longer ones are made of several.
    private static final Duration AWAIT = Duration.ofSeconds(30);

    private final Connection connection;
    private final GrpcOptions options;
    private final UUID lineage;
    private final Limits limits;
    private final Tail tail;
    private final AppendPipe pipe;
    private volatile boolean closed;

    private GrpcEventStore(Connection connection, GrpcOptions options, Wire.DescribeResponse description) {
        this.connection = connection;
        this.options = options;
        this.lineage = WireValues.decode(description.getLineage());
        this.limits = WireValues.decode(description.getLimits());
        this.tail = new Tail(this::awaitAtServer);
        this.pipe =
                new AppendPipe(connection, description.getMessageBytesMax(), options.waitingBytesMax(), tail::learn);
    }

    /// Connects to a server.
    ///
    /// @param port 1 to 65,535
    /// @throws StoreUnavailableException when it cannot be reached, or is no server of Everfold
    public static GrpcEventStore open(String host, int port, GrpcOptions options) {
        Connection connection = new Connection(host, port, options);
        try {
            Wire.DescribeResponse description =
                    connection.call(stub -> stub.describe(Wire.DescribeRequest.getDefaultInstance()));
            connection.expect(WireValues.decode(description.getLineage()));
            return new GrpcEventStore(connection, options, description);
        } catch (RuntimeException failure) {
            connection.close();
            throw failure;
        }
    }

    @Override
    public Appended append(Append append) {
        limits.check(append);
        requireForWriting();
        try {
            return pipe.put(append).get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException refused) {
                refused.setStackTrace(Thread.currentThread().getStackTrace());
                throw refused;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OutcomeUnknownException(
                    "Append " + append.id() + " was interrupted while it waited", interrupted);
        }
    }

    @Override
    public CompletableFuture<Appended> appendAsync(Append append) {
        limits.check(append);
        try {
            requireForWriting();
            return pipe.put(append);
        } catch (EventStoreException refused) {
            return CompletableFuture.failedFuture(refused);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return CompletableFuture.failedFuture(new OutcomeUnknownException(
                    "Append " + append.id() + " was interrupted while it waited", interrupted));
        }
    }

    @Override
    public EventCursor read(Read read) {
        limits.check(read);
        requireOpen();
        return new PagedCursor(this, this::page, read, options.pageBytesMax());
    }

    @Override
    public long nextPosition() {
        requireOpen();
        Wire.DescribeResponse description =
                connection.call(stub -> stub.describe(Wire.DescribeRequest.getDefaultInstance()));
        tail.learn(description.getNextPosition());
        return description.getNextPosition();
    }

    @Override
    public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
        requireOpen();
        if (tail.known() > position) {
            return true;
        }
        if (timeout.isNegative() || timeout.isZero()) {
            return nextPosition() > position;
        }
        return tail.await(position, timeout);
    }

    @Override
    public OptionalLong trackedPosition(String source) {
        requireOpen();
        Wire.TrackedPositionResponse response = connection.call(stub -> stub.trackedPosition(
                Wire.TrackedPositionRequest.newBuilder().setSource(source).build()));
        return response.hasPosition() ? OptionalLong.of(response.getPosition()) : OptionalLong.empty();
    }

    @Override
    public SortedMap<String, Long> trackedPositions() {
        throw new UnsupportedOperationException("A store cannot be copied through a server, which does not list tracked"
                + " positions. Run the copy where the server's store is, or export and import its events.");
    }

    @Override
    public UUID lineage() {
        return lineage;
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public StoreStats stats() {
        requireOpen();
        Wire.StatsResponse stats = connection.call(stub -> stub.stats(Wire.StatsRequest.getDefaultInstance()));
        return WireValues.decode(stats);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        tail.close();
        if (pipe.isAnswering()) {
            // What an answer sets off closes the store: other answers come only after it.
            Thread.ofVirtual().name("everfold-close").start(this::drain);
        } else {
            drain();
        }
    }

    private void drain() {
        pipe.close();
        connection.close();
    }

    private long awaitAtServer(long known) {
        Wire.AwaitRequest request = Wire.AwaitRequest.newBuilder()
                .setPosition(known)
                .setTimeoutMillis((int) AWAIT.toMillis())
                .build();
        return connection
                .call(AWAIT.plus(options.callTimeout()), stub -> stub.await(request))
                .getNextPosition();
    }

    private PagedCursor.Page page(Read read, int bytesMax) {
        Wire.ReadRequest request = WireReads.encode(read)
                .setForm(options.records() ? Wire.Form.FORM_RECORDS : Wire.Form.FORM_EVENTS)
                .setBytesMax(bytesMax)
                .build();
        PagedCursor.Page page = connection.call(stub -> page(stub.read(request)));
        tail.learn(page.end());
        return page;
    }

    private PagedCursor.Page page(Iterator<Wire.ReadResponse> responses) {
        List<RecordedEvent> events = new ArrayList<>();
        long end = 0;
        boolean exhausted = false;
        while (responses.hasNext()) {
            Wire.ReadResponse response = responses.next();
            end = response.getEnd();
            exhausted = response.getExhausted();
            response.getEventsList().forEach(event -> events.add(WireEvents.decode(event)));
            events.addAll(WireEvents.records(response.getRecords())
                    .orElseThrow(() -> new CorruptStoreException("Events from the server at " + connection.address()
                            + " are damaged: whole records expected. Read again, and verify the server's store.")));
        }
        return new PagedCursor.Page(end, events, exhausted);
    }

    /// For cursors: their store's state and threads.
    void requireOpen() {
        if (closed) {
            throw new StoreClosedException("store");
        }
    }

    private void requireForWriting() {
        requireOpen();
        if (options.readOnly()) {
            throw new StoreUnavailableException(
                    "The store at " + connection.address()
                            + " is open for reading only. Open it without mode=read to append.",
                    false,
                    null);
        }
    }

    void execute(Runnable task) {
        connection.execute(task);
    }

    EventStoreException interrupted(InterruptedException cause) {
        return new StoreUnavailableException(
                "A read from the server at " + connection.address() + " was interrupted. Read again.", true, cause);
    }
}
