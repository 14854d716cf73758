package dev.everfold.kurrent.service;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.kurrent.stream.Access;
import dev.everfold.kurrent.stream.AppendOutcome;
import dev.everfold.kurrent.stream.AppendRequest;
import dev.everfold.kurrent.stream.ExpectedState;
import dev.everfold.kurrent.stream.RefusedException;
import dev.everfold.kurrent.stream.StreamNames;
import dev.everfold.kurrent.stream.Streams;
import dev.everfold.kurrent.stream.Violation;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsWire;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Many appends on one call, each in one or more messages; each is answered when it is decided and durable, in whatever
/// order that happens. The store sees them in the order in which their last messages came.
///
/// So many messages at most are taken and not answered; then the client waits.
final class BatchAppends implements StreamObserver<StreamsWire.BatchAppendReq> {

    /// Messages that are taken and not answered.
    static final int REQUESTS_MAX = 256;

    private final Streams streams;
    private final Executor threads;
    private final ServerCallStreamObserver<StreamsWire.BatchAppendResp> client;

    /// Appends that are not complete yet, by their correlation id. Owned by the thread that gets messages.
    private final Map<Shared.UUID, Batch> incomplete = new HashMap<>();

    // Guarded by lock, which also makes the answers one after another.
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<StreamsWire.BatchAppendResp> answers = new ArrayDeque<>();
    private int unanswered;
    private boolean isFinishing;
    private boolean hasEnded;

    private BatchAppends(
            Streams streams, Executor threads, ServerCallStreamObserver<StreamsWire.BatchAppendResp> client) {
        this.streams = streams;
        this.threads = threads;
        this.client = client;
    }

    /// Begins to take messages; called before the call is given to gRPC.
    static BatchAppends begin(
            Streams streams, Executor threads, ServerCallStreamObserver<StreamsWire.BatchAppendResp> client) {
        BatchAppends batches = new BatchAppends(streams, threads, client);
        client.disableAutoRequest();
        client.setOnReadyHandler(batches::send);
        client.setOnCancelHandler(batches::leave);
        client.request(REQUESTS_MAX);
        return batches;
    }

    @Override
    public void onNext(StreamsWire.BatchAppendReq request) {
        Batch batch = incomplete.get(request.getCorrelationId());
        if (batch == null) {
            batch = new Batch(request);
            incomplete.put(request.getCorrelationId(), batch);
        }
        batch.add(request);
        if (!request.getIsFinal()) {
            client.request(1);
            return;
        }
        incomplete.remove(request.getCorrelationId());
        lock.lock();
        try {
            unanswered++;
        } finally {
            lock.unlock();
        }
        append(batch);
    }

    private void append(Batch batch) {
        try {
            var _ = batch.append(streams)
                    .whenCompleteAsync((outcome, failure) -> answer(batch.answer(outcome, failure)), threads);
        } catch (RuntimeException refused) {
            answer(batch.answer(null, refused));
        }
    }

    private void answer(StreamsWire.BatchAppendResp answer) {
        lock.lock();
        try {
            answers.add(answer);
            unanswered--;
        } finally {
            lock.unlock();
        }
        send();
    }

