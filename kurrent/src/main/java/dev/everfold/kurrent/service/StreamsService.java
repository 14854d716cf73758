package dev.everfold.kurrent.service;

import dev.everfold.kurrent.stream.Access;
import dev.everfold.kurrent.stream.AllRead;
import dev.everfold.kurrent.stream.Delivery;
import dev.everfold.kurrent.stream.EventFilter;
import dev.everfold.kurrent.stream.ExpectedState;
import dev.everfold.kurrent.stream.Feed;
import dev.everfold.kurrent.stream.StreamNames;
import dev.everfold.kurrent.stream.StreamRead;
import dev.everfold.kurrent.stream.Streams;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsGrpc;
import dev.everfold.protocol.kurrent.StreamsWire;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/// `event_store.client.streams.Streams`: append, read, subscribe, delete. Safe for use by many threads.
public final class StreamsService extends StreamsGrpc.StreamsImplBase implements AutoCloseable {

    /// How long a client may take nothing of a page; a subscription may be slow for ever.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Streams streams;
    private final Executor threads;
    private final Set<BatchAppends> batches = ConcurrentHashMap.newKeySet();

    /// The service.
    ///
    /// @param threads starts a virtual thread for each task
    public StreamsService(Streams streams, Executor threads) {
        this.streams = streams;
        this.threads = threads;
    }

    @Override
    public void read(StreamsWire.ReadReq request, StreamObserver<StreamsWire.ReadResp> client) {
        StreamsWire.ReadReq.Options options = request.getOptions();
        Outbox<StreamsWire.ReadResp> outbox = new Outbox<>(
                (ServerCallStreamObserver<StreamsWire.ReadResp>) client,
                options.hasSubscription() ? FOR_EVER : PATIENCE);
        outbox.begin();
        // In a thread of its own: gRPC tells of a client's progress only when this method has returned.
        threads.execute(Context.current().wrap(() -> read(options, outbox)));
    }

    private void read(StreamsWire.ReadReq.Options options, Outbox<StreamsWire.ReadResp> outbox) {
        try {
            boolean structured = ReadOptions.structuredIds(options);
            Events events = new Events(outbox, structured);
            switch (options.getCountOptionCase()) {
                case SUBSCRIPTION -> new Subscription(streams, options, events).run();
                case COUNT -> page(options, events);
                case COUNTOPTION_NOT_SET ->
                    throw new IllegalArgumentException(
                            "The read has neither a count nor is it a subscription;" + " expected one of the two.");
            }
            outbox.complete();
        } catch (ClientGoneException _) {
            // Nobody is there to be told.
        } catch (InterruptedException | RuntimeException failure) {
            outbox.refuse(Refusals.status(failure));
        }
    }

    private void page(StreamsWire.ReadReq.Options options, Events events) throws InterruptedException {
        boolean backwards = ReadOptions.isBackwards(options);
        // Unsigned on the wire, where "all" is the largest.
        long count = options.getCount() < 0 ? Long.MAX_VALUE : options.getCount();
        if (options.hasAll()) {
            streams.access().require(StreamNames.ALL, Access.Action.READ);
            OptionalLong from = ReadOptions.position(options.getAll(), backwards);
            EventFilter filter = ReadOptions.filter(options);
            streams.reads().read(new AllRead(filter, backwards, from, count, options.getResolveLinks()), events::send);
            return;
        }
        String stream = ReadOptions.stream(options);
        streams.access().require(stream, Access.Action.READ);
        OptionalLong from = ReadOptions.revision(options.getStream(), backwards);
        StreamRead read = new StreamRead(stream, backwards, from, count, options.getResolveLinks());
        boolean tellsEnds = options.getControlOption().getCompatibility() > 0;
        OptionalLong last = streams.reads().read(read, new Page(events, tellsEnds));
        if (last.isEmpty()) {
            events.streamNotFound(stream);
        } else if (tellsEnds) {
            events.last(last.getAsLong());
        }
    }

    @Override
    public StreamObserver<StreamsWire.AppendReq> append(StreamObserver<StreamsWire.AppendResp> client) {
        return AppendCall.begin(streams, threads, (ServerCallStreamObserver<StreamsWire.AppendResp>) client);
    }

    @Override
    public StreamObserver<StreamsWire.BatchAppendReq> batchAppend(StreamObserver<StreamsWire.BatchAppendResp> client) {
        return BatchAppends.begin(
                streams, threads, (ServerCallStreamObserver<StreamsWire.BatchAppendResp>) client, batches);
    }

    /// Ends calls that would go on for as long as their clients like, when what they sent is answered.
    @Override
    public void close() {
        batches.forEach(BatchAppends::close);
    }

    @Override
    public void delete(StreamsWire.DeleteReq request, StreamObserver<StreamsWire.DeleteResp> client) {
        end(request, client, streams.appends()::delete);
    }

    @Override
    public void tombstone(StreamsWire.DeleteReq request, StreamObserver<StreamsWire.DeleteResp> client) {
        end(request, client, streams.appends()::tombstone);
    }

    private void end(StreamsWire.DeleteReq request, StreamObserver<StreamsWire.DeleteResp> client, End end) {
        try {
            Shared.ExpectedStream options = request.getOptions();
            String stream = StreamNames.decode(options.getStreamIdentifier().getStreamName());
            streams.access().require(stream, Access.Action.DELETE);
            long position = end.of(stream, WireEvents.expected(options));
            client.onNext(StreamsWire.DeleteResp.newBuilder()
                    .setPosition(WireEvents.position(position))
                    .build());
            client.onCompleted();
        } catch (RuntimeException failure) {
            client.onError(Refusals.status(failure));
        }
    }

    @FunctionalInterface
    private interface End {
        long of(String stream, ExpectedState expected);
    }

    /// Messages of a read on their way to the client.
    record Events(Outbox<StreamsWire.ReadResp> outbox, boolean structured) {

        boolean send(Delivery delivery) throws InterruptedException {
            outbox.send(StreamsWire.ReadResp.newBuilder()
                    .setEvent(WireEvents.encode(delivery, structured))
                    .build());
            return true;
        }

        void streamNotFound(String stream) throws InterruptedException {
            outbox.send(StreamsWire.ReadResp.newBuilder()
                    .setStreamNotFound(StreamsWire.ReadResp.StreamNotFound.newBuilder()
                            .setStreamIdentifier(WireEvents.stream(stream)))
                    .build());
        }

        void first(long revision) throws InterruptedException {
            outbox.send(StreamsWire.ReadResp.newBuilder()
                    .setFirstStreamPosition(revision)
                    .build());
        }

        void last(long revision) throws InterruptedException {
            outbox.send(StreamsWire.ReadResp.newBuilder()
                    .setLastStreamPosition(revision)
                    .build());
        }
    }

    /// A page of a stream on its way to the client.
    ///
    /// @param tellsEnds whether the client understands where the stream begins and ends
    private record Page(Events events, boolean tellsEnds) implements Feed.Sink {

        @Override
        public void begins(long firstRevision) throws InterruptedException {
            if (tellsEnds) {
                events.first(firstRevision);
            }
        }

        @Override
        public boolean accept(Delivery delivery) throws InterruptedException {
            return events.send(delivery);
        }
    }
}
