package dev.everfold.grpc.wire;

import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.protocol.v1.Wire;
import java.util.List;
import java.util.OptionalLong;

/// The failures of a conflict; from them the exception makes the same message on either side.
final class WireConflicts {

    private WireConflicts() {}

    static Wire.Conflict encode(AppendConflictException conflict) {
        Wire.Conflict.Builder message = Wire.Conflict.newBuilder();
        conflict.failures().forEach(failure -> message.addFailures(encode(failure)));
        return message.build();
    }

    static List<Failure> decode(Wire.Conflict conflict) {
        return conflict.getFailuresList().stream().map(WireConflicts::decode).toList();
    }

    private static Wire.Conflict.Failure encode(Failure failure) {
        Wire.Conflict.Failure.Builder message = Wire.Conflict.Failure.newBuilder();
        switch (failure) {
            case Failure.StreamMoved(var condition, var lastRevision) -> {
                Wire.StreamMoved.Builder moved =
                        Wire.StreamMoved.newBuilder().setCondition(WireAppends.encode(condition));
                lastRevision.ifPresent(moved::setLastRevision);
                message.setStreamMoved(moved);
            }
            case Failure.QueryMatched(var condition, long position) ->
                message.setQueryMatched(Wire.QueryMatched.newBuilder()
                        .setCondition(WireAppends.encode(condition))
                        .setPosition(position));
            case Failure.TrackingNotRising(var tracking, long found) ->
                message.setTrackingNotRising(Wire.TrackingNotRising.newBuilder()
                        .setTracking(WireValues.encode(tracking))
                        .setFound(found));
            case Failure.RecordedTimeFalling(var brought, var last) ->
                message.setRecordedTimeFalling(Wire.RecordedTimeFalling.newBuilder()
                        .setBroughtMicros(WireValues.micros(brought))
                        .setLastMicros(WireValues.micros(last)));
        }
        return message.build();
    }

    private static Failure decode(Wire.Conflict.Failure failure) {
        return switch (failure.getKindCase()) {
            case STREAM_MOVED -> {
                Wire.StreamMoved moved = failure.getStreamMoved();
                yield new Failure.StreamMoved(
                        WireAppends.decode(moved.getCondition()),
                        moved.hasLastRevision() ? OptionalLong.of(moved.getLastRevision()) : OptionalLong.empty());
            }
            case QUERY_MATCHED -> {
                Wire.QueryMatched matched = failure.getQueryMatched();
                yield new Failure.QueryMatched(WireAppends.decode(matched.getCondition()), matched.getPosition());
            }
            case TRACKING_NOT_RISING -> {
                Wire.TrackingNotRising tracking = failure.getTrackingNotRising();
                yield new Failure.TrackingNotRising(WireValues.decode(tracking.getTracking()), tracking.getFound());
            }
            case RECORDED_TIME_FALLING -> {
                Wire.RecordedTimeFalling falling = failure.getRecordedTimeFalling();
                yield new Failure.RecordedTimeFalling(
                        WireValues.instant(falling.getBroughtMicros()), WireValues.instant(falling.getLastMicros()));
            }
            case KIND_NOT_SET ->
                throw new IllegalArgumentException(
                        "A conflict has a failure of a kind that this version does not know; expected version 1.");
        };
    }
}