    /// Sends the answers that are there, as far as the client takes them.
    private void send() {
        lock.lock();
        try {
            while (!hasEnded && !answers.isEmpty() && client.isReady()) {
                client.onNext(answers.removeFirst());
                client.request(1);
            }
            if (isFinishing && !hasEnded && unanswered == 0 && answers.isEmpty()) {
                hasEnded = true;
                client.onCompleted();
            }
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            hasEnded = true;
            answers.clear();
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

    /// One append, collected from its messages.
    private static final class Batch {

        private final Shared.UUID correlation;
        private final Shared.ExpectedStream options;
        private final List<Shared.ProposedMessage> messages = new ArrayList<>();
        private long bytes;

        Batch(StreamsWire.BatchAppendReq first) {
            this.correlation = first.getCorrelationId();
            this.options = first.getOptions();
        }

        void add(StreamsWire.BatchAppendReq request) {
            bytes += request.getSerializedSize();
            if (bytes <= Integer.MAX_VALUE) {
                messages.addAll(request.getProposedMessagesList());
            }
        }

        CompletableFuture<AppendOutcome> append(Streams streams) {
            String stream = stream();
            streams.access().require(stream, Access.Action.WRITE);
            List<NewEvent> events = messages.stream()
                    .map(message -> WireEvents.decode(stream, message))
                    .toList();
            CompletableFuture<AppendOutcome> outcome =
                    streams.appends().append(AppendRequest.to(stream, WireEvents.expected(options), events));
            return hasDeadline() ? outcome.orTimeout(nanosLeft(streams.clock()), TimeUnit.NANOSECONDS) : outcome;
        }

        private String stream() {
            return StreamNames.decode(options.getStreamIdentifier().getStreamName());
        }

        private boolean hasDeadline() {
            return options.hasDeadline() || options.hasDeadlineAt();
        }

        private long nanosLeft(Clock clock) {
            Duration left = options.hasDeadline()
                    ? Duration.ofSeconds(
                            options.getDeadline().getSeconds(),
                            options.getDeadline().getNanos())
                    : Duration.between(
                            clock.instant(),
                            Instant.ofEpochSecond(
                                    options.getDeadlineAt().getSeconds(),
                                    options.getDeadlineAt().getNanos()));
            return Math.max(0, TimeUnit.NANOSECONDS.convert(left));
        }

        StreamsWire.BatchAppendResp answer(@Nullable AppendOutcome outcome, @Nullable Throwable failure) {
            StreamsWire.BatchAppendResp.Builder answer = StreamsWire.BatchAppendResp.newBuilder()
                    .setCorrelationId(correlation)
                    .setStreamIdentifier(options.getStreamIdentifier());
            expected(answer);
            switch (outcome) {
                case AppendOutcome.Stored stored -> answer.setSuccess(AppendCall.success(stream(), stored));
                case AppendOutcome.Refused refused ->
                    answer.setError(error(refused.violations().getFirst()));
                case null ->
                    answer.setError(error(
                            failure == null ? new IllegalStateException("an append without an outcome") : failure));
            }
            return answer.build();
        }

        private void expected(StreamsWire.BatchAppendResp.Builder answer) {
            switch (options.getExpectedStreamRevisionCase()) {
                case REVISION -> answer.setStreamPosition(options.getRevision());
                case NO_STREAM -> answer.setNoStream(WireEvents.EMPTY);
                case ANY -> answer.setAny(WireEvents.EMPTY);
                case STREAM_EXISTS -> answer.setStreamExists(WireEvents.EMPTY);
                case EXPECTEDSTREAMREVISION_NOT_SET -> {}
            }
        }

        private Status error(Violation violation) {
            if (violation.isTombstoned()) {
                return error(RefusedException.of(violation));
            }
            Shared.WrongExpectedVersion.Builder wrong = Shared.WrongExpectedVersion.newBuilder();
            if (violation.lastRevision() < 0) {
                wrong.setCurrentNoStream(WireEvents.EMPTY);
            } else {
                wrong.setCurrentStreamRevision(violation.lastRevision());
            }
            ExpectedState expected = violation.expected();
            if (expected.equals(ExpectedState.ANY)) {
                wrong.setExpectedAny(WireEvents.EMPTY);
            } else if (expected.equals(ExpectedState.EXISTS)) {
                wrong.setExpectedStreamExists(WireEvents.EMPTY);
            } else if (expected.equals(ExpectedState.NO_STREAM)) {
                wrong.setExpectedNoStream(WireEvents.EMPTY);
            } else {
                wrong.setExpectedStreamPosition(expected.value());
            }
            String message = String.valueOf(RefusedException.of(violation).getMessage());
            return error(Code.ALREADY_EXISTS, message, wrong.build());
        }

        private Status error(Throwable failure) {
            Throwable cause = Refusals.cause(failure);
            String message = String.valueOf(cause.getMessage());
            return switch (cause) {
                case RefusedException refused
                when refused.reason() == RefusedException.Reason.ACCESS_DENIED ->
                    error(Code.PERMISSION_DENIED, message, Shared.AccessDenied.getDefaultInstance());
                case RefusedException refused ->
                    error(
                            Code.NOT_FOUND,
                            message,
                            Shared.StreamDeleted.newBuilder()
                                    .setStreamIdentifier(WireEvents.stream(refused.stream()))
                                    .build());
                case TimeoutException _ ->
                    error(Code.DEADLINE_EXCEEDED, "The deadline passed.", Shared.Timeout.getDefaultInstance());
                case LimitExceededException limit
                when limit.limit().startsWith("append") ->
                    error(Code.INVALID_ARGUMENT, message, Shared.MaximumAppendSizeExceeded.getDefaultInstance());
                default -> {
                    io.grpc.Status status = Refusals.status(cause).getStatus();
                    Message detail = status.getCode() == io.grpc.Status.Code.INVALID_ARGUMENT
                            ? Shared.BadRequest.newBuilder().setMessage(message).build()
                            : Shared.Unknown.getDefaultInstance();
                    yield error(Code.forNumber(status.getCode().value()), message, detail);
                }
            };
        }

        private static Status error(@Nullable Code code, String message, Message detail) {
            return Status.newBuilder()
                    .setCode(code == null ? Code.UNKNOWN_VALUE : code.getNumber())
                    .setMessage(message)
                    .addDetails(Any.pack(detail))
                    .build();
        }
    }
}
