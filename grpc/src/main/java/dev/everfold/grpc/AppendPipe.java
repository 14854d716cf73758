package dev.everfold.grpc;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.grpc.wire.WireAppends;
import dev.everfold.grpc.wire.WireRefusals;
import dev.everfold.protocol.v1.Wire;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// All appends of one client, in one stream, in the order in which they were made.
///
/// Few messages are on their way at a time, and what comes meanwhile waits for the next one, until that would hold half
/// of what is unanswered: where one caller waits a message holds one append, and where a thousand wait it holds
/// hundreds. Whoever finds nobody sending sends, for itself and for those who come while it does.
///
/// When the stream breaks, what was sent has an unknown outcome, and what was not sent is not stored. Nothing is sent
/// again by itself: an append that was made later might be stored before it.
final class AppendPipe {

    /// Messages that are sent and not answered; as many callers wait for nobody.
    static final int BATCHES_IN_FLIGHT_MAX = 4;

    private static final int BATCH_BYTES_MAX = 1 << 20;
    private static final long DRAIN_SECONDS_MAX = 60;

    private static final System.Logger LOGGER = System.getLogger(AppendPipe.class.getName());

    private final Connection connection;
    private final int messageBytesMax;
    private final long waitingBytesMax;
    private final LongConsumer learnt;

    private final Set<Thread> answering = ConcurrentHashMap.newKeySet();

    // Guarded by lock; messages are made and sent without it.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition answered = lock.newCondition();
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private final ArrayDeque<List<Waiting>> inFlight = new ArrayDeque<>();
    private @Nullable Stream stream;
    private long waitingBytes;
    private long queuedBytes;
    private long unanswered;
    private boolean sending;
    private boolean closed;

    /// One append and who waits for it.
    private record Waiting(Wire.Append message, CompletableFuture<Appended> answer) {
        long bytes() {
            return message.getSerializedSize();
        }
    }

    /// Appends of one message, and the stream that it goes into.
    private record Batch(Stream stream, List<Waiting> appends) {}

    /// @param messageBytesMax what the server takes in one message
    /// @param learnt is told each next position that an answer proves
    AppendPipe(Connection connection, int messageBytesMax, long waitingBytesMax, LongConsumer learnt) {
        this.connection = connection;
        this.messageBytesMax = messageBytesMax;
        this.waitingBytesMax = waitingBytesMax;
        this.learnt = learnt;
    }

    /// Takes an append; waits while too much waits already.
    ///
    /// @throws IllegalArgumentException when its message would be larger than the server takes
    /// @throws StoreClosedException when this is closed; it was not taken
    /// @throws InterruptedException when interrupted while it waited; it was not taken
    CompletableFuture<Appended> put(Append append) throws InterruptedException {
        Waiting waiting = new Waiting(WireAppends.encode(append), new CompletableFuture<>());
        requireFits(waiting);
        lock.lock();
        try {
            while (!closed && waitingBytes > 0 && waitingBytes + waiting.bytes() > waitingBytesMax) {
                answered.await();
            }
            if (closed) {
                throw new StoreClosedException("store");
            }
            queue.add(waiting);
            queuedBytes += waiting.bytes();
            waitingBytes += waiting.bytes();
            unanswered++;
        } finally {
            lock.unlock();
        }
        send();
        return waiting.answer();
    }

    private void requireFits(Waiting waiting) {
        // A message holds the append with its tag and length.
        long bytes = waiting.bytes() + 16;
        if (bytes > messageBytesMax) {
            throw new IllegalArgumentException("The append takes " + bytes + " bytes as a message; the server at "
                    + connection.address() + " takes " + messageBytesMax + ". Ask for less in its conditions.");
        }
    }

    private void send() {
        if (!beginSending()) {
            return;
        }
        for (Batch batch = nextBatch(); batch != null; batch = nextBatch()) {
            try {
                batch.stream().call.sendMessage(message(batch.appends()));
            } catch (IllegalStateException ended) {
                // Its end comes to its listener, which tells those whose appends are in flight.
                LOGGER.log(Level.DEBUG, "a stream of appends ended while a message was given to it", ended);
            }
        }
    }

