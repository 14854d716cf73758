package dev.everfold.kurrent.service;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.Limits;
import dev.everfold.kurrent.stream.ExpectedState;
import dev.everfold.kurrent.stream.RefusedException;
import dev.everfold.kurrent.stream.Violation;
import dev.everfold.protocol.kurrent.Shared;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Failures of appends that are answered within a call which goes on: a status with one detail,
/// by which clients know what happened.
final class BatchRefusals {

    private BatchRefusals() {}

    /// A stream that is not as expected.
    static Status of(Violation violation) {
        RefusedException refused = RefusedException.of(violation);
        if (violation.isTombstoned()) {
            return of(refused);
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
        return of(Code.ALREADY_EXISTS, refused.getMessage(), wrong.build());
    }

    /// Any other failure.
    ///
    /// @param limits what the store takes
    static Status of(Throwable failure, Limits limits) {
        Throwable cause = Refusals.cause(failure);
        return switch (cause) {
            case RefusedException refused -> of(refused);
            case TimeoutException _ ->
                of(Code.DEADLINE_EXCEEDED, "The deadline passed.", Shared.Timeout.getDefaultInstance());
            case LimitExceededException limit
            when Refusals.isOfAppend(limit) ->
                of(Code.INVALID_ARGUMENT, limit.getMessage(), tooLarge(limits.appendBytesMax()));
            default -> other(Refusals.status(cause), limits);
        };
    }

    private static Status of(RefusedException refused) {
        return switch (refused.reason()) {
            case ACCESS_DENIED ->
                of(Code.PERMISSION_DENIED, refused.getMessage(), Shared.AccessDenied.getDefaultInstance());
            case STREAM_DELETED, WRONG_VERSION ->
                of(
                        Code.NOT_FOUND,
                        refused.getMessage(),
                        Shared.StreamDeleted.newBuilder()
                                .setStreamIdentifier(WireEvents.stream(refused.stream()))
                                .build());
        };
    }

    /// The same as another call would be told, in the form of this one.
    private static Status other(StatusRuntimeException status, Limits limits) {
        Code code = Code.forNumber(status.getStatus().getCode().value());
        String message = status.getStatus().getDescription();
        if (Refusals.isEventTooLarge(status)) {
            return of(Code.INVALID_ARGUMENT, message, tooLarge(Refusals.bytesMax(status, limits)));
        }
        if (code == Code.INVALID_ARGUMENT) {
            return of(
                    code,
                    message,
                    Shared.BadRequest.newBuilder()
                            .setMessage(String.valueOf(message))
                            .build());
        }
        return of(code == null ? Code.UNKNOWN : code, message, Shared.Unknown.getDefaultInstance());
    }

    private static Shared.MaximumAppendSizeExceeded tooLarge(int bytesMax) {
        return Shared.MaximumAppendSizeExceeded.newBuilder()
                .setMaxAppendSize(bytesMax)
                .build();
    }

    private static Status of(Code code, @Nullable String message, Message detail) {
        return Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(String.valueOf(message))
                .addDetails(Any.pack(detail))
                .build();
    }
}
