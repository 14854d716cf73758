package dev.everfold.grpc.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.StoreStats;
import dev.everfold.eventstore.Tracking;
import dev.everfold.protocol.v1.Wire;
import java.time.Instant;
import java.util.TreeMap;
import java.util.UUID;

/// Ids, times, bytes, limits and statistics.
public final class WireValues {

    private static final long MICROS_OF_SECOND = 1_000_000;
    private static final long NANOS_OF_MICRO = 1_000;

    private WireValues() {}

    /// An id as a message.
    public static Wire.Uuid encode(UUID id) {
        return Wire.Uuid.newBuilder()
                .setHigh(id.getMostSignificantBits())
                .setLow(id.getLeastSignificantBits())
                .build();
    }

    /// The id in a message.
    public static UUID decode(Wire.Uuid id) {
        return new UUID(id.getHigh(), id.getLow());
    }

    /// Microseconds since 1970-01-01T00:00:00Z; the time has no finer part and fits, as the contract's types
    /// see to.
    static long micros(Instant time) {
        return Math.addExact(
                Math.multiplyExact(time.getEpochSecond(), MICROS_OF_SECOND), time.getNano() / NANOS_OF_MICRO);
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(micros, MICROS_OF_SECOND), Math.floorMod(micros, MICROS_OF_SECOND) * NANOS_OF_MICRO);
    }

    /// The same bytes without a copy; they never change.
    static ByteString encode(Bytes bytes) {
        return bytes.isEmpty() ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(bytes.asByteBuffer());
    }

    static Bytes decode(ByteString bytes) {
        return bytes.isEmpty() ? Bytes.empty() : Bytes.of(bytes.asReadOnlyByteBuffer());
    }

    static Wire.Tracking encode(Tracking tracking) {
        return Wire.Tracking.newBuilder()
                .setSource(tracking.source())
                .setPosition(tracking.position())
                .build();
    }

    static Tracking decode(Wire.Tracking tracking) {
        return new Tracking(tracking.getSource(), tracking.getPosition());
    }

    /// Limits as a message.
    public static Wire.Limits encode(Limits limits) {
        return Wire.Limits.newBuilder()
                .setEventBytesMax(limits.eventBytesMax())
                .setMetadataBytesMax(limits.metadataBytesMax())
                .setAppendBytesMax(limits.appendBytesMax())
                .setAppendEventsMax(limits.appendEventsMax())
                .setNameBytesMax(limits.nameBytesMax())
                .setTagsMax(limits.tagsMax())
                .setConditionsMax(limits.conditionsMax())
                .setQueryTermsMax(limits.queryTermsMax())
                .setRememberedAppends(limits.rememberedAppends())
                .build();
    }

    /// The limits in a message.
    ///
    /// @throws IllegalArgumentException when one is out of its range
    public static Limits decode(Wire.Limits limits) {
        return new Limits(
                limits.getEventBytesMax(),
                limits.getMetadataBytesMax(),
                limits.getAppendBytesMax(),
                limits.getAppendEventsMax(),
                limits.getNameBytesMax(),
                limits.getTagsMax(),
                limits.getConditionsMax(),
                limits.getQueryTermsMax(),
                limits.getRememberedAppends());
    }

    /// Statistics as a message.
    public static Wire.StatsResponse encode(StoreStats stats) {
        return Wire.StatsResponse.newBuilder()
                .setEvents(stats.events())
                .setStreams(stats.streams())
                .putAllTypes(stats.types())
                .setBytes(stats.bytes())
                .setSegments(stats.segments())
                .build();
    }

    /// The statistics in a message.
    public static StoreStats decode(Wire.StatsResponse stats) {
        return new StoreStats(
                stats.getEvents(),
                stats.getStreams(),
                new TreeMap<>(stats.getTypesMap()),
                stats.getBytes(),
                stats.getSegments());
    }
}
