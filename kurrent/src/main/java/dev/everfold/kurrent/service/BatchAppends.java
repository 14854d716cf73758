package dev.everfold.kurrent.service;

import dev.everfold.kurrent.stream.AppendOutcome;
import dev.everfold.kurrent.stream.Streams;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsWire;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Many appends on one call, each in one or more messages; each is answered when it is decided and durable, in whatever
/// order that happens. The store sees them in the order in which their last messages came.
///
/// A client that sends faster than the store takes, or that does not read the answers, waits: so many appends, and so
/// many bytes, are taken and not answered at most.
final class BatchAppends implements StreamObserver<StreamsWire.BatchAppendReq> {

    /// Appends that are taken and not answered.
    static final int UNANSWERED_MAX = 1_024;

    /// Their bytes.
    private static final long UNANSWERED_BYTES_MAX = 16 << 20;

    /// Messages that are asked for and did not come, while they are large or none came yet.
    private static final int AHEAD_MIN = 64;

    /// The same while they are small. Asking wakes the thread of the connection, so it is done rarely.
    private static final int AHEAD_MAX = UNANSWERED_MAX;

    /// What they may hold together, should they be as large as the largest so far.
    private static final long AHEAD_BYTES_MAX = UNANSWERED_BYTES_MAX;

    /// Appends whose last message did not come yet; more of them end the call.
    static final int INCOMPLETE_MAX = 1_000;

    /// Bytes of these.
    private static final long INCOMPLETE_BYTES_MAX = 64 << 20;

    private final Streams streams;
    private final Executor threads;
    private final ServerCallStreamObserver<StreamsWire.BatchAppendResp> client;
    private final Set<BatchAppends> open;

    /// Appends that are not complete yet, by their correlation id. Owned by the thread that gets messages.
    private final Map<Shared.UUID, Batch> incomplete = new HashMap<>();

    private long incompleteBytes;

    /// Appends whose outcome is known and not sent. The store's own threads only add to it.
    private final Queue<Decided> decided = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean isSendingNext = new AtomicBoolean();

    // Guarded by lock, which also makes the answers one after another.
    private final ReentrantLock lock = new ReentrantLock();
    private List<Batch> gathered = new ArrayList<>();
    private boolean isSubmitting;
    private int unanswered;
    private long unansweredBytes;
    private int ahead = AHEAD_MIN;
    private long largestBytes = 1;
    private boolean isFinishing;
    private boolean isClosing;
    private boolean hasEnded;

    /// An append that is ready to be given to the store.
    private record Prepared(Batch batch, Supplier<CompletableFuture<AppendOutcome>> append) {}

    /// An append and what became of it.
    private record Decided(
            Batch batch,
            @Nullable AppendOutcome outcome,
            @Nullable Throwable failure) {}

    private BatchAppends(
            Streams streams,
            Executor threads,
            ServerCallStreamObserver<StreamsWire.BatchAppendResp> client,
            Set<BatchAppends> open) {
        this.streams = streams;
        this.threads = threads;
        this.client = client;
        this.open = open;
    }

    /// Begins to take messages; called before the call is given to gRPC.
    ///
    /// @param open calls that go on; this one is among them until it ends
    static BatchAppends begin(
            Streams streams,
            Executor threads,
            ServerCallStreamObserver<StreamsWire.BatchAppendResp> client,
            Set<BatchAppends> open) {
        BatchAppends batches = new BatchAppends(streams, threads, client, open);
        open.add(batches);
        client.disableAutoRequest();
        client.setOnReadyHandler(batches::goOn);
        client.setOnCancelHandler(batches::leave);
        client.request(AHEAD_MIN);
        return batches;
    }

    /// Takes nothing more, answers what was taken, and ends the call.
    void close() {
        lock.lock();
        try {
            isClosing = true;
        } finally {
            lock.unlock();
        }
        send();
    }

    @Override
    public void onNext(StreamsWire.BatchAppendReq request) {
        if (!isOpen()) {
            return;
        }
        Batch batch = incomplete.get(request.getCorrelationId());
        if (batch == null) {
            batch = new Batch(request, streams);
            incomplete.put(request.getCorrelationId(), batch);
        }
        long bytesBefore = batch.bytes();
        batch.add(request);
        long bytesMore = batch.bytes() - bytesBefore;
        incompleteBytes += bytesMore;
        if (request.getIsFinal()) {
            incomplete.remove(request.getCorrelationId());
            incompleteBytes -= batch.bytes();
            take(batch);
        } else if (incomplete.size() > INCOMPLETE_MAX || incompleteBytes > INCOMPLETE_BYTES_MAX) {
            refuse();
        }
        lock.lock();
        try {
            ahead--;
            largestBytes = Math.max(largestBytes, bytesMore);
            takeMore();
        } finally {
            lock.unlock();
        }
    }

