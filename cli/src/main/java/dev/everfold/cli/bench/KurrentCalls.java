package dev.everfold.cli.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsGrpc;
import dev.everfold.protocol.kurrent.StreamsWire;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// As much of a client of KurrentDB's protocol as is measured. Its appends depend on nothing, as
/// most clients' do by default. Safe for use by many threads.
///
/// @param channel to the server; closed with this
record KurrentCalls(ManagedChannel channel) implements AutoCloseable {

    private static final Shared.Empty EMPTY = Shared.Empty.getDefaultInstance();

    /// One append by a call of its own, as clients make them that do not batch.
    void append(NewEvent event) throws Exception {
        CompletableFuture<Boolean> isStored = new CompletableFuture<>();
        StreamObserver<StreamsWire.AppendReq> call = StreamsGrpc.newStub(channel)
                .append(new Listener<>(answer -> isStored.complete(answer.hasSuccess()), isStored));
        call.onNext(StreamsWire.AppendReq.newBuilder().setOptions(to(event)).build());
        call.onNext(StreamsWire.AppendReq.newBuilder()
                .setProposedMessage(message(event))
                .build());
        call.onCompleted();
        requireStored(isStored.get());
    }

    private static void requireStored(boolean isStored) {
        if (!isStored) {
            throw new IllegalStateException("The server refused an append that depends on nothing.");
        }
    }

    /// A call for many appends.
    Batches batches() {
        return new Batches(channel);
    }

    /// Subscriptions that end together.
    Subscriptions subscriptions() {
        return new Subscriptions(channel, Context.current().withCancellation());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private static Shared.ExpectedStream to(NewEvent event) {
        return Shared.ExpectedStream.newBuilder()
                .setStreamIdentifier(name(event.stream()))
                .setAny(EMPTY)
                .build();
    }

    private static Shared.StreamIdentifier name(String stream) {
        return Shared.StreamIdentifier.newBuilder()
                .setStreamName(ByteString.copyFromUtf8(stream))
                .build();
    }

    private static Shared.ProposedMessage message(NewEvent event) {
        return Shared.ProposedMessage.newBuilder()
                .setId(uuid(event.id().getMostSignificantBits(), event.id().getLeastSignificantBits()))
                .putAllMetadata(Map.of("type", event.type(), "content-type", event.contentType()))
                .setData(UnsafeByteOperations.unsafeWrap(event.data().asByteBuffer()))
                .build();
    }

    private static Shared.UUID uuid(long most, long least) {
        return Shared.UUID
                .newBuilder()
                .setStructured(Shared.UUID
                        .Structured
                        .newBuilder()
                        .setMostSignificantBits(most)
                        .setLeastSignificantBits(least))
                .build();
    }

    /// Hands on what comes, and fails a future when the call ends before that is complete.
    private record Listener<Q, A>(Consumer<A> received, CompletableFuture<?> awaited)
            implements ClientResponseObserver<Q, A> {

        /// Asking for each message by itself would wake the connection's thread each time.
        @Override
        public void beforeStart(ClientCallStreamObserver<Q> call) {
            call.disableAutoRequestWithInitial(Integer.MAX_VALUE);
        }

        @Override
        public void onNext(A message) {
            received.accept(message);
        }

        @Override
        public void onError(Throwable failure) {
            awaited.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            awaited.completeExceptionally(new IllegalStateException("The server ended a call without an answer."));
        }
    }

    /// Subscriptions to streams. For one thread.
    record Subscriptions(ManagedChannel channel, Context.CancellableContext context) implements AutoCloseable {

        /// Listens to what is appended to a stream from now on.
        ///
        /// @param received runs for each event, in gRPC's own thread
        /// @return completes when the server has confirmed
        CompletableFuture<Void> subscribe(String stream, Runnable received) {
            CompletableFuture<Void> confirmed = new CompletableFuture<>();
            StreamsWire.ReadReq.Options options = StreamsWire.ReadReq.Options.newBuilder()
                    .setStream(Shared.StreamStart.newBuilder()
                            .setStreamIdentifier(name(stream))
                            .setEnd(EMPTY))
                    .setSubscription(StreamsWire.ReadReq.Options.SubscriptionOptions.getDefaultInstance())
                    .setNoFilter(EMPTY)
                    .setUuidOption(Shared.UUIDOption.newBuilder().setStructured(EMPTY))
                    .build();
            Listener<StreamsWire.ReadReq, StreamsWire.ReadResp> listener = new Listener<>(
                    message -> {
                        if (message.hasEvent()) {
                            received.run();
                        } else if (message.hasConfirmation()) {
                            confirmed.complete(null);
                        }
                    },
                    confirmed);
            context.run(() -> StreamsGrpc.newStub(channel)
                    .read(StreamsWire.ReadReq.newBuilder().setOptions(options).build(), listener));
            return confirmed;
        }

        @Override
        public void close() {
            context.close();
        }
    }

    /// Many appends on one call, each answered by itself. Safe for use by many threads.
    static final class Batches implements AutoCloseable {

        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private final Map<Long, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();
        private final AtomicLong appends = new AtomicLong();
        private final StreamObserver<StreamsWire.BatchAppendReq> call;

        /// Messages that wait to be sent.
        private final Queue<StreamsWire.BatchAppendReq> messages = new ConcurrentLinkedQueue<>();

        /// A call takes one message at a time.
        private final AtomicBoolean isSending = new AtomicBoolean();

        private Batches(ManagedChannel channel) {
            this.call = StreamsGrpc.newStub(channel).batchAppend(new Listener<>(this::answered, end));
            var _ = end.whenComplete(
                    (_, failure) -> waiting.values().forEach(answer -> answer.completeExceptionally(failure)));
        }

        /// Appends, and returns when that is durable.
        void append(NewEvent event) throws Exception {
            long number = appends.incrementAndGet();
            CompletableFuture<Boolean> isStored = new CompletableFuture<>();
            waiting.put(number, isStored);
            StreamsWire.BatchAppendReq message = StreamsWire.BatchAppendReq.newBuilder()
                    .setCorrelationId(uuid(0, number))
                    .setOptions(to(event))
                    .addProposedMessages(message(event))
                    .setIsFinal(true)
                    .build();
            messages.add(message);
            send();
            if (end.isDone()) {
                end.get();
            }
            requireStored(isStored.get());
        }

        /// Whoever finds nobody sending sends what others add meanwhile, so that nobody waits for his turn.
        private void send() {
            while (!messages.isEmpty() && isSending.compareAndSet(false, true)) {
                try {
                    for (var next = messages.poll(); next != null; next = messages.poll()) {
                        call.onNext(next);
                    }
                } finally {
                    isSending.set(false);
                }
            }
        }

        private void answered(StreamsWire.BatchAppendResp answer) {
            CompletableFuture<Boolean> isStored =
                    waiting.remove(answer.getCorrelationId().getStructured().getLeastSignificantBits());
            if (isStored != null) {
                isStored.complete(answer.hasSuccess());
            }
        }

        @Override
        public void close() {
            call.onCompleted();
        }
    }
}
