package dev.everfold.kurrent.service;

import dev.everfold.eventstore.NewEvent;
import dev.everfold.kurrent.stream.AppendOutcome;
import dev.everfold.kurrent.stream.AppendRequest;
import dev.everfold.kurrent.stream.ExpectedState;
import dev.everfold.protocol.kurrent.v2.ErrorsV2Wire;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;

/// One atomic append to many streams that comes as a stream of requests, one a stream. For one call.
final class AppendSession implements StreamObserver<StreamsV2Wire.AppendRequest> {

    private final StreamsServiceV2 service;
    private final StreamObserver<StreamsV2Wire.AppendSessionResponse> client;
    private final List<NewEvent> events = new ArrayList<>();
    private final SequencedMap<String, ExpectedState> expected = new LinkedHashMap<>();
    private final Set<String> lowerCaseNames = new HashSet<>();
    private long bytes;
    private boolean hasEnded;

    AppendSession(StreamsServiceV2 service, StreamObserver<StreamsV2Wire.AppendSessionResponse> client) {
        this.service = service;
        this.client = client;
    }

    @Override
    public void onNext(StreamsV2Wire.AppendRequest request) {
        if (hasEnded) {
            return;
        }
        try {
            add(request);
        } catch (RuntimeException failure) {
            refuse(failure);
        }
    }

    private void add(StreamsV2Wire.AppendRequest request) {
        String stream = service.writable(request.getStream());
        if (!lowerCaseNames.add(stream.toLowerCase(Locale.ROOT))) {
            throw RefusalsV2.of(
                    Status.Code.ABORTED,
                    "STREAM_ALREADY_IN_APPEND_SESSION",
                    "The stream \"" + stream + "\" came twice; expected each once, with all its records.",
                    ErrorsV2Wire.StreamAlreadyInAppendSessionErrorDetails.newBuilder()
                            .setStream(stream)
                            .build());
        }
        if (request.getRecordsCount() == 0) {
            throw new IllegalArgumentException("The stream \"" + stream + "\" gets no records; expected at least one.");
        }
        bytes += request.getSerializedSize();
        RefusalsV2.requireSize(bytes, service.limits());
        expected.put(
                stream,
                request.hasExpectedRevision() ? new ExpectedState(request.getExpectedRevision()) : ExpectedState.ANY);
        request.getRecordsList().forEach(record -> events.add(Records.decode(stream, record, service.limits())));
    }

    @Override
    public void onError(Throwable gone) {
        hasEnded = true;
    }

    @Override
    public void onCompleted() {
        if (hasEnded) {
            return;
        }
        hasEnded = true;
        try {
            if (expected.isEmpty()) {
                throw Status.FAILED_PRECONDITION
                        .withDescription("The append has no requests; expected at least one.")
                        .asRuntimeException();
            }
            expected.keySet().forEach(service::requireStillWritable);
            switch (service.outcome(new AppendRequest(events, expected, expected.keySet()))) {
                case AppendOutcome.Stored stored -> answer(stored);
                case AppendOutcome.Refused refused ->
                    client.onError(RefusalsV2.of(refused.violations().getFirst()));
            }
        } catch (RuntimeException failure) {
            client.onError(RefusalsV2.of(failure, service.limits()));
        }
    }

    private void answer(AppendOutcome.Stored stored) {
        StreamsV2Wire.AppendSessionResponse.Builder answer =
                StreamsV2Wire.AppendSessionResponse.newBuilder().setPosition(stored.position() + 1);
        for (String stream : expected.keySet()) {
            Long revision = stored.revisions().get(stream);
            answer.addOutput(StreamsV2Wire.AppendResponse.newBuilder()
                    .setStream(stream)
                    .setStreamRevision(revision == null ? -1 : revision));
        }
        client.onNext(answer.build());
        client.onCompleted();
    }

    private void refuse(RuntimeException failure) {
        hasEnded = true;
        client.onError(RefusalsV2.of(failure, service.limits()));
    }
}
