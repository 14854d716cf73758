package dev.everfold.grpc.service;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.grpc.wire.WireAppends;
import dev.everfold.protocol.v1.Wire;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One stream of appends: each message is handed to the store at once, and answered when all of it is decided.
///
/// Whoever completes the last future of a message sends its answer, which never waits: each change of thread would cost
/// as much as an append. So many messages at most are taken and not answered, whether the store is slow or the client
/// does not read its answers; then the stream is left to fill up.
final class AppendStream implements StreamObserver<Wire.AppendManyRequest> {

    /// Messages of one stream that are taken and not answered.
    static final int REQUESTS_MAX = 4;

    private final EventStore store;
    private final ServerCallStreamObserver<Wire.AppendManyResponse> client;

    // Guarded by lock, which also makes the answers one after another.
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Answers> waiting = new ArrayDeque<>();
    private boolean finishing;
    private boolean ended;

    AppendStream(EventStore store, ServerCallStreamObserver<Wire.AppendManyResponse> client) {
        this.store = store;
        this.client = client;
    }

    /// Begins to take messages; called before the stream is given to gRPC.
    void begin(Runnable onEnd) {
        client.disableAutoRequest();
        client.setOnReadyHandler(this::answer);
        client.setOnCancelHandler(onEnd);
        client.setOnCloseHandler(onEnd);
        client.request(REQUESTS_MAX);
    }

    @Override
    public void onNext(Wire.AppendManyRequest request) {
        Answers answers = new Answers(request.getAppendsCount());
        lock.lock();
        try {
            // What comes after the end is not taken, and the client learns from the end that it was not.
            if (finishing) {
                return;
            }
            waiting.add(answers);
        } finally {
            lock.unlock();
        }
        @Nullable Append[] appends = decoded(request, answers);
        // One right after the other: what waits together for the store is committed together.
        for (int i = 0; i < appends.length; i++) {
            Append append = appends[i];
            if (append != null) {
                append(append, answers, i);
            }
        }
        if (answers.countDown()) {
            answer();
        }
    }

    /// The appends of a message; null where one is refused.
    private static @Nullable Append[] decoded(Wire.AppendManyRequest request, Answers answers) {
        @Nullable Append[] appends = new Append[request.getAppendsCount()];
        for (int i = 0; i < appends.length; i++) {
            try {
                appends[i] = WireAppends.decode(request.getAppends(i));
            } catch (RuntimeException refused) {
                answers.refuse(i, refused);
            }
        }
        return appends;
    }

    private void append(Append append, Answers answers, int index) {
        try {
            var _ = store.appendAsync(append).whenComplete((appended, failure) -> {
                answers.set(index, appended, failure);
                if (answers.countDown()) {
                    answer();
                }
            });
        } catch (RuntimeException refused) {
            answers.refuse(index, refused);
        }
    }

    /// The client sends no more.
    @Override
    public void onCompleted() {
        finish();
    }

    /// The client is gone; what it sent is with the store and cannot be taken back.
    @Override
    public void onError(Throwable lost) {
        lock.lock();
        try {
            finishing = true;
            ended = true;
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }

    /// Takes nothing more, answers what was taken, and ends the stream.
    void finish() {
        lock.lock();
        try {
            finishing = true;
        } finally {
            lock.unlock();
        }
        answer();
    }

    /// Sends the answers that are complete, in order, as far as the client takes them.
    private void answer() {
        lock.lock();
        try {
            while (!ended && !waiting.isEmpty() && waiting.getFirst().isComplete() && client.isReady()) {
                client.onNext(waiting.removeFirst().message());
                client.request(1);
            }
            if (finishing && !ended && waiting.isEmpty()) {
                ended = true;
                client.onCompleted();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The answers to one message, filled in by whoever has them.
    private static final class Answers {

        private final Outcome[] outcomes;

        /// Answers that are missing, and one for the message itself until all of it is with the store.
        private final AtomicInteger missing;

        Answers(int count) {
            this.outcomes = new Outcome[count];
            this.missing = new AtomicInteger(count + 1);
        }

        void set(int index, @Nullable Appended appended, @Nullable Throwable failure) {
            outcomes[index] = new Outcome(appended, failure);
        }

        /// Before all of the message is with the store, so this is never the last.
        void refuse(int index, RuntimeException refused) {
            set(index, null, refused);
            boolean _ = countDown();
        }

        /// Counts one, and says whether it was the last.
        boolean countDown() {
            return missing.decrementAndGet() == 0;
        }

        boolean isComplete() {
            return missing.get() == 0;
        }

        Wire.AppendManyResponse message() {
            Wire.AppendManyResponse.Builder message = Wire.AppendManyResponse.newBuilder();
            for (Outcome outcome : outcomes) {
                message.addAnswers(outcome.answer());
            }
            return message.build();
        }
    }

    /// What became of one append.
    private record Outcome(
            @Nullable Appended appended, @Nullable Throwable failure) {
        Wire.AppendAnswer answer() {
            return EventStoreService.answer(
                    appended, failure instanceof CompletionException ? failure.getCause() : failure);
        }
    }
}
