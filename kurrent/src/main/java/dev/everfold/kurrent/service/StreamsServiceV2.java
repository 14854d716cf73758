package dev.everfold.kurrent.service;

import com.google.protobuf.ByteString;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.kurrent.stream.Access;
import dev.everfold.kurrent.stream.AppendOutcome;
import dev.everfold.kurrent.stream.AppendRequest;
import dev.everfold.kurrent.stream.ExpectedState;
import dev.everfold.kurrent.stream.StreamNames;
import dev.everfold.kurrent.stream.Streams;
import dev.everfold.kurrent.stream.Violation;
import dev.everfold.protocol.kurrent.v2.ErrorsV2Wire;
import dev.everfold.protocol.kurrent.v2.StreamsServiceGrpc;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// `kurrentdb.protocol.v2.streams.StreamsService`: one atomic append to many streams, with checks
/// on any. Safe for use by many threads.
public final class StreamsServiceV2 extends StreamsServiceGrpc.StreamsServiceImplBase {

    private final Streams streams;

    /// The service.
    ///
    /// @param streams what is appended to
    public StreamsServiceV2(Streams streams) {
        this.streams = streams;
    }

    @Override
    public StreamObserver<StreamsV2Wire.AppendRequest> appendSession(
            StreamObserver<StreamsV2Wire.AppendSessionResponse> client) {
        return new AppendSession(this, client);
    }

    @Override
    public void appendRecords(
            StreamsV2Wire.AppendRecordsRequest request, StreamObserver<StreamsV2Wire.AppendRecordsResponse> client) {
        try {
            client.onNext(append(request));
            client.onCompleted();
        } catch (RuntimeException failure) {
            client.onError(RefusalsV2.of(failure, limits()));
        }
    }

    private StreamsV2Wire.AppendRecordsResponse append(StreamsV2Wire.AppendRecordsRequest request) {
        if (request.getRecordsCount() == 0) {
            throw new IllegalArgumentException("The append has no records; expected at least one.");
        }
        List<NewEvent> events = new ArrayList<>();
        Set<String> written = new LinkedHashSet<>();
        long bytes = 0;
        for (StreamsV2Wire.AppendRecord record : request.getRecordsList()) {
            bytes += record.getSerializedSize();
            RefusalsV2.requireSize(bytes, limits());
            String stream = writable(record.getStream());
            written.add(stream);
            events.add(Records.decode(stream, record, limits()));
        }
        Map<String, Integer> checks = new LinkedHashMap<>();
        SequencedMap<String, ExpectedState> expected = new LinkedHashMap<>();
        for (int index = 0; index < request.getChecksCount(); index++) {
            StreamsV2Wire.ConsistencyCheck check = request.getChecks(index);
            if (!check.hasStreamState()) {
                throw new IllegalArgumentException(
                        "The check " + index + " is empty; expected one of a stream's state.");
            }
            String stream = name(check.getStreamState().getStream());
            if (!written.contains(stream)) {
                // Its answer tells what the stream's last revision is.
                streams.access().require(stream, Access.Action.READ);
            }
            ExpectedState state = new ExpectedState(check.getStreamState().getExpectedState());
            ExpectedState other = expected.put(stream, state);
            if (other != null && !other.equals(state)) {
                throw new IllegalArgumentException("The check " + index + " of stream \"" + stream
                        + "\" contradicts another one; expected one state a stream.");
            }
            checks.putIfAbsent(stream, index);
        }
        // What is written without a check is checked for a tombstone all the same, behind the others.
        written.forEach(stream -> checks.putIfAbsent(stream, checks.size()));
        AppendOutcome outcome = outcome(new AppendRequest(events, expected, written));
        return switch (outcome) {
            case AppendOutcome.Stored stored -> answer(stored, written);
            case AppendOutcome.Refused refused -> throw refused(refused.violations(), checks);
        };
    }

    /// @param written in the order of the answer
    private static StreamsV2Wire.AppendRecordsResponse answer(AppendOutcome.Stored stored, Set<String> written) {
        StreamsV2Wire.AppendRecordsResponse.Builder answer =
                StreamsV2Wire.AppendRecordsResponse.newBuilder().setPosition(stored.position() + 1);
        for (String stream : written) {
            Long revision = stored.revisions().get(stream);
            answer.addRevisions(StreamsV2Wire.StreamRevision.newBuilder()
                    .setStream(stream)
                    .setRevision(revision == null ? -1 : revision));
        }
        return answer.build();
    }

    /// Every check that does not hold.
    private static RuntimeException refused(List<Violation> violations, Map<String, Integer> checks) {
        ErrorsV2Wire.AppendConsistencyViolationErrorDetails.Builder details =
                ErrorsV2Wire.AppendConsistencyViolationErrorDetails.newBuilder();
        for (Violation violation : violations) {
            details.addViolations(ErrorsV2Wire.ConsistencyViolation.newBuilder()
                    .setCheckIndex(checks.getOrDefault(violation.stream(), 0))
                    .setStreamState(ErrorsV2Wire.ConsistencyViolation.StreamStateViolation.newBuilder()
                            .setStream(violation.stream())
                            .setExpectedState(violation.expected().value())
                            .setActualState(violation.actual())));
        }
        return RefusalsV2.of(
                Status.Code.FAILED_PRECONDITION,
                "APPEND_CONSISTENCY_VIOLATION",
                violations.size() + " checks of the append do not hold. Read again and decide again.",
                details.build());
    }

    /// Appends and waits.
    AppendOutcome outcome(AppendRequest request) {
        return streams.appends().appendAndWait(request);
    }

    /// A stream's name that the caller may append to.
    String writable(String name) {
        String stream = name(name);
        streams.access().require(stream, Access.Action.WRITE);
        return stream;
    }

    /// Refuses a stream that the policy has closed to the caller since it was looked at.
    void requireStillWritable(String stream) {
        streams.access().requireStillWritable(stream);
    }

    /// What the store takes.
    Limits limits() {
        return streams.store().limits();
    }

    private static String name(String name) {
        return StreamNames.decode(ByteString.copyFromUtf8(name));
    }
}