    /// One at a time: who is sending sees what others add.
    private boolean beginSending() {
        lock.lock();
        try {
            boolean begun = !sending;
            sending = true;
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /// What goes into the next message, and into which stream; null ends the sending, when there is
    /// nothing to send or it is not the time.
    private @Nullable Batch nextBatch() {
        lock.lock();
        try {
            if (stream == null && !queue.isEmpty()) {
                stream = new Stream(connection.appendMany());
                stream.begin();
            }
            Stream current = stream;
            if (current != null && isWorthAMessage() && current.call.isReady()) {
                List<Waiting> appends = taken();
                if (!appends.isEmpty()) {
                    inFlight.add(appends);
                    return new Batch(current, appends);
                }
            }
            sending = false;
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// Each message costs the server as much as a dozen appends in it, and callers who are answered often come back
    /// together: so one is sent when it is full, or when at least half of what is unanswered would be in it. A few
    /// callers gain nothing by that, and wait for nobody. Guarded by lock.
    private boolean isWorthAMessage() {
        int sent = 0;
        for (List<Waiting> batch : inFlight) {
            sent += batch.size();
        }
        boolean isLarge =
                queuedBytes >= BATCH_BYTES_MAX || queue.size() >= sent || queue.size() + sent <= BATCHES_IN_FLIGHT_MAX;
        return inFlight.isEmpty() || (isLarge && inFlight.size() < BATCHES_IN_FLIGHT_MAX);
    }

    private List<Waiting> taken() {
        List<Waiting> batch = new ArrayList<>();
        long bytes = 0;
        while (!queue.isEmpty() && (batch.isEmpty() || bytes + queue.getFirst().bytes() <= BATCH_BYTES_MAX)) {
            Waiting next = queue.removeFirst();
            bytes += next.bytes();
            batch.add(next);
        }
        queuedBytes -= bytes;
        return batch;
    }

    private static Wire.AppendManyRequest message(List<Waiting> batch) {
        Wire.AppendManyRequest.Builder message = Wire.AppendManyRequest.newBuilder();
        for (Waiting waiting : batch) {
            message.addAppends(waiting.message());
        }
        return message.build();
    }

    private void answered(List<Waiting> batch, Wire.AppendManyResponse response) {
        answering(() -> {
            for (int i = 0; i < batch.size(); i++) {
                answer(batch.get(i).answer(), response.getAnswers(i));
            }
        });
        settled(batch);
    }

    private void answer(CompletableFuture<Appended> answer, Wire.AppendAnswer outcome) {
        try {
            if (outcome.hasAppended()) {
                Appended appended = WireAppends.decode(outcome.getAppended());
                learnt.accept(appended.toPosition());
                answer.complete(appended);
            } else {
                answer.completeExceptionally(WireRefusals.decode(outcome.getRefusal()));
            }
        } catch (RuntimeException notUnderstood) { // of a newer server; whoever waits is not to wait for ever
            String what = "The server at " + connection.address() + " answered what this version does not know";
            answer.completeExceptionally(new OutcomeUnknownException(what, notUnderstood));
        }
    }

    private void answering(Runnable answers) {
        Thread thread = Thread.currentThread();
        answering.add(thread);
        try {
            answers.run();
        } finally {
            answering.remove(thread);
        }
    }

    /// Whether this thread is completing answers, with whatever they set off: it must not wait for others.
    boolean isAnswering() {
        return answering.contains(Thread.currentThread());
    }

    /// The futures are complete: whoever waits for room or for the end may go on.
    private void settled(List<Waiting> waiting) {
        lock.lock();
        try {
            waiting.forEach(each -> waitingBytes -= each.bytes());
            unanswered -= waiting.size();
            answered.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void broken(Stream broken, Status status, Metadata trailers) {
        List<Waiting> sent = new ArrayList<>();
        List<Waiting> unsent = new ArrayList<>();
        lock.lock();
        try {
            if (stream != broken) {
                return;
            }
            stream = null;
            inFlight.forEach(sent::addAll);
            inFlight.clear();
            // A stream that ended while it was idle says nothing about the server: those that wait get a new one.
            if (!sent.isEmpty() || !broken.wasReady || !status.isOk()) {
                unsent.addAll(queue);
                queue.clear();
                queuedBytes = 0;
            }
        } finally {
            lock.unlock();
        }
        Throwable cause = status.asRuntimeException(trailers);
        String what = "The connection to the server at " + connection.address() + " was lost before the answer came";
        // A stream that the server refuses as a whole says so in its trailers; nothing of it was looked at.
        boolean refused = WireRefusals.decode(trailers).isPresent();
        answering(() -> {
            sent.forEach(each -> each.answer()
                    .completeExceptionally(
                            refused
                                    ? connection.exception(status, trailers, cause)
                                    : new OutcomeUnknownException(what, cause)));
            unsent.forEach(each -> each.answer().completeExceptionally(connection.exception(status, trailers, cause)));
        });
        settled(sent);
        settled(unsent);
        send();
    }

    /// Takes nothing more, and returns when everything that was taken is answered, whoever interrupts; what is not
    /// within a minute is given up.
    void close() {
        boolean interrupted = false;
        lock.lock();
        try {
            closed = true;
            answered.signalAll();
            long nanosLeft = TimeUnit.SECONDS.toNanos(DRAIN_SECONDS_MAX);
            while (unanswered > 0 && nanosLeft > 0) {
                try {
                    nanosLeft = answered.awaitNanos(nanosLeft);
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
            if (stream != null) {
                stream.call.halfClose();
            }
        } finally {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// One call, from its beginning until it breaks or ends.
    private final class Stream extends ClientCall.Listener<Wire.AppendManyResponse> {

        private final ClientCall<Wire.AppendManyRequest, Wire.AppendManyResponse> call;

        /// Guarded by lock. Whether the server was reached.
        private boolean wasReady;

        Stream(ClientCall<Wire.AppendManyRequest, Wire.AppendManyResponse> call) {
            this.call = call;
        }

        void begin() {
            call.start(this, new Metadata());
            // As many answers come as messages are in flight, so they need no bound of their own.
            call.request(Integer.MAX_VALUE);
        }

        @Override
        public void onReady() {
            lock.lock();
            try {
                wasReady = true;
            } finally {
                lock.unlock();
            }
            send();
        }

        @Override
        public void onMessage(Wire.AppendManyResponse response) {
            List<Waiting> batch;
            lock.lock();
            try {
                if (stream != this || inFlight.isEmpty() || inFlight.getFirst().size() != response.getAnswersCount()) {
                    call.cancel("The server answered what it was not asked.", null);
                    return;
                }
                batch = inFlight.removeFirst();
            } finally {
                lock.unlock();
            }
            send();
            answered(batch, response);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            broken(this, status, trailers);
        }
    }
}