    private boolean isOpen() {
        lock.lock();
        try {
            return !hasEnded && !isClosing;
        } finally {
            lock.unlock();
        }
    }

    private void take(Batch batch) {
        lock.lock();
        try {
            unanswered++;
            unansweredBytes += batch.bytes();
            gathered.add(batch);
        } finally {
            lock.unlock();
        }
        submit();
    }

    /// Hands what has come to the store once it is as much as the store has not answered: so the store commits many
    /// together, and always has some.
    private void submit() {
        if (!beginSubmitting()) {
            return;
        }
        for (List<Batch> group = nextGroup(); !group.isEmpty(); group = nextGroup()) {
            // All of them first: the store would commit what it has while others are prepared.
            List<Prepared> prepared = new ArrayList<>(group.size());
            group.forEach(batch -> prepared.add(new Prepared(batch, batch.prepare())));
            prepared.forEach(this::append);
        }
    }

    /// One thread at a time, which sees what others add.
    private boolean beginSubmitting() {
        lock.lock();
        try {
            boolean begins = !isSubmitting;
            isSubmitting = true;
            return begins;
        } finally {
            lock.unlock();
        }
    }

    /// Empty ends the submitting.
    private List<Batch> nextGroup() {
        lock.lock();
        try {
            int inStore = unanswered - gathered.size();
            if (gathered.isEmpty() || gathered.size() < inStore) {
                isSubmitting = false;
                return List.of();
            }
            List<Batch> group = gathered;
            gathered = new ArrayList<>();
            return group;
        } finally {
            lock.unlock();
        }
    }

    private void append(Prepared prepared) {
        Batch batch = prepared.batch();
        try {
            var _ = prepared.append()
                    .get()
                    .whenComplete((outcome, failure) -> decided(new Decided(batch, outcome, failure)));
        } catch (RuntimeException refused) {
            decided(new Decided(batch, null, refused));
        }
    }

    /// The store decides many at once; one thread sends them all.
    private void decided(Decided one) {
        decided.add(one);
        if (isSendingNext.compareAndSet(false, true)) {
            threads.execute(() -> {
                isSendingNext.set(false);
                goOn();
            });
        }
    }

    private void goOn() {
        send();
        submit();
    }

    /// Sends the answers that are there, as far as the client takes them.
    private void send() {
        lock.lock();
        try {
            while (!hasEnded && client.isReady() && !decided.isEmpty()) {
                Decided next = decided.remove();
                client.onNext(next.batch().answer(next.outcome(), next.failure()));
                unanswered--;
                unansweredBytes -= next.batch().bytes();
            }
            takeMore();
            if ((isFinishing || isClosing) && !hasEnded && unanswered == 0) {
                end();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Guarded by lock.
    private void end() {
        hasEnded = true;
        open.remove(this);
        if (isFinishing) {
            client.onCompleted();
        } else {
            client.onError(Status.UNAVAILABLE
                    .withDescription("The server ends. Repeat what it did not answer.")
                    .asRuntimeException());
        }
    }

    /// Guarded by lock.
    private void takeMore() {
        boolean isFree = unanswered < UNANSWERED_MAX && unansweredBytes < UNANSWERED_BYTES_MAX;
        int aheadMax = Math.clamp(AHEAD_BYTES_MAX / largestBytes, AHEAD_MIN, AHEAD_MAX);
        if (isFree && ahead <= aheadMax / 2 && !hasEnded) {
            client.request(aheadMax - ahead);
            ahead = aheadMax;
        }
    }

    private void refuse() {
        lock.lock();
        try {
            if (!hasEnded) {
                hasEnded = true;
                open.remove(this);
                client.onError(Status.RESOURCE_EXHAUSTED
                        .withDescription("The call has " + incomplete.size() + " incomplete appends of "
                                + incompleteBytes + " bytes; the limit is " + INCOMPLETE_MAX + " of "
                                + INCOMPLETE_BYTES_MAX + " bytes. End some before others begin.")
                        .asRuntimeException());
            }
        } finally {
            lock.unlock();
        }
        incomplete.clear();
        incompleteBytes = 0;
    }

    private void leave() {
        lock.lock();
        try {
            hasEnded = true;
            open.remove(this);
            gathered.clear();
            decided.clear();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable gone) {
        leave();
    }

    @Override
    public void onCompleted() {
        lock.lock();
        try {
            isFinishing = true;
        } finally {
            lock.unlock();
        }
        send();
    }
}
