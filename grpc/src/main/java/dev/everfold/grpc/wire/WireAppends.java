package dev.everfold.grpc.wire;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendCondition.StreamAt;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Expected;
import dev.everfold.protocol.v1.Wire;
import java.util.Optional;

/// Appends with their conditions, and what they are answered with.
public final class WireAppends {

    private WireAppends() {}

    /// An append as a message.
    public static Wire.Append encode(Append append) {
        Wire.Append.Builder message = Wire.Append.newBuilder().setId(WireValues.encode(append.id()));
        append.events().forEach(event -> message.addEvents(WireEvents.encode(event)));
        append.conditions().forEach(condition -> message.addConditions(encode(condition)));
        append.tracking().ifPresent(tracking -> message.setTracking(WireValues.encode(tracking)));
        return message.build();
    }

    /// The append in a message.
    ///
    /// @throws IllegalArgumentException when it is not one; the message says what is missing or wrong
    public static Append decode(Wire.Append append) {
        if (!append.hasId()) {
            throw new IllegalArgumentException(
                    "The append has no id; expected a UUID. A repeat with the same id is harmless.");
        }
        return new Append(
                WireValues.decode(append.getId()),
                append.getEventsList().stream().map(WireEvents::decode).toList(),
                append.getConditionsList().stream().map(WireAppends::decode).toList(),
                append.hasTracking() ? Optional.of(WireValues.decode(append.getTracking())) : Optional.empty());
    }

    /// What an accepted append was given, as a message.
    public static Wire.Appended encode(Appended appended) {
        return Wire.Appended.newBuilder()
                .setFromPosition(appended.fromPosition())
                .addAllRevisions(appended.revisions())
                .build();
    }

    /// What an accepted append was given.
    public static Appended decode(Wire.Appended appended) {
        return new Appended(appended.getFromPosition(), appended.getRevisionsList());
    }

    private static Wire.Condition encode(AppendCondition condition) {
        Wire.Condition.Builder message = Wire.Condition.newBuilder();
        return switch (condition) {
            case StreamAt streamAt -> message.setStreamAt(encode(streamAt)).build();
            case NothingMatching nothing ->
                message.setNothingMatching(encode(nothing)).build();
        };
    }

    private static AppendCondition decode(Wire.Condition condition) {
        return switch (condition.getKindCase()) {
            case STREAM_AT -> decode(condition.getStreamAt());
            case NOTHING_MATCHING -> decode(condition.getNothingMatching());
            case KIND_NOT_SET ->
                throw new IllegalArgumentException(
                        "A condition of the append says nothing; expected stream_at or nothing_matching.");
        };
    }

    static Wire.StreamAt encode(StreamAt condition) {
        Wire.StreamAt.Builder message = Wire.StreamAt.newBuilder().setStream(condition.stream());
        return switch (condition.expected()) {
            case Expected.NoStream _ -> message.setNoStream(true).build();
            case Expected.Revision(long revision) ->
                message.setRevision(revision).build();
            case Expected.Exists _ -> message.setExists(true).build();
            case Expected.Any _ -> message.setAny(true).build();
        };
    }

    static StreamAt decode(Wire.StreamAt condition) {
        Expected expected = switch (condition.getExpectedCase()) {
            case NO_STREAM -> Expected.noStream();
            case REVISION -> Expected.revision(condition.getRevision());
            case EXISTS -> Expected.exists();
            case ANY -> Expected.any();
            case EXPECTED_NOT_SET ->
                throw new IllegalArgumentException("The condition on stream \"" + condition.getStream()
                        + "\" expects nothing; expected no_stream, revision, exists or any.");
        };
        return new StreamAt(condition.getStream(), expected);
    }

    static Wire.NothingMatching encode(NothingMatching condition) {
        return Wire.NothingMatching.newBuilder()
                .setQuery(WireReads.encode(condition.query()))
                .setFromPosition(condition.fromPosition())
                .build();
    }

    static NothingMatching decode(Wire.NothingMatching condition) {
        return new NothingMatching(WireReads.decode(condition.getQuery()), condition.getFromPosition());
    }
}
