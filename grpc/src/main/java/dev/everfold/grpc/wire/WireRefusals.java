package dev.everfold.grpc.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendIdReusedException;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.protocol.v1.Wire;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The contract's exceptions as messages, and messages as the same exceptions: same class, same words, same fields.
public final class WireRefusals {

    /// Where a call that failed carries its refusal.
    static final Metadata.Key<byte[]> TRAILER =
            Metadata.Key.of("everfold-refusal-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /// Bytes of UTF-8 of a message in trailers, which together may take 8 KiB. It is there
    /// twice: in base 64, and with three characters for each byte that is not ASCII.
    private static final int TRAILER_MESSAGE_BYTES_MAX = 1_000;

    private WireRefusals() {}

    /// What a store or the decoding of a request threw, as a message.
    ///
    /// @param failure an [EventStoreException] or [IllegalArgumentException]; anything else is a defect of the
    ///     server, and whether anything was stored is unknown
    public static Wire.Refusal encode(Throwable failure) {
        return switch (failure) {
            case EventStoreException refusal -> encode(refusal);
            case IllegalArgumentException invalid ->
                message(invalid).setInvalid(Wire.Invalid.getDefaultInstance()).build();
            default -> {
                String what = "The server failed, as its log says";
                yield encode(new OutcomeUnknownException(what, failure));
            }
        };
    }

    private static Wire.Refusal encode(EventStoreException refusal) {
        Wire.Refusal.Builder message = message(refusal)
                .setRetryable(refusal.retryable())
                .setStored(
                        switch (refusal.stored()) {
                            case NO -> Wire.Stored.STORED_NO;
                            case YES -> Wire.Stored.STORED_YES;
                            case UNKNOWN -> Wire.Stored.STORED_UNKNOWN;
                        });
        return switch (refusal) {
            case AppendConflictException conflict ->
                message.setConflict(WireConflicts.encode(conflict)).build();
            case AppendIdReusedException reused ->
                message.setAppendIdReused(Wire.AppendIdReused.newBuilder()
                                .setAppendId(WireValues.encode(reused.appendId()))
                                .setFirst(WireAppends.encode(reused.first())))
                        .build();
            case PositionAheadException ahead ->
                message.setPositionAhead(Wire.PositionAhead.newBuilder()
                                .setWhat(ahead.what())
                                .setPosition(ahead.position())
                                .setNextPosition(ahead.nextPosition()))
                        .build();
            case LimitExceededException exceeded ->
                message.setLimitExceeded(Wire.LimitExceeded.newBuilder().setLimit(exceeded.limit()))
                        .build();
            case StorageFullException full ->
                message.setStorageFull(Wire.StorageFull.newBuilder().setWhere(full.where()))
                        .build();
            case OutcomeUnknownException unknown ->
                message.setOutcomeUnknown(Wire.OutcomeUnknown.newBuilder().setWhat(unknown.what()))
                        .build();
            case CorruptStoreException _ ->
                message.setCorrupt(Wire.Corrupt.getDefaultInstance()).build();
            // The server's store is closed, not the client's, and a server that comes back has it open.
            case StoreClosedException _ ->
                message.setMessage("The server is closing its store; nothing was stored. Try again once it runs again.")
                        .setRetryable(true)
                        .setUnavailable(Wire.Unavailable.getDefaultInstance())
                        .build();
            default ->
                message.setUnavailable(Wire.Unavailable.getDefaultInstance()).build();
        };
    }

    private static Wire.Refusal.Builder message(Throwable failure) {
        String text = failure.getMessage();
        return Wire.Refusal.newBuilder().setMessage(text == null ? failure.toString() : text);
    }

    /// The exception in a message: of the contract, or an [IllegalArgumentException].
    public static RuntimeException decode(Wire.Refusal refusal) {
        return switch (refusal.getCauseCase()) {
            case CONFLICT -> new AppendConflictException(WireConflicts.decode(refusal.getConflict()));
            case APPEND_ID_REUSED -> {
                Wire.AppendIdReused reused = refusal.getAppendIdReused();
                yield new AppendIdReusedException(
                        WireValues.decode(reused.getAppendId()), WireAppends.decode(reused.getFirst()));
            }
            case POSITION_AHEAD -> {
                Wire.PositionAhead ahead = refusal.getPositionAhead();
                yield new PositionAheadException(ahead.getWhat(), ahead.getPosition(), ahead.getNextPosition());
            }
            case LIMIT_EXCEEDED ->
                new LimitExceededException(
                        refusal.getMessage(), refusal.getLimitExceeded().getLimit());
            case STORAGE_FULL ->
                new StorageFullException(refusal.getStorageFull().getWhere(), null);
            case OUTCOME_UNKNOWN ->
                new OutcomeUnknownException(refusal.getOutcomeUnknown().getWhat(), null);
            case CORRUPT -> new CorruptStoreException(refusal.getMessage());
            case INVALID -> new IllegalArgumentException(refusal.getMessage());
            case UNAVAILABLE, CAUSE_NOT_SET ->
                refusal.getStored() == Wire.Stored.STORED_UNKNOWN
                        ? new OutcomeUnknownException(refusal.getMessage(), null)
                        : new StoreUnavailableException(refusal.getMessage(), refusal.getRetryable(), null);
        };
    }

    /// The same failure as the end of a call, with the refusal in its trailers. What the contract does not know
    /// is a defect of the server: it ends the call without a word of what it was about.
    public static StatusRuntimeException status(Throwable failure) {
        if (!(failure instanceof EventStoreException) && !(failure instanceof IllegalArgumentException)) {
            return Status.INTERNAL
                    .withDescription("The server failed; its log says more.")
                    .asRuntimeException();
        }
        Wire.Refusal refusal = encode(failure);
        if (refusal.getMessageBytes().size() > TRAILER_MESSAGE_BYTES_MAX) {
            refusal = refusal.toBuilder()
                    .setMessage(abbreviated(refusal.getMessage()) + "…")
                    .build();
        }
        Metadata trailers = new Metadata();
        trailers.put(TRAILER, refusal.toByteArray());
        return code(refusal).withDescription(refusal.getMessage()).asRuntimeException(trailers);
    }

    private static String abbreviated(String text) {
        CharBuffer rest = CharBuffer.wrap(text);
        CoderResult _ = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(rest, ByteBuffer.allocate(TRAILER_MESSAGE_BYTES_MAX / 2), true);
        return text.substring(0, rest.position());
    }

    /// What a call failed with, if the server said so in the contract's words.
    public static Optional<RuntimeException> decode(@Nullable Metadata trailers) {
        byte[] bytes = trailers == null ? null : trailers.get(TRAILER);
        if (bytes == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(decode(Wire.Refusal.parseFrom(bytes)));
        } catch (InvalidProtocolBufferException notOne) {
            return Optional.empty();
        }
    }

    private static Status code(Wire.Refusal refusal) {
        return switch (refusal.getCauseCase()) {
            case CONFLICT -> Status.ABORTED;
            case APPEND_ID_REUSED -> Status.ALREADY_EXISTS;
            case POSITION_AHEAD -> Status.OUT_OF_RANGE;
            case LIMIT_EXCEEDED, INVALID -> Status.INVALID_ARGUMENT;
            case STORAGE_FULL -> Status.RESOURCE_EXHAUSTED;
            case OUTCOME_UNKNOWN -> Status.UNKNOWN;
            case CORRUPT -> Status.DATA_LOSS;
            case UNAVAILABLE, CAUSE_NOT_SET -> Status.UNAVAILABLE;
        };
    }
}
