package dev.everfold.kurrent.service;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.kurrent.group.GroupException;
import dev.everfold.kurrent.stream.RefusedException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;

/// Failures as KurrentDB's clients know them: a status, and in the trailers a word under `exception` with its details.
final class Refusals {

    /// In UTF-8, of a message and of each detail beside it.
    private static final int BYTES_MAX = 1_024;

    private static final System.Logger LOGGER = System.getLogger(Refusals.class.getName());

    /// An event that is larger than the store takes.
    static final String EVENT_TOO_LARGE = "maximum-append-event-size-exceeded";

    /// How large it, or its metadata, may be.
    static final String EVENT_BYTES_MAX = "maximum-append-event-size";

    private static final Metadata.Key<String> EXCEPTION =
            Metadata.Key.of("exception", Metadata.ASCII_STRING_MARSHALLER);

    private Refusals() {}

    /// The failure as a status with trailers.
    static StatusRuntimeException status(Throwable failure) {
        return switch (cause(failure)) {
            case StatusRuntimeException status -> status;
            case RefusedException refused -> of(refused);
            case GroupException refused -> of(refused);
            case LimitExceededException limit -> of(Status.INVALID_ARGUMENT, limit, Map.of("exception", word(limit)));
            case PositionAheadException ahead -> of(Status.INVALID_ARGUMENT, ahead, Map.of());
            case StorageFullException full -> of(Status.RESOURCE_EXHAUSTED, full, Map.of());
            case OutcomeUnknownException unknown -> of(Status.ABORTED, unknown, Map.of());
            case CorruptStoreException corrupt -> of(Status.DATA_LOSS, corrupt, Map.of());
            case StoreClosedException _ ->
                Status.UNAVAILABLE
                        .withDescription("The server ends; nothing was stored. Call again.")
                        .asRuntimeException();
            case EventStoreException unavailable -> of(Status.UNAVAILABLE, unavailable, Map.of());
            case IllegalArgumentException wrong -> of(Status.INVALID_ARGUMENT, wrong, Map.of());
            case Throwable defect -> {
                LOGGER.log(Level.ERROR, "a call failed for a reason that the contract does not know", defect);
                yield of(Status.INTERNAL, defect, Map.of());
            }
        };
    }

    /// The same for an append: a client that sent too much is told how much it may send.
    static StatusRuntimeException status(Throwable failure, Limits limits) {
        return cause(failure) instanceof LimitExceededException limit && isOfAppend(limit)
                ? of(
                        Status.INVALID_ARGUMENT,
                        limit,
                        Map.of(
                                "exception",
                                word(limit),
                                "maximum-append-size",
                                Integer.toString(limits.appendBytesMax())))
                : status(failure);
    }

    /// Whether an event was too large.
    static boolean isEventTooLarge(StatusRuntimeException status) {
        Metadata trailers = status.getTrailers();
        return trailers != null && EVENT_TOO_LARGE.equals(trailers.get(EXCEPTION));
    }

    /// How large the event, or its metadata, might have been.
    static int bytesMax(StatusRuntimeException eventTooLarge, Limits limits) {
        Metadata trailers = eventTooLarge.getTrailers();
        String told = trailers == null
                ? null
                : trailers.get(Metadata.Key.of(EVENT_BYTES_MAX, Metadata.ASCII_STRING_MARSHALLER));
        return told == null ? limits.eventBytesMax() : Integer.parseInt(told);
    }

    /// Whether the append as a whole is too large.
    static boolean isOfAppend(LimitExceededException limit) {
        return limit.limit().equals("appendBytesMax") || limit.limit().equals("appendEventsMax");
    }

    /// A status with details in its trailers.
    static StatusRuntimeException of(Status status, Throwable failure, Map<String, String> details) {
        Metadata trailers = new Metadata();
        details.forEach(
                (key, value) -> trailers.put(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER), printable(value)));
        return status.withDescription(abbreviated(String.valueOf(failure.getMessage())))
                .asRuntimeException(trailers);
    }

    /// What failed, without what carried it here.
    static Throwable cause(Throwable failure) {
        Throwable inner = failure instanceof CompletionException ? failure.getCause() : null;
        return inner == null ? failure : inner;
    }

    private static StatusRuntimeException of(RefusedException refused) {
        return switch (refused.reason()) {
            case ACCESS_DENIED -> of(Status.PERMISSION_DENIED, refused, Map.of("exception", "access-denied"));
            case STREAM_DELETED ->
                of(
                        Status.FAILED_PRECONDITION,
                        refused,
                        Map.of("exception", "stream-deleted", "stream-name", refused.stream()));
            case WRONG_VERSION ->
                of(
                        Status.FAILED_PRECONDITION,
                        refused,
                        Map.of(
                                "exception", "wrong-expected-version",
                                "stream-name", refused.stream(),
                                "expected-version", Long.toString(refused.expected()),
                                "actual-version", Long.toString(refused.actual())));
        };
    }

    private static StatusRuntimeException of(GroupException refused) {
        Map<String, String> group = new HashMap<>();
        group.put("stream-name", refused.stream());
        group.put("group-name", refused.group());
        return switch (refused.reason()) {
            case EXISTS -> of(Status.ALREADY_EXISTS, refused, group, "persistent-subscription-exists");
            case DOES_NOT_EXIST -> of(Status.NOT_FOUND, refused, group, "persistent-subscription-does-not-exist");
            case MAXIMUM_SUBSCRIBERS_REACHED ->
                of(Status.FAILED_PRECONDITION, refused, group, "maximum-subscribers-reached");
            case DROPPED -> of(Status.CANCELLED, refused, group, "persistent-subscription-dropped");
            case FAILED -> {
                group.put("reason", String.valueOf(refused.getMessage()));
                yield of(Status.INTERNAL, refused, group, "persistent-subscription-failed");
            }
        };
    }

    private static StatusRuntimeException of(
            Status status, Throwable failure, Map<String, String> details, String word) {
        details.put("exception", word);
        return of(status, failure, details);
    }

    private static String word(LimitExceededException limit) {
        return switch (limit.limit()) {
            case "eventBytesMax", "metadataBytesMax" -> EVENT_TOO_LARGE;
            case "appendBytesMax", "appendEventsMax" -> "maximum-append-size-exceeded";
            default -> "limit-exceeded";
        };
    }

    /// What a client sent may be in it, at any length; a client takes some 8 KiB of trailers,
    /// where each byte that is not ASCII takes three.
    private static String abbreviated(String text) {
        CharBuffer rest = CharBuffer.wrap(text);
        CoderResult _ = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(rest, ByteBuffer.allocate(BYTES_MAX), true);
        return rest.hasRemaining() ? text.substring(0, rest.position()) + " …" : text;
    }

    /// Trailers hold printable ASCII only.
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        abbreviated(text).chars().forEach(c -> printable.append(c < 0x20 || c > 0x7e ? '?' : (char) c));
        return printable.toString();
    }
}
