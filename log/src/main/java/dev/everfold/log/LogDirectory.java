package dev.everfold.log;

import dev.everfold.log.segment.LogEnd;
import dev.everfold.log.segment.OpenSegment;
import dev.everfold.log.segment.SealedSegment;
import dev.everfold.log.segment.Segment;
import dev.everfold.log.segment.SegmentFormat;
import dev.everfold.log.segment.SegmentSealer;
import dev.everfold.log.segment.SegmentWriter;
import dev.everfold.log.segment.Segments;
import dev.everfold.log.storage.Storage;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// The files of a log that is open for writing, and the work on them in the background.
final class LogDirectory {

    private static final System.Logger LOGGER = System.getLogger("dev.everfold.log");

    private final Storage storage;
    private final UUID storeId;
    private final LogOptions options;
    private final Segments segments;
    private final ExecutorService background;

    /// One segment is sealed at a time.
    private final ReentrantLock sealing = new ReentrantLock();
    private final AtomicInteger waitingToBeSealed = new AtomicInteger();
    private volatile boolean closing;

    LogDirectory(Storage storage, UUID storeId, LogOptions options, Segments segments, ExecutorService background) {
        this.storage = storage;
        this.storeId = storeId;
        this.options = options;
        this.segments = segments;
        this.background = background;
    }

    Storage storage() {
        return storage;
    }

    Segments segments() {
        return segments;
    }

    /// Makes the segment that follows the last one durable; the caller adds it when it is about to
    /// write to it.
    SegmentWriter createSegment(LogEnd start) throws IOException {
        return SegmentWriter.create(
                storage,
                new SegmentFormat.Header(storeId, SegmentFormat.OPEN_ALIGNMENT, start),
                options.segmentBytes(),
                background);
    }

    /// Goes on writing to a segment that was recovered.
    SegmentWriter resumeSegment(OpenSegment segment) throws IOException {
        return SegmentWriter.resume(storage, segment, options.segmentBytes(), background);
    }

    /// Seals a full segment in the background. Until that is done it stays as it is, which costs space and
    /// nothing else.
    void sealLater(OpenSegment full) {
        waitingToBeSealed.incrementAndGet();
        background.execute(() -> {
            sealing.lock();
            try {
                if (!closing) {
                    seal(full);
                }
            } catch (IOException | RuntimeException failure) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "segment not sealed, stays open until the store is opened again file=" + full.name(),
                        failure);
            } finally {
                waitingToBeSealed.decrementAndGet();
                sealing.unlock();
            }
        });
    }

    /// Stops the work in the background; what is unfinished is done after the next opening.
    void stop() {
        closing = true;
        sealing.lock();
        try {
            LOGGER.log(System.Logger.Level.DEBUG, "sealing stopped waiting={0}", waitingToBeSealed.get());
        } finally {
            sealing.unlock();
        }
    }

    private void seal(OpenSegment full) throws IOException {
        SealEvent event = new SealEvent();
        event.begin();
        SegmentSealer sealer = new SegmentSealer(storage, this::pause, () -> closing);
        Segment result = sealer.seal(full);
        if (result instanceof SealedSegment sealed) {
            Failpoint.SEGMENT_SEALED.pass();
            segments.replace(full, sealed);
            sealer.removeOpen(full);
            event.segment = sealed.name();
            event.openBytes = full.framesEnd();
            event.sealedBytes = sealed.bytes();
            event.commit();
        }
    }

    /// Leaves the disk to appends, unless sealing falls behind.
    private void pause(int bytes) {
        if (waitingToBeSealed.get() <= 2 && !closing) {
            LockSupport.parkNanos(bytes * 1_000_000_000L / options.backgroundBytesPerSecond());
        }
    }
}
