package dev.everfold.kurrent.service;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.Limits;
import dev.everfold.kurrent.stream.RefusedException;
import dev.everfold.kurrent.stream.Violation;
import dev.everfold.protocol.kurrent.v2.ErrorsV2Wire;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/// Failures as version 2 says them: a status with details, the first of which names the reason.
final class RefusalsV2 {

    private static final String DOMAIN = "streams";

    private RefusalsV2() {}

    /// A status with details.
    static StatusRuntimeException of(Status.Code code, String reason, String message, Message detail) {
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .setMessage(message)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(reason)
                        .setDomain(DOMAIN)
                        .build()))
                .addDetails(Any.pack(detail))
                .build());
    }

    /// The refusal of an append because of one of its streams.
    static StatusRuntimeException of(Violation violation) {
        String stream = violation.stream();
        String message = String.valueOf(RefusedException.of(violation).getMessage());
        if (violation.isTombstoned()) {
            return of(
                    Status.Code.FAILED_PRECONDITION,
                    "STREAM_TOMBSTONED",
                    message,
                    ErrorsV2Wire.StreamTombstonedErrorDetails.newBuilder()
                            .setStream(stream)
                            .build());
        }
        return of(
                Status.Code.FAILED_PRECONDITION,
                "STREAM_REVISION_CONFLICT",
                message,
                ErrorsV2Wire.StreamRevisionConflictErrorDetails.newBuilder()
                        .setStream(stream)
                        .setExpectedRevision(violation.expected().value())
                        .setActualRevision(violation.lastRevision())
                        .build());
    }

    /// Refuses what is too large before all of it is kept.
    ///
    /// @param bytes of the append so far
    static void requireSize(long bytes, Limits limits) {
        if (bytes > limits.appendBytesMax()) {
            throw tooLarge(
                    bytes,
                    limits,
                    "The append has more than " + limits.appendBytesMax() + " bytes. Append less at once.");
        }
    }

    private static StatusRuntimeException tooLarge(long bytes, Limits limits, String message) {
        return of(
                Status.Code.ABORTED,
                "APPEND_TRANSACTION_SIZE_EXCEEDED",
                message,
                ErrorsV2Wire.AppendTransactionSizeExceededErrorDetails.newBuilder()
                        .setSize((int) Math.min(bytes, Integer.MAX_VALUE))
                        .setMaxSize(limits.appendBytesMax())
                        .build());
    }

    /// Any other failure.
    static StatusRuntimeException of(Throwable failure, Limits limits) {
        if (Refusals.cause(failure) instanceof LimitExceededException limit
                && limit.limit().equals("appendBytesMax")) {
            // Larger by what surrounds its events, which the messages did not hold.
            return tooLarge(limits.appendBytesMax() + 1L, limits, String.valueOf(limit.getMessage()));
        }
        return Refusals.status(failure, limits);
    }
}
