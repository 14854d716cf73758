package dev.everfold.log;

import dev.everfold.log.index.LogIndex;
import dev.everfold.log.segment.FrameScanner;
import dev.everfold.log.segment.OpenSegment;
import dev.everfold.log.segment.SealedSegment;
import dev.everfold.log.segment.Segment;
import dev.everfold.log.segment.SegmentFormat;
import dev.everfold.log.segment.Segments;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Watches the files of a store that another process may be writing, and publishes what is proven durable.
///
/// A frame is proven durable by the frame after it, by the segment after it, or by the closing of the
/// store: each is written only after the frame was synced. Whoever asks looks; there is no thread.
final class LogFollower {

    private static final int CHUNK_BYTES = 64 << 10;
    private static final int EVENTS_BETWEEN_REFRESHES = 1 << 16;
    private static final long POLL_MILLIS = 10;

    private final Storage storage;
    private final StoreFile store;
    private final Segments segments;
    private final LogIndex index;
    private final Published published;
    private final Replay replay;

    // Guarded by lock.
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable FrameScanner scanner;
    private long refreshedAt;

    LogFollower(
            Storage storage,
            StoreFile store,
            Segments segments,
            LogIndex index,
            Published published,
            Map<String, Long> tracked) {
        this.storage = storage;
        this.store = store;
        this.segments = segments;
        this.index = index;
        this.published = published;
        this.replay = new Replay(index, tracked);
        segments.whenRemoved(this::takeOver);
    }

