package dev.everfold.kurrent.service;

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
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// One append that comes as a stream: its options, then its events. For one call.
final class AppendCall implements StreamObserver<StreamsWire.AppendReq> {

    /// Messages that may come before any was looked at: most appends have fewer, and asking wakes the connection's
    /// thread.
    private static final int AHEAD = 8;

    private final Streams streams;
    private final Executor threads;
    private final ServerCallStreamObserver<StreamsWire.AppendResp> client;
    private final IncomingEvents events;
    private int owed;
    private @Nullable String stream;
    private ExpectedState expected = ExpectedState.ANY;
    private boolean isRefused;

    private AppendCall(Streams streams, Executor threads, ServerCallStreamObserver<StreamsWire.AppendResp> client) {
        this.streams = streams;
        this.threads = threads;
        this.client = client;
        this.events = new IncomingEvents(streams.store().limits());
    }

    /// Begins to take messages; called before the call is given to gRPC.
    static AppendCall begin(
            Streams streams, Executor threads, ServerCallStreamObserver<StreamsWire.AppendResp> client) {
        client.disableAutoRequest();
        client.request(AHEAD);
        return new AppendCall(streams, threads, client);
    }

    @Override
    public void onNext(StreamsWire.AppendReq request) {
        owed++;
        if (owed == AHEAD / 2) {
            client.request(owed);
            owed = 0;
        }
        take(request);
    }

    private void take(StreamsWire.AppendReq request) {
        if (isRefused) {
            return;
        }
        try {
            switch (request.getContentCase()) {
                case OPTIONS -> begin(request.getOptions());
                case PROPOSED_MESSAGE -> add(request.getProposedMessage());
                case CONTENT_NOT_SET ->
                    throw new IllegalArgumentException("The message is empty; expected options or an event.");
            }
        } catch (RuntimeException failure) {
            refuse(failure);
        }
    }

    private void begin(Shared.ExpectedStream options) {
        if (stream != null) {
            throw new IllegalArgumentException("The options came twice; expected them once, first.");
        }
        String name = StreamNames.decode(options.getStreamIdentifier().getStreamName());
        streams.access().require(name, Access.Action.WRITE);
        expected = WireEvents.expected(options);
        stream = name;
    }

    private void add(Shared.ProposedMessage message) {
        if (stream == null) {
            throw new IllegalArgumentException("An event came first; expected the options of the append.");
        }
        events.add(stream, message);
    }

    @Override
    public void onError(Throwable gone) {
        isRefused = true;
    }

    @Override
    public void onCompleted() {
        if (isRefused) {
            return;
        }
        String name = stream;
        if (name == null) {
            refuse(new IllegalArgumentException("The append is empty; expected its options."));
            return;
        }
        try {
            streams.access().requireStillWritable(name);
            var _ = streams.appends()
                    .append(AppendRequest.to(name, expected, events.events()))
                    .whenCompleteAsync((outcome, failure) -> answer(name, outcome, failure), threads);
        } catch (RuntimeException failure) {
            refuse(failure);
        }
    }

    private void answer(String name, @Nullable AppendOutcome outcome, @Nullable Throwable failure) {
        if (outcome == null) {
            refuse(failure == null ? new IllegalStateException("an append without an outcome") : failure);
            return;
        }
        switch (outcome) {
            case AppendOutcome.Stored stored ->
                send(StreamsWire.AppendResp.newBuilder().setSuccess(success(name, stored)));
            case AppendOutcome.Refused refused -> answer(refused.violations().getFirst());
        }
    }

    private void answer(Violation violation) {
        if (violation.isTombstoned()) {
            refuse(RefusedException.of(violation));
        } else {
            send(StreamsWire.AppendResp.newBuilder().setWrongExpectedVersion(wrongVersion(violation)));
        }
    }

    private void send(StreamsWire.AppendResp.Builder answer) {
        client.onNext(answer.build());
        client.onCompleted();
    }

    private void refuse(Throwable failure) {
        isRefused = true;
        client.onError(Refusals.status(failure, streams.store().limits()));
    }

    /// What the append was given.
    static Shared.Success success(String stream, AppendOutcome.Stored stored) {
        Shared.Success.Builder success =
                Shared.Success.newBuilder().setPosition(WireEvents.position(stored.position()));
        Long revision = stored.revisions().get(stream);
        return revision == null || revision < 0
                ? success.setNoStream(WireEvents.EMPTY).build()
                : success.setCurrentRevision(revision).build();
    }

    private static StreamsWire.AppendResp.WrongExpectedVersion wrongVersion(Violation violation) {
        StreamsWire.AppendResp.WrongExpectedVersion.Builder wrong =
                StreamsWire.AppendResp.WrongExpectedVersion.newBuilder();
        if (violation.lastRevision() < 0) {
            wrong.setNoStream2060(WireEvents.EMPTY).setCurrentNoStream(WireEvents.EMPTY);
        } else {
            wrong.setCurrentRevision2060(violation.lastRevision()).setCurrentRevision(violation.lastRevision());
        }
        ExpectedState expected = violation.expected();
        if (expected.equals(ExpectedState.ANY)) {
            wrong.setAny2060(WireEvents.EMPTY).setExpectedAny(WireEvents.EMPTY);
        } else if (expected.equals(ExpectedState.EXISTS)) {
            wrong.setStreamExists2060(WireEvents.EMPTY).setExpectedStreamExists(WireEvents.EMPTY);
        } else if (expected.equals(ExpectedState.NO_STREAM)) {
            wrong.setExpectedNoStream(WireEvents.EMPTY);
        } else {
            wrong.setExpectedRevision2060(expected.value()).setExpectedRevision(expected.value());
        }
        return wrong.build();
    }
}
