package dev.everfold.log;

import dev.everfold.eventstore.Limits;
import java.time.Duration;

/// Settings of the embedded engine. Immutable; each `with…` method returns a changed copy.
///
/// @param limits what the store takes at once
/// @param segmentBytes length of a segment before the next one is begun; 65,536 (64 KiB)..1 GiB
/// @param batchBytesMax appends that are made durable together, encoded; one larger append is a batch of
///     its own
/// @param batchEventsMax events that are made durable together
/// @param queueBytesMax appends that wait for the writer, encoded; beyond it callers block (back-pressure)
/// @param closingFrameAfter how long the writer is idle before it proves the last frame durable by an
///     empty one
/// @param memtableEvents events that are indexed in memory before they are written to an index run
/// @param backgroundBytesPerSecond pace of sealing and of index runs, so that appends keep their latency
public record LogOptions(
        Limits limits,
        long segmentBytes,
        int batchBytesMax,
        int batchEventsMax,
        int queueBytesMax,
        Duration closingFrameAfter,
        int memtableEvents,
        int backgroundBytesPerSecond) {

    /// Segments of 256 MiB; batches of up to 4 MiB and 20,000 events; a queue of 64 MiB; a closing
    /// frame after 5 ms; 262,144 events in memory; 50 MiB/s in the background.
    public static final LogOptions DEFAULTS = new LogOptions(
            Limits.DEFAULTS, 256L << 20, 4 << 20, 20_000, 64 << 20, Duration.ofMillis(5), 262_144, 50 << 20);

    static final long SEGMENT_BYTES_MIN = 64 << 10;
    static final long SEGMENT_BYTES_MAX = 1 << 30;

    /// @throws IllegalArgumentException when a setting is out of its range
    public LogOptions {
        checkRange("segmentBytes", segmentBytes, SEGMENT_BYTES_MIN, SEGMENT_BYTES_MAX);
        checkRange("batchBytesMax", batchBytesMax, 4 << 10, 64 << 20);
        checkRange("batchEventsMax", batchEventsMax, 1, 1_000_000);
        checkRange("queueBytesMax", queueBytesMax, 64 << 10, 1 << 30);
        checkRange("closingFrameAfter in milliseconds", closingFrameAfter.toMillis(), 1, 60_000);
        checkRange("memtableEvents", memtableEvents, 16, 4 << 20);
        checkRange("backgroundBytesPerSecond", backgroundBytesPerSecond, 1 << 20, Integer.MAX_VALUE);
    }

    /// The same options with other limits.
    public LogOptions withLimits(Limits newLimits) {
        return new LogOptions(
                newLimits,
                segmentBytes,
                batchBytesMax,
                batchEventsMax,
                queueBytesMax,
                closingFrameAfter,
                memtableEvents,
                backgroundBytesPerSecond);
    }

    /// The same options with another length of segments.
    public LogOptions withSegmentBytes(long bytes) {
        return new LogOptions(
                limits,
                bytes,
                batchBytesMax,
                batchEventsMax,
                queueBytesMax,
                closingFrameAfter,
                memtableEvents,
                backgroundBytesPerSecond);
    }

    /// The same options with another number of events indexed in memory.
    public LogOptions withMemtableEvents(int events) {
        return new LogOptions(
                limits,
                segmentBytes,
                batchBytesMax,
                batchEventsMax,
                queueBytesMax,
                closingFrameAfter,
                events,
                backgroundBytesPerSecond);
    }

    private static void checkRange(String setting, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "LogOptions." + setting + " is " + value + "; expected " + min + ".." + max + ".");
        }
    }
}
