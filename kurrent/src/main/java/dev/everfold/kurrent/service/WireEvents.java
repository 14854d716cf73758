package dev.everfold.kurrent.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.stream.Delivery;
import dev.everfold.kurrent.stream.ExpectedState;
import dev.everfold.protocol.kurrent.Shared;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Events, ids and positions in the words of the protocol.
///
/// A position on the wire is ours + 1, for commit and prepare alike, since clients take 0 for
/// "nothing". Content types are JSON or bytes there; any other one of ours goes as bytes.
final class WireEvents {

    static final Shared.Empty EMPTY = Shared.Empty.getDefaultInstance();

    private static final String TYPE = "type";
    private static final String CONTENT_TYPE = "content-type";
    private static final String CREATED = "created";
    private static final int TICKS_PER_MICRO = 10;

    private WireEvents() {}

    /// The event that a client wants to append to the stream.
    ///
    /// @throws StatusRuntimeException when type or content type is missing
    static NewEvent decode(String stream, Shared.ProposedMessage message) {
        Map<String, String> metadata = message.getMetadataMap();
        String type = metadata.get(TYPE);
        String contentType = metadata.get(CONTENT_TYPE);
        if (type == null || contentType == null) {
            throw Refusals.of(
                    Status.INVALID_ARGUMENT,
                    new IllegalArgumentException(
                            "An event lacks its type or content type; expected both in its metadata."),
                    Map.of(
                            "exception",
                            "missing-required-metadata-property",
                            "required-metadata-properties",
                            TYPE + "," + CONTENT_TYPE));
        }
        return new NewEvent(
                stream,
                decode(message.getId()),
                type,
                contentType.equals(NewEvent.JSON) ? NewEvent.JSON : NewEvent.BINARY,
                bytes(message.getData()),
                bytes(message.getCustomMetadata()),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    static Bytes bytes(ByteString bytes) {
        return bytes.isEmpty() ? Bytes.empty() : Bytes.of(bytes.asReadOnlyByteBuffer());
    }

    /// @throws IllegalArgumentException when it is missing or none
    static UUID decode(Shared.UUID id) {
        return switch (id.getValueCase()) {
            case STRUCTURED ->
                new UUID(
                        id.getStructured().getMostSignificantBits(),
                        id.getStructured().getLeastSignificantBits());
            case STRING -> uuid(id.getString());
            case VALUE_NOT_SET -> throw new IllegalArgumentException("An id is missing; expected a UUID.");
        };
    }

    /// @throws IllegalArgumentException when the text is none
    static UUID uuid(String text) {
        try {
            UUID id = UUID.fromString(text);
            // Java takes shorter texts, too, and more digits than it keeps.
            if (id.toString().equalsIgnoreCase(text)) {
                return id;
            }
        } catch (IllegalArgumentException notOne) {
            // Said below, in the same words.
        }
        throw new IllegalArgumentException(
                "The id \"" + text + "\" is not a UUID; expected 8-4-4-4-12 hexadecimal digits.");
    }

    static Shared.UUID encode(UUID id, boolean structured) {
        if (!structured) {
            return Shared.UUID.newBuilder().setString(id.toString()).build();
        }
        return Shared.UUID
                .newBuilder()
                .setStructured(Shared.UUID
                        .Structured
                        .newBuilder()
                        .setMostSignificantBits(id.getMostSignificantBits())
                        .setLeastSignificantBits(id.getLeastSignificantBits()))
                .build();
    }

    static Shared.StreamIdentifier stream(String name) {
        return Shared.StreamIdentifier.newBuilder()
                .setStreamName(ByteString.copyFromUtf8(name))
                .build();
    }

    /// @param structured which form the client wants ids in
    static Shared.ReadEvent.Builder encode(Delivery delivery, boolean structured) {
        Shared.ReadEvent.Builder event =
                Shared.ReadEvent.newBuilder().setCommitPosition(delivery.found().position() + 1);
        delivery.event().ifPresent(one -> event.setEvent(encode(one, structured)));
        delivery.link().ifPresent(one -> event.setLink(encode(one, structured)));
        return event;
    }

    static Shared.RecordedEvent encode(RecordedEvent event, boolean structured) {
        boolean isJson = event.contentType().equals(NewEvent.JSON);
        return Shared.RecordedEvent.newBuilder()
                .setId(encode(event.id(), structured))
                .setStreamIdentifier(stream(event.stream()))
                .setStreamRevision(event.revision())
                .setPreparePosition(event.position() + 1)
                .setCommitPosition(event.position() + 1)
                .putMetadata(TYPE, event.type())
                .putMetadata(CONTENT_TYPE, isJson ? NewEvent.JSON : NewEvent.BINARY)
                .putMetadata(CREATED, Long.toString(event.recordedMicros() * TICKS_PER_MICRO))
                .setCustomMetadata(
                        UnsafeByteOperations.unsafeWrap(event.metadata().asByteBuffer()))
                .setData(UnsafeByteOperations.unsafeWrap(event.data().asByteBuffer()))
                .build();
    }

    /// A place of our log as both positions of the protocol.
    static Shared.AllStreamPosition position(long position) {
        return Shared.AllStreamPosition.newBuilder()
                .setCommitPosition(position + 1)
                .setPreparePosition(position + 1)
                .build();
    }

    /// What is expected of a stream.
    ///
    /// @throws IllegalArgumentException when nothing is said
    static ExpectedState expected(Shared.ExpectedStream options) {
        return switch (options.getExpectedStreamRevisionCase()) {
            case REVISION -> ExpectedState.revision(options.getRevision());
            case NO_STREAM -> ExpectedState.NO_STREAM;
            case ANY -> ExpectedState.ANY;
            case STREAM_EXISTS -> ExpectedState.EXISTS;
            case EXPECTEDSTREAMREVISION_NOT_SET ->
                throw new IllegalArgumentException("What is expected of the stream is missing; expected a revision,"
                        + " no stream, any, or that the stream exists.");
        };
    }
}