    /// Takes over all frames that are proven by now.
    void poll() throws IOException {
        lock.lock();
        try {
            boolean grown = true;
            while (grown) {
                grown = step();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean step() throws IOException {
        if (segments.all().isEmpty()) {
            return firstSegment();
        }
        return segments.last() instanceof OpenSegment open ? followOrTakeOver(open) : nextSegment();
    }

    /// Waits until the next position is above `position`, looking every few milliseconds.
    boolean await(long position, Duration timeout) throws IOException, InterruptedException {
        Duration left = timeout;
        Duration step = Duration.ofMillis(POLL_MILLIS);
        while (true) {
            poll();
            Duration wait = left.compareTo(step) < 0 ? left : step;
            if (published.await(position, wait)) {
                return true;
            }
            left = left.minus(step);
            if (left.isNegative() || left.isZero()) {
                poll();
                return published.nextPosition() > position;
            }
        }
    }

    private boolean followOrTakeOver(OpenSegment open) throws IOException {
        try {
            return follow(open);
        } catch (NoSuchFileException removed) {
            takeOver(open);
            return true;
        }
    }

    /// Goes on in the sealed form of a segment whose file the writer has removed.
    private void takeOver(OpenSegment removed) throws IOException {
        lock.lock();
        try {
            if (!segments.all().contains(removed)) {
                return;
            }
            String name = SegmentFormat.sealedName(removed.header().start().frames());
            SealedSegment sealed = SealedSegment.open(storage, name, store.storeId());
            if (removed.end().frames() < sealed.end().frames()) {
                replay.add(sealed, sealed.end().frames());
            }
            boolean newest = segments.last().equals(removed);
            segments.replace(removed, sealed);
            if (newest) {
                scanner = null;
                publish(sealed);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Takes over the next frame of the open segment, or goes on to the next segment.
    private boolean follow(OpenSegment open) throws IOException {
        FrameScanner frames = scanner;
        if (frames == null) {
            frames = new FrameScanner(
                    open::read, SegmentFormat.OPEN_ALIGNMENT, OpenSegments.nextFrameOffset(open), CHUNK_BYTES);
            scanner = frames;
        }
        if (!frames.isAtFrame()) {
            frames.refresh();
            if (!frames.isAtFrame()) {
                return nextSegment();
            }
        }
        if (!isProven(open, frames)) {
            frames.refresh();
            return false;
        }
        frames.isAtFrame();
        OpenSegments.addFrame(open, frames);
        replay.addFrame(frames);
        frames.skipFrame();
        publish(open);
        return true;
    }

    private boolean isProven(OpenSegment open, FrameScanner frames) throws IOException {
        long frame = frames.header().frame();
        int checksum = frames.header().checksum();
        FrameScanner after = new FrameScanner(
                open::read, SegmentFormat.OPEN_ALIGNMENT, offsetAfter(frames), SegmentFormat.OPEN_ALIGNMENT);
        if (after.isAtFrame() && after.header().previousChecksum() == checksum) {
            return true;
        }
        Optional<Segment> next = openSegment(frame + 1);
        if (next.isPresent()) {
            next.get().close();
            return true;
        }
        Optional<StoreFile.Closed> closed = StoreFile.read(storage).closed();
        return closed.isPresent()
                && closed.get().frames() == frame + 1
                && closed.get().checksum() == checksum;
    }

    /// Begins with the first segment of a store that was just created, once it has a frame.
    private boolean firstSegment() throws IOException {
        Optional<Segment> first = begunSegment(0);
        if (first.isEmpty()) {
            return false;
        }
        goOnTo(first.get());
        return true;
    }

    /// Goes on to the segment after the last one, once it has a frame: without one it may be left over
    /// from an attempt that found no space.
    private boolean nextSegment() throws IOException {
        Segment last = segments.last();
        if (last.end().frames() == last.header().start().frames()) {
            return false;
        }
        Optional<Segment> next = begunSegment(last.end().frames());
        if (next.isEmpty()) {
            return false;
        }
        if (!next.get().header().start().equals(last.end())) {
            next.get().close();
            return false;
        }
        goOnTo(next.get());
        takeOverSealed();
        return true;
    }

    /// Goes on to a segment once the index holds what it holds: when that fails, the next look begins where
    /// this one did.
    private void goOnTo(Segment next) throws IOException {
        replay.add(next, next.end().frames());
        segments.add(next);
        scanner = null;
        publish(next);
    }

    /// Opens the segment that begins with the frame, if there is one and it has that frame.
    private Optional<Segment> begunSegment(long fromFrame) throws IOException {
        Optional<Segment> segment = openSegment(fromFrame);
        if (segment.isEmpty()) {
            return segment;
        }
        Segment found = segment.get();
        boolean begun = false;
        try {
            begun = hasFirstFrame(found);
        } catch (NoSuchFileException sealedMeanwhile) {
            // A reader that was interrupted opens the file again, which the writer has removed.
            return openSegment(fromFrame);
        } finally {
            if (!begun) {
                found.close();
            }
        }
        return begun ? segment : Optional.empty();
    }

    private static boolean hasFirstFrame(Segment segment) throws IOException {
        return segment instanceof SealedSegment
                || new FrameScanner(
                                segment::read,
                                SegmentFormat.OPEN_ALIGNMENT,
                                SegmentFormat.HEADER_BYTES,
                                SegmentFormat.OPEN_ALIGNMENT)
                        .isAtFrame();
    }

    /// Lets go of files that the writer has sealed and removed.
    private void takeOverSealed() throws IOException {
        for (Segment segment : segments.all()) {
            if (segment instanceof OpenSegment open && segment != segments.last()) {
                try {
                    takeOver(open);
                } catch (NoSuchFileException notYetSealed) {
                    return;
                }
            }
        }
    }

    private Optional<Segment> openSegment(long fromFrame) throws IOException {
        try {
            StorageFile file = storage.openForReading(SegmentFormat.openName(fromFrame));
            return OpenSegments.open(file, store.storeId(), true).map(Segment.class::cast);
        } catch (NoSuchFileException notOpen) {
            try {
                return Optional.of(SealedSegment.open(storage, SegmentFormat.sealedName(fromFrame), store.storeId()));
            } catch (NoSuchFileException notThere) {
                return Optional.empty();
            }
        }
    }

    private void publish(Segment segment) throws IOException {
        published.raise(segment.end().nextPosition());
        if (segment.end().nextPosition() - refreshedAt >= EVENTS_BETWEEN_REFRESHES) {
            refreshedAt = segment.end().nextPosition();
            index.refresh();
        }
    }

    private static long offsetAfter(FrameScanner frames) {
        return alignUp(frames.offset() + frames.header().bytes());
    }

    private static long alignUp(long offset) {
        int alignment = SegmentFormat.OPEN_ALIGNMENT;
        return (offset + alignment - 1) & -alignment;
    }
}
