package dev.everfold.log.segment;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.IoReason;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.eventstore.StoreUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/// Reads records by position, checks each, and reads ahead while positions follow each other: at once
/// where each reading is a call of the system, and after some events where the file is memory, since
/// streams that grow in short steps would have much copied that they do not need. Who knows what it is
/// going to read says so ([#expect]).
///
/// For one thread. Events of one chunk share its buffer.
public final class RecordReader {

    /// So many events can be said to be read next.
    public static final int EXPECTED_MAX = 32;

    private static final int CHUNK_BYTES_MIN = 4 << 10;
    private static final int CHUNK_BYTES_MAX = 256 << 10;

    /// Events that follow each other before memory is read ahead.
    private static final int RUN_EVENTS_MIN = 16;

    private final Segments segments;

    private @Nullable Segment segment;
    private byte[] chunk = new byte[0];
    private long chunkOffset;
    private int chunkLength;
    private long lastPosition = Long.MIN_VALUE;
    /// Where in the chunk the event of the last position ends.
    private int lastEnd;
    /// How many events have followed each other, in either direction.
    private int runEvents;
    private int chunkBytes = CHUNK_BYTES_MIN;

    /// Keeps the asking for memory from being optimised away.
    @SuppressWarnings("UnusedVariable")
    private int touched;

    /// Reads from these segments.
    public RecordReader(Segments segments) {
        this.segments = segments;
    }

    /// Says which events are going to be read next, in this order; it is only about time. Records that lie
    /// apart in memory are asked for at once, so that all come while one would.
    ///
    /// @param positions the first `count` of them, published
    /// @param count at most [#EXPECTED_MAX]
    public void expect(long[] positions, int count) {
        try {
            // All offsets before the first record: what does not wait for anything else comes at the same time.
            touched += ask(positions, count, false);
            touched += ask(positions, count, true);
        } catch (UncheckedIOException | InternalError unreadable) {
            touched = 0; // Whoever reads that record meets the reason again.
        }
    }

    private int ask(long[] positions, int count, boolean records) {
        int sum = 0;
        Segment current = segment;
        long before = lastPosition;
        for (int i = 0; i < count; i++) {
            long position = positions[i];
            if (position != before + 1) {
                current = current != null && holds(current, position) ? current : segments.at(position);
                if (current instanceof SealedSegment sealed) {
                    sum += records ? sealed.touch(position) : (int) sealed.offset(position);
                }
            }
            before = position;
        }
        return sum;
    }

    private static boolean holds(Segment segment, long position) {
        return position >= segment.fromPosition() && position < segment.end().nextPosition();
    }

    /// The event at a published position.
    ///
    /// @throws CorruptStoreException when its bytes are not what was stored
    public RecordedEvent read(long position) {
        while (true) {
            try {
                return readOnce(position);
            } catch (ClosedChannelException sealedMeanwhile) {
                Segment current = segments.at(position);
                if (current == segment) {
                    throw new StoreClosedException("store");
                }
                segment = null;
            } catch (NoSuchFileException removed) {
                takeOver(position, removed);
            } catch (IOException | UncheckedIOException | InternalError failure) {
                // InternalError: the JVM met an I/O error while it read a mapped file.
                throw unreadable(position, failure);
            }
        }
    }

    /// A file that an interruption had closed could not be opened anew, since the writer, another
    /// process, has sealed it and removed it.
    private void takeOver(long position, NoSuchFileException removed) {
        try {
            if (segment == null || !segments.takeOver(segment)) {
                throw unreadable(position, removed);
            }
            segment = null;
        } catch (IOException failure) {
            throw unreadable(position, failure);
        }
    }

    private static StoreUnavailableException unreadable(long position, Throwable failure) {
        Throwable cause = failure instanceof UncheckedIOException ? failure.getCause() : failure;
        String reason = cause instanceof IOException io ? IoReason.of(io, "").words() : failure.getMessage();
        return new StoreUnavailableException(
                "The event at position " + position + " cannot be read: " + reason
                        + ". Look at the disk, and try again.",
                true,
                failure);
    }

    private RecordedEvent readOnce(long position) throws IOException {
        if (position == lastPosition + 1 && isAt(lastEnd, position)) {
            return found(position, lastEnd);
        }
        Segment current = segment;
        if (current == null || !holds(current, position)) {
            current = segments.at(position);
            segment = current;
            chunkLength = 0;
        }
        long offset = current.offset(position);
        long limit = current.recordLimit(position);
        if (offset < SegmentFormat.HEADER_BYTES || limit <= offset || limit > current.framesEnd()) {
            throw SegmentFormat.corrupt(
                    current.name(),
                    current.framesEnd(),
                    "the offset of position " + position + " expected, " + offset + " found");
        }
        if (offset < chunkOffset || limit > chunkOffset + chunkLength) {
            load(current, position, offset, limit);
        }
        int at = (int) (offset - chunkOffset);
        if (!isAt(at, position)) {
            throw SegmentFormat.corrupt(
                    current.name(), offset, "the record of position " + position + " expected, something else found");
        }
        return found(position, at);
    }

    private boolean isAt(int at, long position) {
        return at <= chunkLength - EventFormat.HEADER_BYTES
                && RecordedEvent.view(chunk, at).position() == position
                && EventFormat.isWhole(chunk, at, chunkLength);
    }

    private RecordedEvent found(long position, int at) {
        runEvents = Math.abs(position - lastPosition) == 1 ? runEvents + 1 : 0;
        lastPosition = position;
        lastEnd = at + EventFormat.recordBytes(chunk, at);
        return RecordedEvent.view(chunk, at);
    }

    private void load(Segment current, long position, long offset, long limit) throws IOException {
        boolean precedes = position == lastPosition - 1;
        boolean ahead = runEvents >= (current instanceof SealedSegment ? RUN_EVENTS_MIN : 1)
                && (precedes || position == lastPosition + 1);
        chunkBytes = ahead ? Math.min(chunkBytes * 4, CHUNK_BYTES_MAX) : CHUNK_BYTES_MIN;
        int needed = Math.toIntExact(limit - offset);
        int length = ahead ? Math.max(needed, chunkBytes) : needed;
        long from = ahead && precedes ? Math.max(SegmentFormat.HEADER_BYTES, limit - length) : offset;
        // Never beyond the frames: what follows them in an open segment is still changing.
        length = (int) Math.min(length, current.framesEnd() - from);
        byte[] fresh = new byte[length];
        chunkLength = current.read(from, fresh, 0, length);
        chunk = fresh;
        chunkOffset = from;
    }
}
